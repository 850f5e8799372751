internal import Bytes
internal import Compression

/// The frame that Kafka's Java client puts around snappy, from the library snappy-java by xerial
/// (see FORMAT.md).
enum Xerial {
  private static let blockSize = 32 << 10
  private static let headerSize = 16
  // 0x82 "SNAPPY" 0
  private static let magic: UInt64 = 0x8253_4E41_5050_5900

  /// Appends `bytes` in the frame, in blocks of 32 KiB.
  static func compress(
    _ bytes: UnsafeRawBufferPointer, into output: inout ByteBuffer
  ) throws(CompressionError) {
    output.append(bigEndian: magic)
    output.append(bigEndian: Int32(1))
    output.append(bigEndian: Int32(1))
    for start in stride(from: 0, to: bytes.count, by: blockSize) {
      let block = bytes[start..<min(start + blockSize, bytes.count)]
      let place = output.count
      output.append(bigEndian: Int32(0))
      try Snappy.compress(UnsafeRawBufferPointer(rebasing: block), into: &output)
      output.set(bigEndian: Int32(output.count - place - 4), at: place)
    }
  }

  /// Appends what `bytes` hold, in the frame or, as other clients than Java's write it, as one bare
  /// block; `limit` bytes at most.
  static func decompress(
    _ bytes: UnsafeRawBufferPointer, limit: Int, into output: inout ByteBuffer
  ) throws(CompressionError) {
    guard isHeader(bytes) else {
      return try Snappy.decompress(bytes, limit: limit, into: &output)
    }
    let start = output.count
    var rest = bytes
    while !rest.isEmpty {
      // Frames may follow one another; no block is as long as the magic would tell.
      if isHeader(rest) {
        rest = UnsafeRawBufferPointer(rebasing: rest[headerSize...])
        continue
      }
      var reader = ByteReader(rest)
      guard let length = try? reader.integer(Int32.self), let block = try? reader.run(Int(length))
      else {
        throw .corrupt(codec: "snappy", "a block ends behind the last byte")
      }
      try Snappy.decompress(block, limit: limit - (output.count - start), into: &output)
      rest = UnsafeRawBufferPointer(rebasing: rest[reader.offset...])
    }
  }

  private static func isHeader(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.count >= headerSize
      && UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)) == magic
  }
}
