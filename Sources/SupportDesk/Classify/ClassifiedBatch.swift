internal import Bytes
internal import Posts
internal import Records
internal import TextClassification

/// What the model said about one post, and where the post stands in the topic.
struct ClassifiedPost {
  /// The post's number in the batch's `posts`.
  var number: Int
  var probability: Double
  var isComplaint: Bool
  /// The deciding words as a `list<text>` in native encoding, in the batch's `words`.
  var words: Range<Int>
  /// What it is about; nil where the model knows no topics.
  var subject: TopicVerdict?
  var partition: Int32
  var offset: Int64
  /// Milliseconds since 1970, of the record.
  var recordTime: Int64
}

/// The posts of one batch on their way from the reader to the writer; reused, batch after batch.
final class ClassifiedBatch: @unchecked Sendable {
  // Unchecked: owned by one thread at a time, which hands it on through a queue.
  var posts = PostBatch(capacity: 1 << 20)
  var classified: [ClassifiedPost] = []
  var words = ByteBuffer(capacity: 1 << 16)
  var letters: [DeadLetters.Letter] = []
  var totals = QueryTotals()
  /// How the batch's posts were scored.
  var scores = ScoreTally()
  /// The offsets behind the batch, of the partitions it read.
  var ends: [Int32: Int64] = [:]
  /// Set where the reader could not go on: the error ends the query behind this batch.
  var failure: (any Error)?

  func clear() {
    posts.removeAll()
    classified.removeAll(keepingCapacity: true)
    words.removeAll()
    letters.removeAll()
    totals = QueryTotals()
    scores = ScoreTally()
    ends.removeAll()
    failure = nil
  }
}
