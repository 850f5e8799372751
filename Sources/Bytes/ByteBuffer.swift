/// A growable run of bytes that is written front to back and then read, reused or handed to the
/// disk.
///
/// Hot paths keep one buffer and `removeAll()` it between uses, so that a record costs no
/// allocation. Not copyable: a copy would be an accident. Not thread-safe; owned by one task at a
/// time.
public struct ByteBuffer: ~Copyable, Sendable {
  @usableFromInline nonisolated(unsafe) var base: UnsafeMutableRawPointer
  @usableFromInline var capacity: Int
  @usableFromInline var written: Int
  /// How many bytes have been written.
  @inlinable public var count: Int { written }
  /// How many more bytes fit before the memory has to grow.
  @inlinable public var room: Int { capacity - written }

  /// An empty buffer with room for `capacity` bytes; it grows by doubling.
  public init(capacity: Int = 256) {
    self.capacity = max(capacity, 16)
    base = .allocate(byteCount: self.capacity, alignment: 16)
    written = 0
  }

  deinit { base.deallocate() }

  /// Forgets what was written; keeps the memory.
  @inlinable public mutating func removeAll() { written = 0 }

  /// Forgets everything after the first `newCount` bytes.
  @inlinable public mutating func truncate(to newCount: Int) {
    precondition(newCount >= 0 && newCount <= count)
    written = newCount
  }

  /// Makes room for `extra` more bytes.
  @inlinable @inline(__always)
  public mutating func reserve(_ extra: Int) {
    if count + extra > capacity { grow(extra) }
  }

  @inline(never) @usableFromInline
  mutating func grow(_ extra: Int) {
    let larger = max(capacity * 2, count + extra)
    let fresh = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 16)
    fresh.copyMemory(from: base, byteCount: count)
    base.deallocate()
    base = fresh
    capacity = larger
  }

  /// Appends one byte.
  @inlinable public mutating func append(_ byte: UInt8) {
    reserve(1)
    base.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
    written += 1
  }

  /// Appends a fixed-width integer, most significant byte first.
  @inlinable public mutating func append<Integer: FixedWidthInteger>(bigEndian value: Integer) {
    reserve(MemoryLayout<Integer>.size)
    base.storeBytes(of: value.bigEndian, toByteOffset: count, as: Integer.self)
    written += MemoryLayout<Integer>.size
  }

  /// Appends a fixed-width integer, least significant byte first.
  @inlinable public mutating func append<Integer: FixedWidthInteger>(littleEndian value: Integer) {
    reserve(MemoryLayout<Integer>.size)
    base.storeBytes(of: value.littleEndian, toByteOffset: count, as: Integer.self)
    written += MemoryLayout<Integer>.size
  }

  /// Appends all of `bytes`.
  @inlinable public mutating func append(_ bytes: UnsafeRawBufferPointer) {
    guard let source = bytes.baseAddress, bytes.count > 0 else { return }
    reserve(bytes.count)
    (base + count).copyMemory(from: source, byteCount: bytes.count)
    written += bytes.count
  }

  /// Appends all of `bytes`.
  @inlinable public mutating func append(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { append($0) }
  }

  /// Appends a string's UTF-8.
  @inlinable public mutating func append(utf8 text: String) {
    var text = text
    text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
  }

  /// Appends an unsigned number, seven bits a byte, low bits first (LEB128).
  @inlinable public mutating func append(varint value: UInt64) {
    reserve(10)
    var rest = value
    while rest >= 0x80 {
      base.storeBytes(
        of: UInt8(truncatingIfNeeded: rest) | 0x80, toByteOffset: count, as: UInt8.self)
      written += 1
      rest >>= 7
    }
    base.storeBytes(of: UInt8(rest), toByteOffset: count, as: UInt8.self)
    written += 1
  }

  /// Appends a signed number in Kafka's way: zigzag, then as a varint.
  @inlinable public mutating func append(zigzag value: Int64) {
    append(varint: UInt64(bitPattern: (value << 1) ^ (value >> 63)))
  }

  /// Overwrites a big-endian integer written earlier at `offset`, for lengths known only later.
  @inlinable public mutating func set<Integer: FixedWidthInteger>(
    bigEndian value: Integer, at offset: Int
  ) {
    precondition(offset >= 0 && offset + MemoryLayout<Integer>.size <= count)
    base.storeBytes(of: value.bigEndian, toByteOffset: offset, as: Integer.self)
  }

  /// Lets `body` read what was written; the pointer is valid only inside.
  @inlinable public borrowing func withBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeRawBufferPointer(start: base, count: count))
  }

  /// Lets `body` read and change what was written; the pointer is valid only inside.
  @inlinable public mutating func withMutableBytes<Result, Failure: Error>(
    _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeMutableRawBufferPointer(start: base, count: count))
  }

  /// Lets `body` fill up to `room` bytes at the end and say how many it wrote.
  @inlinable public mutating func fill<Failure: Error>(
    upTo room: Int, _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Int
  ) throws(Failure) -> Int {
    reserve(room)
    let filled = try body(UnsafeMutableRawBufferPointer(start: base + count, count: room))
    precondition(filled >= 0 && filled <= room)
    written += filled
    return filled
  }

  /// Makes room for `size` bytes at the end, all of which `body` writes.
  @inlinable @inline(__always)
  public mutating func extend(by size: Int, _ body: (UnsafeMutableRawPointer) -> Void) {
    reserve(size)
    body(base + count)
    written += size
  }

  /// A copy of what was written.
  @inlinable public borrowing func toArray() -> [UInt8] {
    [UInt8](UnsafeRawBufferPointer(start: base, count: count))
  }
}
