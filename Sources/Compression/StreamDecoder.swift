internal import CZlib
internal import CZstd

/// Brings back a stream that was compressed with gzip or zstd, piece by piece and in bounded
/// memory, however many members or frames it has.
///
/// zlib keeps 32 KiB, zstd a frame's window, 128 MiB at most: a frame that wants more is refused,
/// as by the library itself. Used by one thread at a time.
package final class StreamDecoder {
  /// How a stream is compressed.
  package enum Format: String, Sendable, CaseIterable {
    case gzip, zstd

    /// What tells it; the second one of zstd is a frame that is passed over, in any of 16 forms.
    private var beginnings: [[UInt8]] {
      switch self {
      case .gzip: [[0x1F, 0x8B]]
      case .zstd:
        [[0x28, 0xB5, 0x2F, 0xFD]] + (UInt8(0x50)...0x5F).map { [$0, 0x2A, 0x4D, 0x18] }
      }
    }

    /// The format that a stream's first four bytes tell; nil for anything else.
    package init?(_ firstBytes: UnsafeRawBufferPointer) {
      let found = Self.allCases.first { format in
        format.beginnings.contains { firstBytes.starts(with: $0) }
      }
      guard let found else { return nil }
      self = found
    }

    /// Whether so few bytes do not tell yet.
    package static func isUndecided(_ firstBytes: UnsafeRawBufferPointer) -> Bool {
      allCases.contains { format in
        format.beginnings.contains {
          firstBytes.count < $0.count && $0.starts(with: firstBytes)
        }
      }
    }
  }

  /// How far one step has come.
  package struct Step: Equatable, Sendable {
    /// Bytes of the input that are done with.
    package var read: Int
    /// Bytes that were brought back.
    package var written: Int
  }

  package let format: Format
  /// Bytes of the compressed stream that are done with.
  package private(set) var position: Int64 = 0
  /// Whether all that was begun has ended: the stream may end here.
  package private(set) var isAtBoundary = true
  private var library: any StreamLibrary
  /// What was met behind bytes that could still be given.
  private var failure: CompressionError?

  package init(_ format: Format) throws(CompressionError) {
    self.format = format
    library =
      switch format {
      case .gzip: try GzipLibrary()
      case .zstd: try ZstdLibrary()
      }
  }

  /// Takes some of `input`, and gives what it holds while there is room in `output`. Nothing read
  /// and nothing written: it needs more input.
  package func decode(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(CompressionError) -> Step {
    if let failure { throw failure }
    var total = Step(read: 0, written: 0)
    while total.written < output.count {
      let rest = UnsafeRawBufferPointer(rebasing: input[total.read...])
      let room = UnsafeMutableRawBufferPointer(rebasing: output[total.written...])
      let step: Step
      do throws(CompressionError) {
        step = try library.decode(rest, into: room, isAtBoundary: &isAtBoundary)
      } catch {
        guard total.written > 0 else { throw error }
        failure = error
        break
      }
      guard step.read > 0 || step.written > 0 else { break }
      total.read += step.read
      total.written += step.written
      position += Int64(step.read)
    }
    return total
  }
}

/// One library's way.
private protocol StreamLibrary {
  mutating func decode(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer,
    isAtBoundary: inout Bool
  ) throws(CompressionError) -> StreamDecoder.Step
}

private final class GzipLibrary: StreamLibrary {
  private static let name = "gzip"
  // On the heap, as zlib's state points back at it.
  private let stream: UnsafeMutablePointer<z_stream>

  init() throws(CompressionError) {
    stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // A window of 32 KiB, the largest there is, in gzip's frame.
    let size = Int32(MemoryLayout<z_stream>.size)
    guard inflateInit2_(stream, 15 + 16, ZLIB_VERSION, size) == Z_OK else {
      throw .outOfMemory(codec: Self.name)
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  func decode(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer,
    isAtBoundary: inout Bool
  ) throws(CompressionError) -> StreamDecoder.Step {
    var skipped = 0
    if isAtBoundary {
      // Tapes and some tools fill up with zeros behind the last member.
      skipped = input.prefix { $0 == 0 }.count
      guard skipped < input.count else { return .init(read: skipped, written: 0) }
      guard input[skipped] == 0x1F else {
        throw .corrupt(codec: Self.name, "something else follows what it holds")
      }
      inflateReset(stream)
      isAtBoundary = false
    }
    let rest = input[skipped...].prefix(Int(UInt32.max))
    // zlib only reads what it is declared to write to.
    stream.pointee.next_in = UnsafeMutablePointer(
      mutating: UnsafeRawBufferPointer(rebasing: rest).assumingMemoryBound(to: UInt8.self)
        .baseAddress)
    stream.pointee.avail_in = UInt32(rest.count)
    stream.pointee.next_out = output.assumingMemoryBound(to: UInt8.self).baseAddress
    let room = UInt32(clamping: output.count)
    stream.pointee.avail_out = room
    switch CZlib.inflate(stream, Z_NO_FLUSH) {
    case Z_OK, Z_BUF_ERROR: break
    case Z_STREAM_END: isAtBoundary = true
    case Z_MEM_ERROR: throw .outOfMemory(codec: Self.name)
    case let status:
      let written = Int(room - stream.pointee.avail_out)
      // What came out before is given first; the same fault is met again then.
      if written > 0 { break }
      let message = stream.pointee.msg.map { String(cString: $0) }
      throw .corrupt(codec: Self.name, message ?? "zlib's error \(status)")
    }
    return .init(
      read: skipped + rest.count - Int(stream.pointee.avail_in),
      written: Int(room - stream.pointee.avail_out))
  }
}

private final class ZstdLibrary: StreamLibrary {
  private static let name = "zstd"
  private let context: OpaquePointer

  init() throws(CompressionError) {
    guard let context = ZSTD_createDCtx() else { throw .outOfMemory(codec: Self.name) }
    self.context = context
  }

  deinit { ZSTD_freeDCtx(context) }

  func decode(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer,
    isAtBoundary: inout Bool
  ) throws(CompressionError) -> StreamDecoder.Step {
    if isAtBoundary, input.isEmpty { return .init(read: 0, written: 0) }
    var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
    var target = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
    let hint = ZSTD_decompressStream(context, &target, &source)
    guard ZSTD_isError(hint) == 0 else {
      switch ZSTD_getErrorCode(hint) {
      case ZSTD_error_memory_allocation: throw .outOfMemory(codec: Self.name)
      case ZSTD_error_frameParameter_windowTooLarge:
        throw .corrupt(
          codec: Self.name,
          "it wants a window of more than 128 MiB; unpack it with unzstd --long=31")
      default: throw .corrupt(codec: Self.name, String(cString: ZSTD_getErrorName(hint)))
      }
    }
    isAtBoundary = hint == 0
    return .init(read: source.pos, written: target.pos)
  }
}
