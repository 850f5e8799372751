internal import Bytes
internal import Posts
internal import Records
internal import Streams
internal import Synchronization
internal import TextClassification

/// The query's first step: parses a record, filters its posts and classifies them.
///
/// Several threads may use it; each takes what it works with from a pool.
final class ClassifyStep: Sendable {
  private let filter: PostFilter
  private let scorer: TextScorer
  private let idle = Mutex<[ClassifyTools]>([])

  init(filter: PostFilter, scorer: TextScorer) {
    self.filter = filter
    self.scorer = scorer
  }

  /// One outcome a post, one at least.
  func outcomes(of record: TopicRecord) -> [PostOutcome] {
    let tools = idle.withLock { $0.popLast() } ?? ClassifyTools()
    defer { idle.withLock { $0.append(tools) } }
    return tools.outcomes(of: record, filter, scorer)
  }
}

/// What one thread parses and scores with, reused record after record.
private final class ClassifyTools: @unchecked Sendable {
  // Unchecked: taken out of the pool by one thread at a time.
  private var scratch = TextClassification.Scratch()
  private var parser = PostParser()
  private var formats = RecordFormatHeaders.Reader()
  private var posts = PostBatch(capacity: 1 << 16)
  private var scored = 0

  func outcomes(
    of record: TopicRecord, _ filter: PostFilter, _ scorer: TextScorer
  ) -> [PostOutcome] {
    posts.removeAll()
    let value = record.value ?? []
    do {
      let format = try formats.format(of: record.headers)
      let kind = try value.withUnsafeBytes { try parser.parse($0, as: format, into: &posts) }
      guard case .posts = kind else {
        let deleted = posts.removals.map { removal -> PostOutcome in
          removal.id.isEmpty
            ? .departed([UInt8](posts.bytes(removal.authorID)), record.timestamp)
            : .deleted([UInt8](posts.bytes(removal.id)))
        }
        return deleted.isEmpty ? [.control] : deleted
      }
      nameAuthor(by: record.headers)
    } catch {
      return [.refused(reason: "\(error)", value: value)]
    }
    // Copied once a record, and only where a post of it is kept.
    var bytes: [UInt8]?
    var outcomes: [PostOutcome] = []
    outcomes.reserveCapacity(posts.count)
    for number in 0..<posts.count {
      let post = posts.posts[number]
      if let refusal = refusal(of: post) {
        // One letter a record, however many of its posts are at fault.
        outcomes.removeAll { if case .refused = $0 { true } else { false } }
        outcomes.append(.refused(reason: refusal, value: value))
      } else if let reason = filter.reasonToDrop(post, in: posts) {
        outcomes.append(.dropped(reason))
      } else {
        let copied = bytes ?? posts.copyOfBytes()
        bytes = copied
        outcomes.append(.classified(classify(post, copied, record.timestamp, scorer)))
      }
    }
    return outcomes.isEmpty ? [.control] : outcomes
  }

  /// Takes the author's handle from a header, where the record's bytes do not have it.
  private func nameAuthor(by headers: [RecordHeader]) {
    guard posts.count == 1, posts.posts[0].screenName.isEmpty,
      let handle = RecordFormatHeaders.handle(in: headers)
    else { return }
    posts.setScreenName(handle, ofPost: 0)
  }

  /// Why a post cannot have a row; nil where it can. One such post must not hold up all behind it.
  private func refusal(of post: Post) -> String? {
    refusal(of: post.id, "id", Limits.postIDBytes)
      ?? refusal(of: post.rootID, "first version's id", Limits.postIDBytes)
      ?? refusal(of: post.brandTag, "brand", Limits.brandBytes)
  }

  private func refusal(of field: ByteRange, _ name: String, _ limit: Int) -> String? {
    let bytes = posts.bytes(field)
    if bytes.count > limit {
      return "the post's \(name) cannot be a key: it has \(bytes.count) bytes, more than \(limit)"
    }
    // A NUL takes two bytes in a key.
    return bytes.contains(0) ? "the post's \(name) cannot be a key: it holds a NUL byte" : nil
  }

  private func classify(
    _ post: Post, _ bytes: [UInt8], _ recordTime: Int64, _ scorer: TextScorer
  ) -> ClassifiedPost {
    let text = posts.bytes(post.text)
    let probability = scorer.probability(of: text, scratch: &scratch)
    let isComplaint = scorer.isPositive(probability)
    var unseen: Double?
    if scored.isMultiple(of: ScoreTally.interval) {
      unseen = scorer.unseenPartOfLastText(scratch: scratch)
    }
    scored += 1
    let words = decidingWords(text, for: isComplaint, scorer)
    return ClassifiedPost(
      post, bytes: bytes, probability: probability, isComplaint: isComplaint,
      subject: scorer.topicOfLastText(scratch: &scratch), unseen: unseen, recordTime: recordTime,
      words: words, fingerprint: isComplaint ? PastedText(text) : nil)
  }

  /// The words that speak most for the verdict, as CQL's `list<text>`.
  private func decidingWords(
    _ text: UnsafeRawBufferPointer, for isComplaint: Bool, _ scorer: TextScorer
  ) -> [UInt8] {
    let words = scorer.decidingWords(ofLast: text, scratch: &scratch, limit: 4)
      .filter { ($0.contribution > 0) == isComplaint }
    var list: [UInt8] = []
    list.reserveCapacity(4 + words.reduce(0) { $0 + 4 + $1.range.count })
    func append(_ number: Int) {
      withUnsafeBytes(of: Int32(number).bigEndian) { list.append(contentsOf: $0) }
    }
    append(words.count)
    for word in words {
      append(word.range.count)
      list.append(contentsOf: UnsafeRawBufferPointer(rebasing: text[word.range]))
    }
    return list
  }
}
