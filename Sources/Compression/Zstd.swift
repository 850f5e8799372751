package import Bytes
internal import CZstd

/// Zstandard (RFC 8878).
///
/// Keeps the library's two contexts between calls.
package struct Zstd: ~Copyable, Sendable {
  private static let name = "zstd"
  // A block takes 4 bytes at least and holds 128 KiB at most.
  private static let smallestBlock = 4
  private static let largestBlock = 128 << 10

  private nonisolated(unsafe) var compressing: OpaquePointer?
  private nonisolated(unsafe) var decompressing: OpaquePointer?

  package init() {}

  deinit {
    ZSTD_freeCCtx(compressing)
    ZSTD_freeDCtx(decompressing)
  }

  /// Appends `bytes` as one frame; `level` up to 22, nil for the library's usual one.
  package mutating func compress(
    _ bytes: UnsafeRawBufferPointer, level: Int? = nil, into output: inout ByteBuffer
  ) throws(CompressionError) {
    if compressing == nil { compressing = ZSTD_createCCtx() }
    guard let context = compressing else { throw .outOfMemory(codec: Self.name) }
    _ = try output.fill(upTo: ZSTD_compressBound(bytes.count)) { room throws(CompressionError) in
      let written = ZSTD_compressCCtx(
        context, room.baseAddress, room.count, bytes.baseAddress, bytes.count,
        Int32(clamping: level ?? 0))
      guard ZSTD_isError(written) == 0 else { throw .outOfMemory(codec: Self.name) }
      return written
    }
  }

  /// Appends what `bytes`, one frame or several in a row, hold; `limit` bytes at most. A frame that
  /// does not tell its size makes the library keep a window besides, of which it touches as much
  /// as it has produced; a window above 128 MiB is refused, as by the library itself.
  package mutating func decompress(
    _ bytes: UnsafeRawBufferPointer, limit: Int, into output: inout ByteBuffer
  ) throws(CompressionError) {
    if decompressing == nil { decompressing = ZSTD_createDCtx() }
    guard let context = decompressing else { throw .outOfMemory(codec: Self.name) }
    ZSTD_DCtx_reset(context, ZSTD_reset_session_only)
    // With room for all of a frame the library decodes straight into it.
    let told = ZSTD_getFrameContentSize(bytes.baseAddress, bytes.count)
    if told < UInt64.max - 1 {
      guard told <= limit else { throw .tooLarge(codec: Self.name, limit: limit) }
      let possible = (bytes.count / Self.smallestBlock + 1) * Self.largestBlock
      guard told <= possible else {
        throw .corrupt(codec: Self.name, "\(bytes.count) bytes cannot hold \(told)")
      }
      output.reserve(max(Int(told), 4_096))
    }
    var input = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
    try output.inflate(Self.name, limit: limit) { room throws(CompressionError) in
      var written = ZSTD_outBuffer(dst: room.baseAddress, size: room.count, pos: 0)
      let hint = ZSTD_decompressStream(context, &written, &input)
      guard ZSTD_isError(hint) == 0 else { throw Self.error(hint) }
      let isFrameDone = hint == 0
      let isAtEnd = input.pos == input.size
      if !isFrameDone && isAtEnd && written.pos < written.size { throw .cutShort(Self.name) }
      return Step(written: written.pos, isDone: isFrameDone && isAtEnd)
    }
  }

  private static func error(_ code: Int) -> CompressionError {
    ZSTD_getErrorCode(code) == ZSTD_error_memory_allocation
      ? .outOfMemory(codec: name)
      : .corrupt(codec: name, String(cString: ZSTD_getErrorName(code)))
  }
}
