/// What can be wrong with bytes that are read front to back.
public enum ByteError: Error, Equatable, CustomStringConvertible {
  /// Fewer bytes are left than the field at `offset` needs.
  case truncated(offset: Int)
  /// The varint at `offset` is longer than its type allows.
  case overlongVarint(offset: Int)

  public var description: String {
    switch self {
    case .truncated(let offset): "the bytes end in the middle of a field at byte \(offset)"
    case .overlongVarint(let offset): "the variable-length number at byte \(offset) is too long"
    }
  }
}

/// Reads numbers and byte runs front to back, never past the end.
///
/// Borrows the memory it reads: use it only inside the scope that owns the bytes.
public struct ByteReader {
  /// The bytes being read.
  public let bytes: UnsafeRawBufferPointer
  /// Where the next read starts.
  public var offset: Int

  /// A reader at the start of `bytes`.
  @inlinable @inline(__always)
  public init(_ bytes: UnsafeRawBufferPointer, offset: Int = 0) {
    self.bytes = bytes
    self.offset = offset
  }

  /// How many bytes are left.
  @inlinable public var remaining: Int { bytes.count - offset }

  /// The next fixed-width integer, most significant byte first.
  @inlinable @inline(__always)
  public mutating func integer<Integer: FixedWidthInteger>(
    _ type: Integer.Type = Integer.self
  ) throws(ByteError) -> Integer {
    guard remaining >= MemoryLayout<Integer>.size else { throw .truncated(offset: offset) }
    let value = bytes.loadUnaligned(fromByteOffset: offset, as: Integer.self)
    offset += MemoryLayout<Integer>.size
    return Integer(bigEndian: value)
  }

  /// The next `count` bytes, borrowed.
  @inlinable @inline(__always)
  public mutating func run(_ count: Int) throws(ByteError) -> UnsafeRawBufferPointer {
    guard count >= 0, remaining >= count else { throw .truncated(offset: offset) }
    defer { offset += count }
    return UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + count)])
  }

  /// The next unsigned varint.
  @inlinable @inline(__always)
  public mutating func varint() throws(ByteError) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    let start = offset
    while true {
      guard offset < bytes.count else { throw .truncated(offset: start) }
      let byte = bytes[offset]
      offset += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
      shift += 7
      if shift > 63 { throw .overlongVarint(offset: start) }
    }
  }

  /// The next signed varint in Kafka's zigzag form.
  @inlinable @inline(__always)
  public mutating func zigzag() throws(ByteError) -> Int64 {
    let raw = try varint()
    return Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1)
  }
}
