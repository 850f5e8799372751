internal import Bytes
internal import Machine
internal import Records

/// Writes the batches of one compacted segment: each as it was, with some of its records, or not at
/// all.
struct BatchRewriter: ~Copyable {
  private let compaction: Compaction
  private let keys: KeyOffsets
  private var decoder = RecordDecoder()
  private var output: CleanedSegment

  init(_ compaction: Compaction, _ keys: KeyOffsets, _ target: Segment) {
    self.compaction = compaction
    self.keys = keys
    output = CleanedSegment(compaction, target)
  }

  /// What is to become of a batch's records.
  private struct Plan {
    /// All go, for another reason than their keys.
    var dropsAll = false
    /// The batch stays though its records may go.
    var keepsEmpty = false
    /// Deletions of keys may go: they were kept long enough.
    var dropsTombstones = false
    /// The time from which they may, where the batch gets one now.
    var horizon: Int64?
  }

  mutating func take(
    _ header: RecordBatchHeader, _ batch: UnsafeRawBufferPointer, _ spans: inout AbortedSpans
  ) throws(LogError) {
    var plan = Plan()
    let isPast = header.hasDeleteHorizon && header.baseTimestamp <= compaction.now
    let horizon = compaction.now.addingReportingOverflow(compaction.settings.deleteRetention)
    // What is still dirty is not compacted yet, so its time does not begin to run.
    let isClean = header.nextOffset <= keys.end
    let newHorizon =
      header.hasDeleteHorizon || horizon.overflow || !isClean ? nil : horizon.partialValue
    if header.isControl {
      let marker = TransactionMarker(header, batch)
      switch marker.map({ spans.end($0, header) }) {
      case .aborted(let transaction): output.target.aborted.append(transaction)
      case .nothing:
        plan.dropsAll = isPast
        plan.horizon = newHorizon
      case .committed, nil: break
      }
    } else {
      plan.dropsAll = spans.isAborted(header)
      plan.dropsTombstones = isPast
      plan.horizon = newHorizon
      plan.keepsEmpty = compaction.lastBatches[header.producerID] == header.lastOffset
    }
    try write(header, batch, plan)
  }

  private mutating func write(
    _ header: RecordBatchHeader, _ batch: UnsafeRawBufferPointer, _ plan: Plan
  ) throws(LogError) {
    let isWholeKept = try gather(header, batch, plan)
    if isWholeKept { return try output.append(batch, header) }
    guard output.builder.count > 0 || plan.keepsEmpty else { return output.drop(header) }
    try output.appendBuilt(header)
  }

  /// Fills the builder with the records that stay; true where the batch can stay as it is.
  private mutating func gather(
    _ header: RecordBatchHeader, _ batch: UnsafeRawBufferPointer, _ plan: Plan
  ) throws(LogError) -> Bool {
    var kept: Int32 = 0
    var tombstones = 0
    let keys = keys
    let end = keys.end
    func stays(_ record: Record) -> Bool {
      if header.isControl || record.offset >= end { return true }
      guard let key = record.key else { return false }
      if plan.dropsTombstones && record.value == nil { return false }
      return record.offset >= keys.offset(of: key) ?? 0
    }
    if !plan.dropsAll {
      try checked(compaction.topicPartition, header.baseOffset) { () throws(RecordError) in
        try decoder.forEach(in: batch) { record throws(RecordError) in
          guard stays(record) else { return }
          kept += 1
          if record.value == nil { tombstones += 1 }
        }
      }
    }
    let needsHorizon = plan.horizon != nil && kept > 0 && (tombstones > 0 || header.isControl)
    if kept == header.count && kept > 0 && !needsHorizon { return true }
    output.builder.reset(replacing: header, deleteHorizon: needsHorizon ? plan.horizon : nil)
    guard kept > 0 else { return false }
    try checked(compaction.topicPartition, header.baseOffset) { () throws(RecordError) in
      try Self.copy(batch, with: &decoder, into: &output.builder, stays)
    }
    return false
  }

  // A function of its own, as one closure cannot hold two parts of `self`.
  private static func copy(
    _ batch: UnsafeRawBufferPointer, with decoder: inout RecordDecoder,
    into builder: inout RecordBatchBuilder, _ stays: (Record) -> Bool
  ) throws(RecordError) {
    try decoder.forEach(in: batch) { record throws(RecordError) in
      if stays(record) { try builder.append(record) }
    }
  }

  mutating func finish() throws(LogError) { try output.finish() }
}
