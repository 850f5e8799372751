package import Bytes
internal import CZlib

/// gzip (RFC 1952) by zlib.
///
/// Keeps zlib's two states between calls: setting one up costs more than a small batch.
package struct Gzip: ~Copyable, Sendable {
  private static let name = "gzip"
  // zlib's word for a window of 32 KiB, the largest there is, in gzip's frame.
  private static let windowBits: Int32 = 15 + 16

  // On the heap, as zlib's state points back at them.
  private nonisolated(unsafe) var deflating: UnsafeMutablePointer<z_stream>?
  private nonisolated(unsafe) var inflating: UnsafeMutablePointer<z_stream>?
  private var deflatingLevel: Int32 = 0

  package init() {}

  deinit {
    if let deflating {
      deflateEnd(deflating)
      deflating.deallocate()
    }
    if let inflating {
      inflateEnd(inflating)
      inflating.deallocate()
    }
  }

  /// Appends `bytes` compressed; `level` from 1 to 9, nil for zlib's usual one.
  package mutating func compress(
    _ bytes: UnsafeRawBufferPointer, level: Int? = nil, into output: inout ByteBuffer
  ) throws(CompressionError) {
    let stream = try deflater(level: level.map { Int32(min(max($0, 1), 9)) } ?? -1)
    try Self.setInput(bytes, of: stream)
    let bound = Int(deflateBound(stream, UInt(bytes.count)))
    _ = try output.fill(upTo: bound) { room throws(CompressionError) in
      Self.setOutput(room, of: stream)
      guard deflate(stream, Z_FINISH) == Z_STREAM_END else {
        throw .outOfMemory(codec: Self.name)
      }
      return Int(UInt32(clamping: room.count) - stream.pointee.avail_out)
    }
  }

  /// Appends what `bytes`, one gzip member or several in a row, hold; `limit` bytes at most.
  package mutating func decompress(
    _ bytes: UnsafeRawBufferPointer, limit: Int, into output: inout ByteBuffer
  ) throws(CompressionError) {
    let stream = try inflater()
    try Self.setInput(bytes, of: stream)
    try output.inflate(Self.name, limit: limit) { room throws(CompressionError) in
      Self.setOutput(room, of: stream)
      let status = CZlib.inflate(stream, Z_NO_FLUSH)
      let isAtEnd = stream.pointee.avail_in == 0
      switch status {
      case Z_OK:
        if isAtEnd && stream.pointee.avail_out > 0 { throw .cutShort(Self.name) }
      case Z_STREAM_END:
        if !isAtEnd { inflateReset(stream) }
      case Z_BUF_ERROR: throw .cutShort(Self.name)
      case Z_MEM_ERROR: throw .outOfMemory(codec: Self.name)
      default:
        let message = stream.pointee.msg.map { String(cString: $0) }
        throw .corrupt(codec: Self.name, message ?? "zlib's error \(status)")
      }
      return Step(
        written: Int(UInt32(clamping: room.count) - stream.pointee.avail_out),
        isDone: status == Z_STREAM_END && isAtEnd)
    }
  }

  private mutating func deflater(
    level: Int32
  ) throws(CompressionError) -> UnsafeMutablePointer<z_stream> {
    if let deflating {
      if level == deflatingLevel, deflateReset(deflating) == Z_OK { return deflating }
      deflateEnd(deflating)
      deflating.deallocate()
      self.deflating = nil
    }
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    stream.initialize(to: z_stream())
    let status = deflateInit2_(
      stream, level, Z_DEFLATED, Self.windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    guard status == Z_OK else {
      stream.deallocate()
      throw .outOfMemory(codec: Self.name)
    }
    deflating = stream
    deflatingLevel = level
    return stream
  }

  private mutating func inflater() throws(CompressionError) -> UnsafeMutablePointer<z_stream> {
    if let inflating, inflateReset(inflating) == Z_OK { return inflating }
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    stream.initialize(to: z_stream())
    let size = Int32(MemoryLayout<z_stream>.size)
    guard inflateInit2_(stream, Self.windowBits, ZLIB_VERSION, size) == Z_OK else {
      stream.deallocate()
      throw .outOfMemory(codec: Self.name)
    }
    inflating = stream
    return stream
  }

  private static func setInput(
    _ bytes: UnsafeRawBufferPointer, of stream: UnsafeMutablePointer<z_stream>
  ) throws(CompressionError) {
    guard let count = UInt32(exactly: bytes.count) else {
      throw .tooLarge(codec: name, limit: Int(UInt32.max))
    }
    // zlib only reads what it is declared to write to.
    stream.pointee.next_in = UnsafeMutablePointer(
      mutating: bytes.assumingMemoryBound(to: UInt8.self).baseAddress)
    stream.pointee.avail_in = count
  }

  private static func setOutput(
    _ room: UnsafeMutableRawBufferPointer, of stream: UnsafeMutablePointer<z_stream>
  ) {
    stream.pointee.next_out = room.assumingMemoryBound(to: UInt8.self).baseAddress
    stream.pointee.avail_out = UInt32(clamping: room.count)
  }
}
