internal import Bytes

extension RecordBatchBuilder {
  /// The control batch that ends a producer's transaction in a partition: one record, whose key
  /// tells commit or abort (see FORMAT.md). It does not count in the producer's sequence.
  public static func endMarker(
    commit: Bool, coordinatorEpoch: Int32, producer: BatchProducer, timestamp: Int64
  ) -> [UInt8] {
    var key = ByteBuffer(capacity: 16)
    key.append(bigEndian: Int16(0))
    key.append(bigEndian: Int16(commit ? 1 : 0))
    var value = ByteBuffer(capacity: 16)
    value.append(bigEndian: Int16(0))
    value.append(bigEndian: coordinatorEpoch)
    var builder = RecordBatchBuilder(capacity: 128)
    key.withBytes { key in
      value.withBytes { value in
        // So small a record always fits.
        try? builder.append(timestamp: timestamp, key: key, value: value)
      }
    }
    builder.attributes = [.transactional, .control]
    builder.sealUncompressed(BatchProducer(id: producer.id, epoch: producer.epoch))
    return builder.bytes.toArray()
  }
}
