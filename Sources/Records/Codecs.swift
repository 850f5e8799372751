internal import Bytes
internal import Compression

/// The compressors of one builder or decoder, with the states they keep between batches. Costs
/// nothing until a codec is used.
@usableFromInline
struct Codecs: ~Copyable, Sendable {
  private var gzip = Gzip()
  private var lz4 = LZ4()
  private var zstd = Zstd()

  @usableFromInline init() {}

  /// Appends `bytes` compressed; at `level`, or at the codec's usual one where it is nil.
  mutating func compress(
    _ bytes: UnsafeRawBufferPointer, with codec: Codec, level: Int?, into output: inout ByteBuffer
  ) throws(RecordError) {
    do throws(CompressionError) {
      switch codec {
      case .none: output.append(bytes)
      case .gzip: try gzip.compress(bytes, level: level, into: &output)
      case .snappy: try Xerial.compress(bytes, into: &output)
      case .lz4: try lz4.compress(bytes, level: level, into: &output)
      case .zstd: try zstd.compress(bytes, level: level, into: &output)
      }
    } catch {
      throw RecordError(error, codec)
    }
  }

  /// Appends what `bytes` hold; `Limits.inflatedBytes` at most.
  mutating func inflate(
    _ bytes: UnsafeRawBufferPointer, with codec: Codec, into output: inout ByteBuffer
  ) throws(RecordError) {
    let limit = Limits.inflatedBytes
    do throws(CompressionError) {
      switch codec {
      case .none: output.append(bytes)
      case .gzip: try gzip.decompress(bytes, limit: limit, into: &output)
      case .snappy: try Xerial.decompress(bytes, limit: limit, into: &output)
      case .lz4: try lz4.decompress(bytes, limit: limit, into: &output)
      case .zstd: try zstd.decompress(bytes, limit: limit, into: &output)
      }
    } catch {
      throw RecordError(error, codec)
    }
  }
}

extension RecordError {
  fileprivate init(_ error: CompressionError, _ codec: Codec) {
    switch error {
    case .corrupt(_, let what): self = .unreadable(codec, what)
    case .tooLarge: self = .inflatesTooFar(codec, limit: Limits.inflatedBytes)
    case .outOfMemory: self = .outOfMemory(codec)
    }
  }
}
