internal import Bytes

extension RecordBatchHeader {
  /// The header of an empty batch at offset 0.
  init(_ producer: BatchProducer) {
    baseOffset = 0
    length = Int32(Self.size - Self.lengthPrefix)
    leaderEpoch = 0
    checksum = 0
    attributes = 0
    lastOffsetDelta = 0
    baseTimestamp = 0
    maxTimestamp = 0
    producerID = producer.id
    producerEpoch = producer.epoch
    baseSequence = producer.sequence
    count = 0
  }

  /// Writes all fields at the start of `batch`; length and checksum as they are in the header.
  func store(in batch: UnsafeMutableRawBufferPointer) {
    batch.store(bigEndian: baseOffset, at: Place.baseOffset)
    batch.store(bigEndian: length, at: Place.length)
    batch.store(bigEndian: leaderEpoch, at: Place.leaderEpoch)
    batch.store(bigEndian: Int8(2), at: Place.magic)
    batch.store(bigEndian: checksum, at: Place.checksum)
    batch.store(bigEndian: attributes, at: Place.attributes)
    batch.store(bigEndian: lastOffsetDelta, at: Place.lastOffsetDelta)
    batch.store(bigEndian: baseTimestamp, at: Place.baseTimestamp)
    batch.store(bigEndian: maxTimestamp, at: Place.maxTimestamp)
    batch.store(bigEndian: producerID, at: Place.producerID)
    batch.store(bigEndian: producerEpoch, at: Place.producerEpoch)
    batch.store(bigEndian: baseSequence, at: Place.baseSequence)
    batch.store(bigEndian: count, at: Place.count)
  }
}

/// Changes in place of finished batches, which start with their header.
extension RecordBatchHeader {
  /// Gives the batch its place in the log; outside the checksum.
  public static func setBaseOffset(_ offset: Int64, in batch: UnsafeMutableRawBufferPointer) {
    batch.store(bigEndian: offset, at: Place.baseOffset)
  }

  /// Marks the batch with the epoch of the partition's leader; outside the checksum.
  public static func setLeaderEpoch(_ epoch: Int32, in batch: UnsafeMutableRawBufferPointer) {
    batch.store(bigEndian: epoch, at: Place.leaderEpoch)
  }

  /// Gives all of the batch's records the time `now`, in milliseconds since 1970, at which the log
  /// takes them, and makes the checksum anew.
  public static func setAppendTime(_ now: Int64, in batch: UnsafeMutableRawBufferPointer) {
    let attributes: Int16 = batch.load(at: Place.attributes)
    let marked = BatchAttributes(rawValue: attributes).union(.logAppendTime)
    batch.store(bigEndian: marked.rawValue, at: Place.attributes)
    batch.store(bigEndian: now, at: Place.maxTimestamp)
    let length: Int32 = batch.load(at: Place.length)
    let size = min(max(lengthPrefix + Int(length), Self.size), batch.count)
    setChecksum(in: UnsafeMutableRawBufferPointer(rebasing: batch[..<size]))
  }

  /// Gives the batch's header the latest time of its records; where it has another one, the
  /// checksum is made anew.
  public static func setMaxTimestamp(_ time: Int64, in batch: UnsafeMutableRawBufferPointer) {
    let known: Int64 = batch.load(at: Place.maxTimestamp)
    guard known != time else { return }
    batch.store(bigEndian: time, at: Place.maxTimestamp)
    setChecksum(in: batch)
  }

  static func setCodec(_ codec: Codec, in batch: UnsafeMutableRawBufferPointer) {
    let attributes: Int16 = batch.load(at: Place.attributes)
    let others = BatchAttributes(rawValue: attributes).subtracting(.codec)
    batch.store(bigEndian: others.rawValue | Int16(codec.rawValue), at: Place.attributes)
  }

  /// Writes the length and the checksum of `batch`, which ends with its last record.
  static func seal(_ batch: UnsafeMutableRawBufferPointer) throws(RecordError) {
    guard batch.count <= Limits.batchBytes else {
      throw .tooLarge(bytes: batch.count, limit: Limits.batchBytes)
    }
    sealSmall(batch)
  }

  /// The same for a batch that is known to lie within the limit.
  static func sealSmall(_ batch: UnsafeMutableRawBufferPointer) {
    batch.store(bigEndian: Int32(batch.count - lengthPrefix), at: Place.length)
    setChecksum(in: batch)
  }

  private static func setChecksum(in batch: UnsafeMutableRawBufferPointer) {
    let summed = UnsafeRawBufferPointer(rebasing: batch[Place.attributes...])
    batch.store(bigEndian: CRC32C.checksum(summed), at: Place.checksum)
  }
}

extension UnsafeMutableRawBufferPointer {
  func load<Integer: FixedWidthInteger>(at offset: Int) -> Integer {
    Integer(bigEndian: loadUnaligned(fromByteOffset: offset, as: Integer.self))
  }

  func store(bigEndian value: some FixedWidthInteger, at offset: Int) {
    storeBytes(of: value.bigEndian, toByteOffset: offset, as: type(of: value))
  }
}
