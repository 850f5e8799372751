internal import Posts

/// Finds the posts of JSON records of any format that the stream reads.
final class PostsOfRecord {
  private var parser = PostParser()
  private var batch = PostBatch()

  /// The texts of a record's posts; none where it holds something else.
  func texts(of record: UnsafeRawBufferPointer) throws(PostError) -> [String] {
    batch.removeAll()
    guard case .posts = try parser.parse(record, as: .json, into: &batch) else { return [] }
    var texts: [String] = []
    for post in batch.posts { texts.append(batch.string(post.text)) }
    return texts
  }
}
