package import Posts

/// Which posts are kept for classification.
package struct PostFilter: Hashable, Sendable {
  /// Keep retweets; by default they are dropped, as the post itself is in the stream.
  package var keepsRetweets: Bool
  /// The languages kept (as X names them); empty keeps all. A post whose language is missing or
  /// undetermined (`und`, and X's `q…` codes for posts without words) is always kept.
  package var languages: [String]

  package init(keepsRetweets: Bool = false, languages: [String] = ["en"]) {
    self.keepsRetweets = keepsRetweets
    self.languages = languages
  }

  /// Why a post is dropped; nil where it is kept.
  package enum Reason: Sendable { case retweet, language, ownAnswer }

  /// Looks at one post of `batch`. Replies are kept: most complaints are replies.
  package func reasonToDrop(_ post: Post, in batch: borrowing PostBatch) -> Reason? {
    if post.isOutbound { return .ownAnswer }
    if post.isRetweet && !keepsRetweets { return .retweet }
    if languages.isEmpty || post.language.isEmpty { return nil }
    let language = batch.bytes(post.language)
    if language.elementsEqual("und".utf8) || language.first == UInt8(ascii: "q")
      || language.elementsEqual("zxx".utf8)
    {
      return nil
    }
    // Of `en-GB` the language is what stands first (BCP 47).
    let primary = language.prefix { $0 != UInt8(ascii: "-") }
    return languages.contains {
      language.elementsEqual($0.utf8) || primary.elementsEqual($0.utf8)
    } ? nil : .language
  }
}
