internal import Records

/// What a partition knows of the idempotent producers that write to it (KIP-98): which batch each
/// is to send next, and which transactions are open.
///
/// A value without a lock: it belongs to whoever holds the right to append.
struct ProducerStates: Sendable {
  /// One batch that was appended.
  struct Batch: Equatable, Sendable {
    var lastSequence: Int32
    var lastOffset: Int64
    var offsetDelta: Int32
    var timestamp: Int64

    var firstOffset: Int64 { lastOffset - Int64(offsetDelta) }
    /// Sequences wrap round behind 2^31 - 1.
    var firstSequence: Int32 { (lastSequence &- offsetDelta) & Int32.max }
  }

  struct Producer: Equatable, Sendable {
    var epoch: Int16
    /// The last ones, oldest first.
    var batches: [Batch] = []
    /// Where its open transaction begins.
    var transactionStart: Int64?
    var coordinatorEpoch: Int32 = -1
    /// When it was last heard of, in milliseconds since 1970.
    var lastTimestamp: Int64 = -1
  }

  /// A transaction whose marker was written.
  struct Ended: Equatable, Sendable {
    var producerID: Int64
    var firstOffset: Int64
    var lastOffset: Int64
    var isAborted: Bool
  }

  private(set) var producers: [Int64: Producer] = [:]
  /// Where each open transaction begins, by its producer: few among many producers.
  private var open: [Int64: Int64] = [:]
  /// Transactions whose markers readers may not see yet, in the order of the markers.
  private var ended: [Ended] = []

  init() {}

  init(_ producers: [Int64: Producer]) {
    self.producers = producers
    open = producers.compactMapValues(\.transactionStart)
  }

  /// Whether a batch is one of those that are counted here.
  static func concerns(_ header: RecordBatchHeader) -> Bool {
    header.producerID >= 0 && header.producerEpoch >= 0
  }

  /// What is to become of a batch that a producer sends.
  enum Judgement: Equatable {
    case new
    /// It was appended before, at this offset.
    case duplicate(Batch)
    case refused(SequenceFault)
  }

  /// Compares a batch with what its producer sent before. Kafka's rules: of a new epoch the first
  /// sequence is 0, of an unknown producer it may be any; a repeated batch is recognised among the
  /// last five; all else must follow without a gap.
  func judge(_ header: RecordBatchHeader) -> Judgement {
    guard let known = producers[header.producerID] else { return .new }
    if header.producerEpoch < known.epoch {
      return .refused(.oldEpoch(found: header.producerEpoch, current: known.epoch))
    }
    guard header.producerEpoch == known.epoch else {
      return header.baseSequence == 0
        ? .new : .refused(.outOfOrder(found: header.baseSequence, expected: 0))
    }
    let repeated = known.batches.first {
      $0.firstSequence == header.baseSequence && $0.lastSequence == header.lastSequence
    }
    if let repeated { return .duplicate(repeated) }
    if known.transactionStart != nil, !header.isTransactional {
      return .refused(.openTransaction)
    }
    // A producer of whose epoch only a marker is known has sent nothing yet.
    let expected = known.batches.last.map { ($0.lastSequence &+ 1) & Int32.max } ?? 0
    return header.baseSequence == expected
      ? .new : .refused(.outOfOrder(found: header.baseSequence, expected: expected))
  }

  /// Why a marker of a transaction's end cannot be taken; nil where it can.
  func objection(toMarker header: RecordBatchHeader, coordinatorEpoch: Int32) -> SequenceFault? {
    guard let known = producers[header.producerID] else { return nil }
    if header.producerEpoch < known.epoch {
      return .oldEpoch(found: header.producerEpoch, current: known.epoch)
    }
    if coordinatorEpoch < known.coordinatorEpoch {
      return .oldCoordinator(found: coordinatorEpoch, current: known.coordinatorEpoch)
    }
    return nil
  }

  /// Takes in a batch of data that is in the log.
  mutating func note(_ header: RecordBatchHeader) {
    var producer = current(header)
    producer.batches.append(
      Batch(
        lastSequence: header.lastSequence, lastOffset: header.lastOffset,
        offsetDelta: header.lastOffsetDelta, timestamp: header.maxTimestamp))
    if producer.batches.count > Limits.batchesPerProducer { producer.batches.removeFirst() }
    if header.isTransactional, producer.transactionStart == nil {
      producer.transactionStart = header.baseOffset
      open[header.producerID] = header.baseOffset
    }
    producers[header.producerID] = producer
  }

  /// Takes back what came after `before` was known of a producer: it is not in the log.
  mutating func restore(_ identifier: Int64, to before: Producer?) {
    producers[identifier] = before
    open[identifier] = before?.transactionStart
  }

  /// Takes in a marker that is in the log; returns the transaction that it ends.
  mutating func note(
    marker header: RecordBatchHeader, isAbort: Bool, coordinatorEpoch: Int32
  ) -> Ended? {
    var producer = current(header)
    producer.coordinatorEpoch = coordinatorEpoch
    let start = producer.transactionStart
    producer.transactionStart = nil
    open[header.producerID] = nil
    producers[header.producerID] = producer
    guard let start else { return nil }
    let transaction = Ended(
      producerID: header.producerID, firstOffset: start, lastOffset: header.lastOffset,
      isAborted: isAbort)
    ended.append(transaction)
    return transaction
  }

  /// The producer of a batch, begun anew where the batch has a later epoch.
  private mutating func current(_ header: RecordBatchHeader) -> Producer {
    var producer = producers[header.producerID] ?? Producer(epoch: header.producerEpoch)
    if producers[header.producerID] == nil, producers.count >= Limits.producersPerPartition {
      forgetOldest()
    }
    if header.producerEpoch > producer.epoch {
      producer.epoch = header.producerEpoch
      producer.batches = []
    }
    producer.lastTimestamp = header.maxTimestamp
    return producer
  }

  /// Forgets a tenth of the producers, those silent longest, so that looking for them is rare.
  private mutating func forgetOldest() {
    let silent = producers.filter { $0.value.transactionStart == nil }
      .sorted { $0.value.lastTimestamp < $1.value.lastTimestamp }
    for (identifier, _) in silent.prefix(producers.count / 10 + 1) {
      producers[identifier] = nil
    }
  }

  /// The last stable offset: before it every transaction has ended, where readers see all before
  /// `end`.
  mutating func stableOffset(before end: Int64) -> Int64 {
    guard !ended.isEmpty || !open.isEmpty else { return end }
    ended.removeAll { $0.lastOffset < end }
    return min(
      end, open.values.min() ?? .max, ended.lazy.map(\.firstOffset).min() ?? .max)
  }

  /// The last stable offset once `transaction` has ended and its marker is seen.
  func stableOffset(after transaction: Ended) -> Int64 {
    min(open.values.min() ?? .max, transaction.lastOffset + 1)
  }

  /// Forgets producers that were silent since `time` and have no open transaction.
  mutating func expire(silentSince time: Int64) {
    producers = producers.filter {
      $0.value.transactionStart != nil || $0.value.lastTimestamp >= time
    }
  }

  /// Forgets what lies before the log's start.
  mutating func truncate(before start: Int64) { ended.removeAll { $0.lastOffset < start } }
}

/// Why a batch of an idempotent producer is refused.
package enum SequenceFault: Error, Equatable, CustomStringConvertible {
  /// A batch before it is missing.
  case outOfOrder(found: Int32, expected: Int32)
  /// The producer was replaced by a later incarnation of itself.
  case oldEpoch(found: Int16, current: Int16)
  /// The producer is in a transaction, and the batch is not part of it.
  case openTransaction
  /// The marker comes from a coordinator that was replaced.
  case oldCoordinator(found: Int32, current: Int32)

  package var description: String {
    switch self {
    case .outOfOrder(let found, let expected):
      "its sequence is \(found) where \(expected) follows: a batch before it is missing"
    case .oldEpoch(let found, let current):
      "its producer has epoch \(found), but one with epoch \(current) has taken its place"
    case .openTransaction: "its producer has a transaction open, and it is not part of it"
    case .oldCoordinator(let found, let current):
      "its marker has coordinator epoch \(found), but \(current) is the current one"
    }
  }
}
