internal import Bytes

/// The 61 bytes before a batch's records (see FORMAT.md).
public struct RecordBatchHeader: Equatable, Sendable {
  /// The size of the header in bytes.
  public static let size = 61
  /// The bytes before the ones that the length field counts.
  public static let lengthPrefix = 12

  /// The offset of the first record.
  public var baseOffset: Int64
  /// How many bytes follow this field.
  public var length: Int32
  /// Kafka's count of the partition's leaders; of no meaning on one machine.
  public var leaderEpoch: Int32
  /// CRC-32C of everything after this field.
  public var checksum: UInt32
  /// Bits 0 to 2 are the compression, 3 the kind of timestamp, 4 and 5 transactions.
  public var attributes: Int16
  /// The last record's offset less `baseOffset`.
  public var lastOffsetDelta: Int32
  /// The first record's timestamp, in milliseconds since 1970.
  public var baseTimestamp: Int64
  /// The latest timestamp, in milliseconds since 1970.
  public var maxTimestamp: Int64
  /// The idempotent producer that wrote it; -1 where it is none.
  public var producerID: Int64
  /// Tells that producer's incarnations apart; -1 where there is none.
  public var producerEpoch: Int16
  /// The first record's number in that producer's count; -1 where there is none.
  public var baseSequence: Int32
  /// How many records there are.
  public var count: Int32

  /// The batch's size in bytes, header included.
  public var totalSize: Int { Self.lengthPrefix + Int(length) }
  /// The offset of the last record.
  public var lastOffset: Int64 { baseOffset + Int64(lastOffsetDelta) }
  /// The offset that follows the batch.
  public var nextOffset: Int64 { lastOffset + 1 }
  /// The records are markers of a transaction's end, not data.
  public var isControl: Bool { attributes & 0x20 != 0 }

  /// All records carry `maxTimestamp`, the time at which the log took them.
  public var hasLogAppendTime: Bool { attributes & 0x08 != 0 }

  /// Reads a header at the start of `bytes` and checks that its fields fit together. Does not look
  /// at the records; see `verify`. Throws `incomplete` where `bytes` is shorter than a header.
  public init(_ bytes: UnsafeRawBufferPointer) throws(RecordError) {
    guard bytes.count >= Self.size else { throw .incomplete }
    func load<Integer: FixedWidthInteger>(_ offset: Int) -> Integer {
      Integer(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Integer.self))
    }
    let magic: Int8 = load(16)
    guard magic == 2 else { throw .unsupportedMagic(magic) }
    baseOffset = load(0)
    length = load(8)
    leaderEpoch = load(12)
    checksum = load(17)
    attributes = load(21)
    lastOffsetDelta = load(23)
    baseTimestamp = load(27)
    maxTimestamp = load(35)
    producerID = load(43)
    producerEpoch = load(51)
    baseSequence = load(53)
    count = load(57)
    guard totalSize >= Self.size else { throw .malformed("its length is \(length)") }
    guard totalSize <= Limits.batchBytes else {
      throw .tooLarge(bytes: totalSize, limit: Limits.batchBytes)
    }
    guard baseOffset >= 0, baseOffset < .max - Int64(Int32.max) else {
      throw .malformed("its base offset is \(baseOffset)")
    }
    guard lastOffsetDelta >= 0, count >= 0, count <= length else {
      throw .malformed("\(count) records with a last offset delta of \(lastOffsetDelta)")
    }
  }

  /// Checks the checksum over `batch`, all the bytes of this header's batch.
  public func verify(_ batch: UnsafeRawBufferPointer) throws(RecordError) {
    guard batch.count >= totalSize else { throw .incomplete }
    let computed = CRC32C.checksum(UnsafeRawBufferPointer(rebasing: batch[21..<totalSize]))
    guard computed == checksum else {
      throw .checksumMismatch(stored: checksum, computed: computed)
    }
  }
}
