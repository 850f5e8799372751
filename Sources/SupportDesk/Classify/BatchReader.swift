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
    return try bytes.withBytes { bytes throws in
      try RecordBatches.forEach(bytes, from: start) { record in
        take(record, of: partition, into: batch)
      }
    }
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
          classify(number, record, Int32(partition.partition), batch)
        }
      }
    } catch {
      batch.totals.unreadable += 1
      batch.letters.append(
        .init(
          origin: "\(partition)@\(record.offset)", reason: "\(error)",
          value: record.value.map { [UInt8]($0.prefix(DeadLetters.valueBytes)) } ?? []))
    }
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
      let isComplaint = scorer.isPositive(probability)
      let words = isComplaint ? decidingWords(text, into: batch) : 0..<0
      batch.classified.append(
        ClassifiedPost(
          number: number, probability: probability, isComplaint: isComplaint, words: words,
          partition: partition, offset: record.offset, recordTime: record.timestamp))
    }
  }

  /// The words that speak most for a complaint, as CQL's `list<text>`.
  private mutating func decidingWords(
    _ text: UnsafeRawBufferPointer, into batch: ClassifiedBatch
  ) -> Range<Int> {
    let words = scorer.decidingWordsOfLastText(scratch: &scratch, limit: 4)
      .filter { $0.contribution > 0 }
    let start = batch.words.count
    batch.words.append(bigEndian: Int32(words.count))
    for word in words {
      batch.words.append(bigEndian: Int32(word.range.count))
      batch.words.append(UnsafeRawBufferPointer(rebasing: text[word.range]))
    }
    return start..<batch.words.count
  }
}
