internal import Bytes
internal import Posts
internal import TextClassification

/// What became of a record, or of one of its posts, in the steps before the tables.
enum PostOutcome: Sendable {
  /// A keep-alive, a disconnect notice and the like.
  case control
  case dropped(PostFilter.Reason)
  /// It cannot be read, or its post cannot have a row.
  indirect case refused(reason: String, value: ArraySlice<UInt8>)
  case classified(ClassifiedPost)
  /// Word that a post was deleted, by its id.
  case deleted([UInt8])
  /// Word that all that an author has posted was deleted, by the author's id; the time is the
  /// record's.
  case departed([UInt8], Int64)

  /// When the post was made, for what goes by the minute; long ago for what has no post, so that it
  /// moves no clock.
  var time: Int64 {
    guard case .classified(let post) = self, let createdAt = post.post.createdAt else {
      return .min
    }
    // A post from the future would make all that follow it late.
    return min(createdAt, post.recordTime &+ 300_000)
  }
}

extension PostOutcome {
  /// About how many bytes it takes: a page of retweets gives far more text than it has bytes.
  var weight: Int {
    guard case .classified(let post) = self else { return 0 }
    return Int(post.post.text.count)
  }

  /// The brand that the post's rule names; nil where it names none.
  var brand: String? {
    guard case .classified(let post) = self, !post.post.brandTag.isEmpty else { return nil }
    return String(decoding: post.bytes(post.post.brandTag), as: UTF8.self)
  }
}

/// What the model said about one post.
final class ClassifiedPost: Sendable {
  /// Its fields are ranges of `bytes`.
  let post: Post
  let probability: Double
  let isComplaint: Bool
  /// What it is about; nil where the model knows no topics.
  let subject: TopicVerdict?
  /// The part of its features that training has not met, where it was looked for.
  let unseen: Double?
  /// Milliseconds since 1970, of the record.
  let recordTime: Int64
  /// What it shares with posts of the same text; nil where that is too short to be a copy.
  let fingerprint: PastedText?
  private let bytes: [UInt8]
  /// The deciding words as a `list<text>` in native encoding.
  let words: [UInt8]

  init(
    _ post: Post, bytes: [UInt8], probability: Double, isComplaint: Bool, subject: TopicVerdict?,
    unseen: Double?, recordTime: Int64, words: [UInt8], fingerprint: PastedText?
  ) {
    self.post = post
    self.bytes = bytes
    self.probability = probability
    self.isComplaint = isComplaint
    self.subject = subject
    self.unseen = unseen
    self.recordTime = recordTime
    self.words = words
    self.fingerprint = fingerprint
  }

  /// A field's UTF-8.
  func bytes(_ range: ByteRange) -> ArraySlice<UInt8> {
    bytes[Int(range.start)..<Int(range.start + range.count)]
  }
}
