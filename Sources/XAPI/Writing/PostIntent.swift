internal import Bytes

/// What is meant to be posted, kept before it is sent: after a crash it tells that something may
/// have been sent already. It has neither the text nor the post that is answered, so that nothing
/// of them is left when both are to be forgotten: who asks again has them.
package struct PostIntent: Hashable, Sendable {
  /// How far it has come.
  package enum State: Hashable, Sendable {
    /// It was sent, or was about to be; whether X has it is not known.
    case sending
    case sent(id: String)
    case refused(status: Int)
  }

  /// What one intent is sent once for.
  package var key: String
  /// A digest of the text's words, which tells the text again.
  package var words: String
  /// When its latest request left, in milliseconds since 1970.
  package var started: Int64
  /// When the first request left whose end is not known; nil: all ends are.
  package var unsettledSince: Int64?
  package var state: State

  /// The intent of a request that leaves at this time.
  package init(_ draft: Draft, key: String, started: Int64) {
    self.init(
      key: key, words: Self.digest(draft.text), started: started, unsettledSince: started,
      state: .sending)
  }

  init(key: String, words: String, started: Int64, unsettledSince: Int64?, state: State) {
    self.key = key
    self.words = words
    self.started = started
    self.unsettledSince = unsettledSince
    self.state = state
  }

  /// What a draft is sent once for: an answer for the post that it answers, whatever its name, as
  /// there is one answer a post; another for its own name, or its text.
  package static func key(of draft: Draft, named name: String?) -> String {
    if let id = draft.answered { return "reply \(id)" }
    return name.map { "key \($0)" } ?? "text \(draft.text)"
  }

  /// The same at its end, or where nothing of it is left open but what was before.
  func ended(_ state: State, unsettledSince: Int64? = nil) -> PostIntent {
    var ended = self
    ended.state = state
    ended.unsettledSince = unsettledSince
    return ended
  }

  /// Whether a post of the account's is what this has led to: an answer to the same post, whatever
  /// its words, as there is one a post; else the one of the same text, whose links X replaces.
  func isTrace(_ post: JSON, answering id: String?) -> Bool {
    let references = (post["referenced_tweets"] ?? post["referenced_posts"])?.elements ?? []
    let answered = references.first { $0["type"]?.text == "replied_to" }?["id"]?.text
    guard answered == id else { return false }
    if answered != nil { return true }
    let full = (post["note_tweet"] ?? post["note_post"])?["text"]?.text ?? post["text"]?.text ?? ""
    return Self.digest(full) == words
  }

  /// A digest of the words but for links and for the mentions before an answer, which X adds.
  private static func digest(_ text: String) -> String {
    let text = text.replacing("&amp;", with: "&").replacing("&lt;", with: "<")
      .replacing("&gt;", with: ">")
    var rest = text[...]
    var kept = ""
    for range in Links.ranges(in: text) {
      kept += text[rest.startIndex..<range.lowerBound]
      rest = text[range.upperBound...]
    }
    kept += rest
    let words = kept.split(whereSeparator: \.isWhitespace).drop { $0.first == "@" }
    return Base64URL.encode(SHA256.digest(Array(words.joined(separator: " ").utf8)))
  }
}
