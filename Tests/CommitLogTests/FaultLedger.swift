import Bytes
import CommitLog
import Machine
import Records
import TestSupport

/// What was done to a log on a disk that may fail, and so what it must still answer.
struct FaultLedger {
  struct Place {
    var acknowledged: [Int64: Sample] = [:]
    var attempted: Set<[UInt8]> = []
    /// Values that were refused by the disk: only a crash may bring them back.
    var refused: Set<[UInt8]> = []
    /// Values that may have been taken out, or may have another one instead.
    var doomed: [[UInt8]: [UInt8]?] = [:]
    /// Those of them that must be gone.
    var gone: Set<[UInt8]> = []
    /// Records before this one were deleted for good.
    var start: Int64 = 0
    /// Records before this one may have been deleted.
    var possibleStart: Int64 = 0
    var isCompacted = false
    /// The next sequence of producer 7, by what was acknowledged.
    var sequence: Int32 = 0
    /// Transactions that were ended, by the first value of each.
    var committed: Set<[UInt8]> = []
    var aborted: Set<[UInt8]> = []
    /// Their end was not acknowledged.
    var unclear: Set<[UInt8]> = []
  }

  var places: [TopicPartition: Place] = [:]
  var step = 0

  mutating func values(_ count: Int, _ place: TopicPartition) -> [Sample] {
    step += 1
    let samples = (0..<count).map { index in
      Sample(
        time: 1_000_000 + Int64(step), key: [UInt8(ascii: "a") + UInt8((step + index) % 4)],
        value: Array("\(place) \(step).\(index)".utf8 + [UInt8](repeating: 45, count: step % 30)))
    }
    places[place, default: Place()].attempted.formUnion(samples.compactMap(\.value))
    return samples
  }

  @discardableResult
  mutating func append(
    _ log: CommitLog?, _ place: TopicPartition, _ count: Int, producer: BatchProducer = .none
  ) -> Bool {
    let samples = values(count, place)
    guard let partition = try? log?.partition(place) else { return false }
    do {
      let offset = try partition.appended(try encode(samples, producer: producer)).firstOffset
      for (index, sample) in samples.enumerated() {
        var sample = sample
        sample.offset = offset + Int64(index)
        places[place]?.acknowledged[sample.offset] = sample
      }
      return true
    } catch LogError.io {
      places[place]?.refused.formUnion(samples.compactMap(\.value))
    } catch {}
    return false
  }

  /// A transaction of one batch and its marker.
  mutating func transaction(_ log: CommitLog?, _ place: TopicPartition, commits: Bool) {
    let producer = BatchProducer(
      id: 7, epoch: 0, sequence: places[place]?.sequence ?? 0, isTransactional: true)
    let count = 1 + step % 2
    let isTaken = append(log, place, count, producer: producer)
    guard isTaken else { return }
    places[place]?.sequence += Int32(count)
    guard let value = places[place]?.acknowledged.max(by: { $0.key < $1.key })?.value.value else {
      return
    }
    let ended = try? log?.partition(place).endTransaction(
      producerID: 7, epoch: 0, isCommitted: commits)
    if ended == nil {
      places[place]?.unclear.insert(value)
    } else if commits {
      places[place]?.committed.insert(value)
    } else {
      places[place]?.aborted.insert(value)
    }
  }

  mutating func deleteRecords(_ log: CommitLog?, _ place: TopicPartition, before offset: Int64) {
    guard let partition = try? log?.partition(place), offset <= partition.endOffset else { return }
    var known = places[place] ?? Place()
    known.possibleStart = max(known.possibleStart, offset)
    if (try? partition.deleteRecords(before: offset)) != nil {
      known.start = max(known.start, offset)
    }
    places[place] = known
  }

  /// Takes the records with the key `a` out and changes those with the key `b`.
  mutating func rewrite(_ log: CommitLog?, _ place: TopicPartition) {
    guard let partition = try? log?.partition(place) else { return }
    for sample in places[place]?.acknowledged.values ?? [:].values {
      guard let value = sample.value, sample.key == [97] || sample.key == [98] else { continue }
      let other = sample.key == [98] ? value + [33] : nil
      places[place]?.doomed[value] = .some(other)
      if let other { places[place]?.attempted.insert(other) }
    }
    let doomed = places[place]?.doomed ?? [:]
    let done = try? partition.rewrite { record in
      switch doomed[record.value.map { [UInt8]($0) } ?? []] {
      case nil: .keep
      case .some(nil): .drop
      case .some(let other?): .replace(other)
      }
    }
    if done != nil { places[place]?.gone.formUnion(doomed.keys) }
  }

  /// Says what is wrong with a log; `isSameProcess` where there was no crash since.
  func complaint(_ log: CommitLog, isSameProcess: Bool) throws -> String? {
    for (place, known) in places {
      guard let partition = try? log.partition(place) else {
        if known.acknowledged.isEmpty { continue }
        return "\(place) is gone"
      }
      if partition.startOffset < known.start {
        return "\(place): deleted to \(known.start), starts at \(partition.startOffset)"
      }
      if partition.startOffset > known.possibleStart {
        return "\(place): starts at \(partition.startOffset), nobody deleted that far"
      }
      let found = try Self.read(partition, .uncommitted)
      if let complaint = complaint(place, known, partition, found, isSameProcess) {
        return complaint
      }
      let committed = Set(try Self.read(partition, .committed).compactMap(\.value))
      if let value = known.aborted.first(where: committed.contains) {
        return "\(place): shows what was aborted, \(String(decoding: value, as: UTF8.self))"
      }
      let visible = found.filter { $0.offset < partition.stableOffset }.compactMap(\.value)
      if !known.isCompacted,
        let value = visible.first(where: { known.committed.contains($0) && !committed.contains($0) }
        )
      {
        return "\(place): hides what was committed, \(String(decoding: value, as: UTF8.self))"
      }
    }
    return nil
  }

  private func complaint(
    _ place: TopicPartition, _ known: Place, _ partition: PartitionLog, _ found: [Sample],
    _ isSameProcess: Bool
  ) -> String? {
    let byOffset = Dictionary(uniqueKeysWithValues: found.map { ($0.offset, $0) })
    if Set(found.compactMap(\.value)).count != found.count { return "\(place): one is there twice" }
    for sample in found {
      let expected = known.acknowledged[sample.offset]
      if let expected, expected != sample {
        var other = expected
        other.value = known.doomed[expected.value ?? []] ?? nil
        guard other.value != nil, other == sample else {
          return "\(place)@\(sample.offset): another record"
        }
      }
      if known.gone.contains(sample.value ?? []) {
        return "\(place)@\(sample.offset): was taken out, and is there"
      }
      guard let value = sample.value, known.attempted.contains(value) else {
        return "\(place)@\(sample.offset): invented"
      }
      if isSameProcess, known.refused.contains(value) {
        return "\(place)@\(sample.offset): was refused, and is seen"
      }
    }
    let last = Dictionary(grouping: found, by: \.key).mapValues { $0.last?.offset ?? -1 }
    for (offset, sample) in known.acknowledged
    where offset >= partition.startOffset && byOffset[offset] == nil {
      if known.aborted.contains(sample.value ?? []) { continue }
      if case .some(nil) = known.doomed[sample.value ?? []] { continue }
      guard known.isCompacted, last[sample.key] ?? -1 > offset else {
        return "\(place)@\(offset): lost"
      }
    }
    return nil
  }

  /// All data records, those of aborted transactions left out where `isolation` says so.
  static func read(
    _ partition: PartitionLog, _ isolation: PartitionLog.Isolation
  ) throws -> [Sample] {
    var next = partition.startOffset
    let end = isolation == .committed ? partition.stableOffset : partition.endOffset
    var found: [Sample] = []
    var buffer = ByteBuffer()
    while next < end {
      buffer.removeAll()
      try partition.read(from: next, maxBytes: 400, isolation: isolation, into: &buffer)
      let batches = try decode(buffer.toArray())
      guard let last = batches.last?.header else { throw Stalled(offset: next) }
      let aborted = try partition.abortedTransactions(from: next, to: last.nextOffset)
      for batch in batches where !batch.header.isControl {
        let isAborted =
          batch.header.isTransactional
          && aborted.contains {
            $0.producerID == batch.header.producerID && $0.firstOffset <= batch.header.baseOffset
              && batch.header.baseOffset < $0.lastOffset
          }
        if isolation == .committed && isAborted { continue }
        found += batch.samples.filter { $0.offset >= next }
      }
      next = last.nextOffset
    }
    return found
  }
}
