internal import CZlib

/// Compresses a body part by part, so that each part can be read as soon as it has come.
final class GzipStream {
  // On the heap, as zlib's state points back at it.
  private let stream: UnsafeMutablePointer<z_stream>

  /// Nil: out of memory.
  init?() {
    stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // A window of 32 KiB, in gzip's frame.
    let status = deflateInit2_(
      stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    if status != Z_OK { return nil }
  }

  deinit {
    deflateEnd(stream)
    stream.deallocate()
  }

  /// The next part compressed, up to its last byte; with `isLast` the end of the whole behind it.
  func write(_ bytes: [UInt8], isLast: Bool = false) -> [UInt8] {
    var out: [UInt8] = []
    bytes.withUnsafeBufferPointer { input in
      stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
      stream.pointee.avail_in = UInt32(clamping: input.count)
      var room = [UInt8](repeating: 0, count: 64 << 10)
      repeat {
        let written = room.withUnsafeMutableBufferPointer { output in
          stream.pointee.next_out = output.baseAddress
          stream.pointee.avail_out = UInt32(clamping: output.count)
          _ = deflate(stream, isLast ? Z_FINISH : Z_SYNC_FLUSH)
          return output.count - Int(stream.pointee.avail_out)
        }
        out += room[..<written]
        // A full room means that there may be more.
      } while stream.pointee.avail_out == 0
    }
    return out
  }

  /// A whole body compressed; nil: out of memory.
  static func whole(_ bytes: [UInt8]) -> [UInt8]? {
    GzipStream()?.write(bytes, isLast: true)
  }
}
