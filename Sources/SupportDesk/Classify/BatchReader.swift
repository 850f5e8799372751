internal import Bytes
internal import Posts
internal import Records
internal import TextClassification

/// The query's first half: reads records from their offsets on, parses, filters and classifies
/// them.
struct BatchReader: ~Copyable {
  private let log: any EventLog
  private let topic: String
  private let filter: PostFilter
  private let scorer: TextScorer
  private var scratch = TextClassification.Scratch()
  private var parser = PostParser()
  private var formats = RecordFormatHeaders.Reader()
  private var buffer = ByteBuffer(capacity: 1 << 20)
  /// The next offset to read of each partition.
  private var positions: [Int64]

  init(
    _ log: any EventLog, topic: String, positions: [Int64], filter: PostFilter, scorer: TextScorer
  ) {
    self.log = log
    self.topic = topic
    self.positions = positions
    self.filter = filter
    self.scorer = scorer
  }

  /// Fills `batch` with what there is, up to about `maxBytes` of records; false where nothing was.
  mutating func fill(_ batch: ClassifiedBatch, maxBytes: Int) throws -> Bool {
    batch.clear()
    for number in positions.indices {
      let partition = TopicPartition(topic, number)
      let bounds = try log.bounds(of: partition)
      // Records below the start are gone; what is there is read, as nobody can have the rest.
      let start = max(positions[number], bounds.lowerBound)
      guard start < bounds.upperBound else { continue }
      buffer.removeAll()
      try log.read(
        partition, from: start, maxBytes: max(maxBytes / positions.count, 1), into: &buffer)
      guard buffer.count > 0 else { continue }
      let end = try take(from: start, of: partition, into: batch)
      positions[number] = end
      batch.ends[Int32(number)] = end
    }
    return !batch.ends.isEmpty
  }

  private mutating func take(
    from start: Int64, of partition: TopicPartition, into batch: ClassifiedBatch
  ) throws -> Int64 {
    // The buffer is moved out while records borrow from it, and put back behind.
    var bytes = ByteBuffer(capacity: 16)
    swap(&bytes, &buffer)
    defer { swap(&bytes, &buffer) }
    do {
      return try bytes.withBytes { bytes throws in
        try RecordBatches.forEach(bytes, from: start) { record in
          // A page of retweets gives far more text than it has bytes.
          guard batch.posts.byteCount < Limits.batchTextBytes else {
            throw BatchFull(offset: record.offset)
          }
          take(record, of: partition, into: batch)
        }
      }
    } catch let full as BatchFull {
      return full.offset
    }
  }

  /// The batch ends before the record at this offset.
  private struct BatchFull: Error {
    let offset: Int64
  }

  private mutating func take(
    _ record: Record, of partition: TopicPartition, into batch: ClassifiedBatch
  ) {
    batch.totals.read += 1
    let first = batch.posts.count
    do {
      let value = record.value ?? UnsafeRawBufferPointer(start: nil, count: 0)
      let format = try formats.format(of: record)
      switch try parser.parse(value, as: format, into: &batch.posts) {
      case .control: batch.totals.control += 1
      case .posts:
        for number in first..<batch.posts.count {
          if let refusal = refusal(of: batch.posts.posts[number], in: batch.posts) {
            refuse(record, of: partition, because: refusal, batch)
          } else {
            classify(number, record, Int32(partition.partition), batch)
          }
        }
      }
    } catch {
      refuse(record, of: partition, because: "\(error)", batch)
    }
  }

  private func refuse(
    _ record: Record, of partition: TopicPartition, because reason: String, _ batch: ClassifiedBatch
  ) {
    let origin = "\(partition)@\(record.offset)"
    // One letter a record, however many of its posts are at fault.
    guard batch.letters.last?.origin != origin else { return }
    batch.totals.unreadable += 1
    batch.letters.append(
      .init(
        origin: origin, reason: reason,
        value: record.value.map { [UInt8]($0.prefix(DeadLetters.valueBytes)) } ?? []))
  }

  /// Why a post cannot have a row; nil where it can. One such post must not hold up all behind it.
  private func refusal(of post: Post, in posts: borrowing PostBatch) -> String? {
    refusal(of: post.id, "id", Limits.postIDBytes, in: posts)
      ?? refusal(of: post.rootID, "first version's id", Limits.postIDBytes, in: posts)
      ?? refusal(of: post.brandTag, "brand", Limits.brandBytes, in: posts)
  }

  private func refusal(
    of field: ByteRange, _ name: String, _ limit: Int, in posts: borrowing PostBatch
  ) -> String? {
    let bytes = posts.bytes(field)
    if bytes.count > limit {
      return "the post's \(name) cannot be a key: it has \(bytes.count) bytes, more than \(limit)"
    }
    // A NUL takes two bytes in a key.
    return bytes.contains(0) ? "the post's \(name) cannot be a key: it holds a NUL byte" : nil
  }

  private mutating func classify(
    _ number: Int, _ record: Record, _ partition: Int32, _ batch: ClassifiedBatch
  ) {
    let post = batch.posts.posts[number]
    switch filter.reasonToDrop(post, in: batch.posts) {
    case .retweet: batch.totals.retweets += 1
    case .language: batch.totals.otherLanguages += 1
    case .ownAnswer: batch.totals.ownAnswers += 1
    case nil:
      batch.totals.kept += 1
      let text = batch.posts.bytes(post.text)
      let probability = scorer.probability(of: text, scratch: &scratch)
      batch.scores.add(probability, scorer, scratch: scratch)
      let isComplaint = scorer.isPositive(probability)
      let words = decidingWords(text, for: isComplaint, into: batch)
      batch.classified.append(
        ClassifiedPost(
          number: number, probability: probability, isComplaint: isComplaint, words: words,
          subject: scorer.topicOfLastText(scratch: &scratch), partition: partition,
          offset: record.offset, recordTime: record.timestamp))
    }
  }

  /// The words that speak most for the verdict, as CQL's `list<text>`.
  private mutating func decidingWords(
    _ text: UnsafeRawBufferPointer, for isComplaint: Bool, into batch: ClassifiedBatch
  ) -> Range<Int> {
    let words = scorer.decidingWords(ofLast: text, scratch: &scratch, limit: 4)
      .filter { ($0.contribution > 0) == isComplaint }
    let start = batch.words.count
    batch.words.append(bigEndian: Int32(words.count))
    for word in words {
      batch.words.append(bigEndian: Int32(word.range.count))
      batch.words.append(UnsafeRawBufferPointer(rebasing: text[word.range]))
    }
    return start..<batch.words.count
  }
}
