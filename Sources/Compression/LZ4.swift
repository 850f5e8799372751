package import Bytes
internal import CLZ4

/// LZ4 in its frame format.
///
/// Keeps the library's two contexts between calls.
package struct LZ4: ~Copyable, Sendable {
  private static let name = "lz4"

  private nonisolated(unsafe) var compressing: OpaquePointer?
  private nonisolated(unsafe) var decompressing: OpaquePointer?

  package init() {}

  deinit {
    if let compressing { LZ4F_freeCompressionContext(compressing) }
    if let decompressing { LZ4F_freeDecompressionContext(decompressing) }
  }

  /// Appends `bytes` as one frame of independent blocks of 64 KiB: Kafka's Java client reads no
  /// others. `level` from 3 on searches harder; nil is the fast way.
  package mutating func compress(
    _ bytes: UnsafeRawBufferPointer, level: Int? = nil, into output: inout ByteBuffer
  ) throws(CompressionError) {
    if compressing == nil, LZ4F_isError(LZ4F_createCompressionContext(&compressing, version)) != 0 {
      throw .outOfMemory(codec: Self.name)
    }
    let context = compressing
    var preferences = LZ4F_preferences_t()
    preferences.frameInfo.blockSizeID = LZ4F_max64KB
    preferences.frameInfo.blockMode = LZ4F_blockIndependent
    preferences.compressionLevel = Int32(clamping: level ?? 0)
    preferences.autoFlush = 1
    let bound = LZ4F_compressFrameBound(bytes.count, &preferences)
    _ = try output.fill(upTo: bound) { room throws(CompressionError) in
      guard let base = room.baseAddress else { return 0 }
      var written = 0
      func add(_ count: Int) throws(CompressionError) {
        guard LZ4F_isError(count) == 0 else { throw .outOfMemory(codec: Self.name) }
        written += count
      }
      try add(LZ4F_compressBegin(context, base, room.count, &preferences))
      try add(
        LZ4F_compressUpdate(
          context, base + written, room.count - written, bytes.baseAddress, bytes.count, nil))
      try add(LZ4F_compressEnd(context, base + written, room.count - written, nil))
      return written
    }
  }

  /// Appends what `bytes`, one frame or several in a row, hold; `limit` bytes at most.
  package mutating func decompress(
    _ bytes: UnsafeRawBufferPointer, limit: Int, into output: inout ByteBuffer
  ) throws(CompressionError) {
    if decompressing == nil,
      LZ4F_isError(LZ4F_createDecompressionContext(&decompressing, version)) != 0
    {
      throw .outOfMemory(codec: Self.name)
    }
    let context = decompressing
    LZ4F_resetDecompressionContext(context)
    var rest = bytes
    try output.inflate(Self.name, limit: limit) { room throws(CompressionError) in
      var written = room.count
      var read = rest.count
      let hint = LZ4F_decompress(context, room.baseAddress, &written, rest.baseAddress, &read, nil)
      guard LZ4F_isError(hint) == 0 else {
        throw .corrupt(codec: Self.name, String(cString: LZ4F_getErrorName(hint)))
      }
      rest = UnsafeRawBufferPointer(rebasing: rest[read...])
      let isFrameDone = hint == 0
      if !isFrameDone && rest.isEmpty && written < room.count { throw .cutShort(Self.name) }
      return Step(written: written, isDone: isFrameDone && rest.isEmpty)
    }
  }

  private var version: UInt32 { UInt32(LZ4F_VERSION) }
}
