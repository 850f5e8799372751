internal import Bytes

/// The 61 bytes before a batch's records (see FORMAT.md).
public struct RecordBatchHeader: Equatable, Sendable {
  /// The size of the header in bytes.
  public static let size = 61
  /// The bytes before the ones that the length field counts.
  public static let lengthPrefix = 12

  /// Where each field starts. The checksum is of everything from the attributes on.
  enum Place {
    static let baseOffset = 0
    static let length = 8
    static let leaderEpoch = 12
    static let magic = 16
    static let checksum = 17
    static let attributes = 21
    static let lastOffsetDelta = 23
    static let baseTimestamp = 27
    static let maxTimestamp = 35
    static let producerID = 43
    static let producerEpoch = 51
    static let baseSequence = 53
    static let count = 57
  }

  /// The offset of the first record.
  public var baseOffset: Int64
  /// How many bytes follow this field.
  public var length: Int32
  /// Kafka's count of the partition's leaders; of no meaning on one machine.
  public var leaderEpoch: Int32
  /// CRC-32C of everything after this field.
  public var checksum: UInt32
  /// Bits 0 to 2 are the codec, 3 the kind of timestamp, 4 and 5 transactions, 6 the horizon.
  public var attributes: Int16
  /// The last record's offset less `baseOffset`.
  public var lastOffsetDelta: Int32
  /// What the records' timestamps are counted from, in milliseconds since 1970: the first record's
  /// or, with `hasDeleteHorizon`, the time from which compaction may drop the tombstones.
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
  /// The number of the last record in its producer's count, which goes on at 0 behind 2^31 - 1;
  /// -1 where there is no count.
  public var lastSequence: Int32 {
    guard baseSequence >= 0 else { return -1 }
    return (baseSequence &+ lastOffsetDelta) & .max
  }

  /// How the records are compressed.
  public var codec: Codec { Codec(rawValue: Int8(attributes & 7)) ?? .none }
  /// All records carry `maxTimestamp`, the time at which the log took them.
  public var hasLogAppendTime: Bool { bits.contains(.logAppendTime) }
  /// The batch is part of a transaction.
  public var isTransactional: Bool { bits.contains(.transactional) }
  /// The records are markers of a transaction's end, not data.
  public var isControl: Bool { bits.contains(.control) }
  /// `baseTimestamp` is the time from which compaction may drop the batch's tombstones.
  public var hasDeleteHorizon: Bool { bits.contains(.deleteHorizon) }

  private var bits: BatchAttributes { BatchAttributes(rawValue: attributes) }

  /// Reads a header at the start of `bytes` and checks that its fields fit together. Does not look
  /// at the records; see `verify`. Throws `incomplete` where `bytes` is shorter than a header.
  public init(_ bytes: UnsafeRawBufferPointer) throws(RecordError) {
    guard bytes.count >= Self.size else { throw .incomplete }
    func load<Integer: FixedWidthInteger>(_ offset: Int) -> Integer {
      Integer(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Integer.self))
    }
    let magic: Int8 = load(Place.magic)
    guard magic == 2 else { throw .unsupportedMagic(magic) }
    baseOffset = load(Place.baseOffset)
    length = load(Place.length)
    leaderEpoch = load(Place.leaderEpoch)
    checksum = load(Place.checksum)
    attributes = load(Place.attributes)
    lastOffsetDelta = load(Place.lastOffsetDelta)
    baseTimestamp = load(Place.baseTimestamp)
    maxTimestamp = load(Place.maxTimestamp)
    producerID = load(Place.producerID)
    producerEpoch = load(Place.producerEpoch)
    baseSequence = load(Place.baseSequence)
    count = load(Place.count)
    let codec = Int8(attributes & 7)
    guard Codec(rawValue: codec) != nil else { throw .unsupportedCodec("codec \(codec)") }
    guard totalSize >= Self.size else { throw .malformed("its length is \(length)") }
    guard totalSize <= Limits.batchBytes else {
      throw .tooLarge(bytes: totalSize, limit: Limits.batchBytes)
    }
    guard baseOffset >= 0, baseOffset < .max - Int64(Int32.max) else {
      throw .malformed("its base offset is \(baseOffset)")
    }
    let mayHold = codec == 0 ? (totalSize - Self.size) / Limits.smallestRecord : Int.max
    guard lastOffsetDelta >= 0, count >= 0, count <= mayHold else {
      throw .malformed(
        "\(count) records with a last offset delta of \(lastOffsetDelta)")
    }
  }

  /// Checks the checksum over `batch`, all the bytes of this header's batch.
  public func verify(_ batch: UnsafeRawBufferPointer) throws(RecordError) {
    guard batch.count >= totalSize else { throw .incomplete }
    let computed = CRC32C.checksum(
      UnsafeRawBufferPointer(rebasing: batch[Place.attributes..<totalSize]))
    guard computed == checksum else {
      throw .checksumMismatch(stored: checksum, computed: computed)
    }
  }
}
