internal import Bytes

extension RecordBatchBuilder {
  /// Finishes the batch: compresses the records, as Kafka's producer does also where they grow by
  /// it, and fills in the header. Base offset and leader epoch are 0: the log assigns them, as they
  /// lie outside the checksum. A batch that takes another's place keeps that one's numbers and
  /// producer instead. `level` is the codec's own, nil for its usual one.
  ///
  /// Records may be added afterwards, and the batch sealed again.
  public mutating func seal(
    codec: Codec = .none, producer: BatchProducer = .none, level: Int? = nil
  ) throws(RecordError) {
    // Kafka does not compress what is empty either.
    guard codec != .none, count > 0 else { return sealUncompressed(producer) }
    let header = header(codec, producer)
    compressed.removeAll()
    compressed.extend(by: RecordBatchHeader.size) { start in
      header.store(
        in: UnsafeMutableRawBufferPointer(start: start, count: RecordBatchHeader.size))
    }
    try Self.compress(bytes, with: &codecs, as: codec, level: level, into: &compressed)
    try compressed.withMutableBytes { batch throws(RecordError) in
      try RecordBatchHeader.seal(batch)
    }
    isCompressed = true
  }

  /// Lets `body` have the sealed batch, which it may change in place; the pointer is valid only
  /// inside.
  public mutating func withBatch<Result, Failure: Error>(
    _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    if isCompressed { return try compressed.withMutableBytes(body) }
    return try bytes.withMutableBytes(body)
  }

  /// Seals the batch uncompressed and lets `body` have it. `producer` marks it as the work of one
  /// producer, who can find it again; -1 for none.
  public mutating func finish<Result, Failure: Error>(
    producer: Int64 = -1, _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    sealUncompressed(BatchProducer(id: producer))
    return try withBatch(body)
  }

  mutating func sealUncompressed(_ producer: BatchProducer) {
    let header = header(.none, producer)
    bytes.withMutableBytes { batch in
      header.store(in: batch)
      RecordBatchHeader.sealSmall(batch)
    }
    isCompressed = false
  }

  private func header(_ codec: Codec, _ producer: BatchProducer) -> RecordBatchHeader {
    var header = original ?? RecordBatchHeader(producer)
    var bits = attributes
    if original == nil {
      if producer.isTransactional { bits.insert(.transactional) }
      header.lastOffsetDelta = max(lastOffsetDelta, 0)
    }
    header.attributes = bits.rawValue | Int16(codec.rawValue)
    header.baseTimestamp = baseTimestamp ?? 0
    if count > 0 { header.maxTimestamp = maxTimestamp }
    header.count = count
    return header
  }

  // A function of its own, as one closure cannot hold two parts of `self`.
  private static func compress(
    _ bytes: borrowing ByteBuffer, with codecs: inout Codecs, as codec: Codec, level: Int?,
    into output: inout ByteBuffer
  ) throws(RecordError) {
    try bytes.withBytes { bytes throws(RecordError) in
      let records = UnsafeRawBufferPointer(rebasing: bytes[RecordBatchHeader.size...])
      try codecs.compress(records, with: codec, level: level, into: &output)
    }
  }
}
