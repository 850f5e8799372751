/// What can be wrong with a record batch.
public enum RecordError: Error, Equatable, CustomStringConvertible {
  /// Fewer bytes than the batch's header or its length field says.
  case incomplete
  /// The batch is in a format before or after version 2.
  case unsupportedMagic(Int8)
  /// The records are compressed with a codec that Kafka has not.
  case unsupportedCodec(String)
  /// The compressed records are not what the codec writes.
  case unreadable(Codec, String)
  /// The compressed records grow past the limit.
  case inflatesTooFar(Codec, limit: Int)
  /// The codec's library got no memory.
  case outOfMemory(Codec)
  /// The checksum does not match the bytes.
  case checksumMismatch(stored: UInt32, computed: UInt32)
  /// A field contradicts another one, e.g. a record longer than its batch.
  case malformed(String)
  /// The record or batch is larger than the limit.
  case tooLarge(bytes: Int, limit: Int)

  public var description: String {
    switch self {
    case .incomplete: "the record batch is cut short"
    case .unsupportedMagic(let magic):
      "record batch format \(magic) is not supported; only format 2 (Kafka 0.11 and later) is"
    case .unsupportedCodec(let name): "records compressed with \(name) are not supported"
    case .unreadable(let codec, let what):
      "the records cannot be read, though their checksum is right: as \(codec), \(what)"
    case .inflatesTooFar(let codec, let limit):
      "the records compressed with \(codec) grow past the limit of \(limit) bytes; "
        + "send smaller batches"
    case .outOfMemory(let codec): "there is no memory for \(codec)"
    case .checksumMismatch(let stored, let computed):
      "the record batch is corrupt: its checksum is \(hex(computed)), "
        + "but \(hex(stored)) was stored"
    case .malformed(let what): "the record batch is malformed: \(what)"
    case .tooLarge(let bytes, let limit):
      "the record has \(bytes) bytes, more than the limit of \(limit)"
    }
  }
}

private func hex(_ value: UInt32) -> String { "0x" + String(value, radix: 16) }
