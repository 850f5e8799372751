internal import Bytes
internal import Records

/// The record of a control batch that ends a transaction.
struct TransactionMarker {
  var isAbort: Bool
  var coordinatorEpoch: Int32

  /// Reads the marker of a control batch; nil where it is a control batch of another kind.
  init?(_ header: RecordBatchHeader, _ batch: UnsafeRawBufferPointer) {
    guard header.isControl, var records = try? RecordIterator(header, batch),
      let record = try? records.next(), let key = record.key, let value = record.value
    else { return nil }
    var keyReader = ByteReader(key)
    var valueReader = ByteReader(value)
    guard (try? keyReader.integer(Int16.self)) != nil,
      let kind = try? keyReader.integer(Int16.self), kind == 0 || kind == 1,
      (try? valueReader.integer(Int16.self)) != nil,
      let epoch = try? valueReader.integer(Int32.self)
    else { return nil }
    isAbort = kind == 0
    coordinatorEpoch = epoch
  }
}

extension AbortedTransaction {
  init(_ transaction: ProducerStates.Ended, lastStableOffset: Int64) {
    self.init(
      producerID: transaction.producerID, firstOffset: transaction.firstOffset,
      lastOffset: transaction.lastOffset, lastStableOffset: lastStableOffset)
  }
}
