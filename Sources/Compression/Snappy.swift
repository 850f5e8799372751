package import Bytes
internal import CSnappy

/// Raw snappy blocks: a length and what follows, without a frame. The library keeps no state.
package enum Snappy {
  private static let name = "snappy"
  // The densest element copies 64 bytes and takes 3: nothing grows further than this.
  private static let largestGrowth = 22

  /// Appends `bytes` compressed.
  package static func compress(
    _ bytes: UnsafeRawBufferPointer, into output: inout ByteBuffer
  ) throws(CompressionError) {
    _ = try output.fill(upTo: snappy_max_compressed_length(bytes.count)) {
      room throws(CompressionError) in
      var written = room.count
      let status = snappy_compress(
        characters(bytes), bytes.count, room.assumingMemoryBound(to: CChar.self).baseAddress,
        &written)
      guard status == SNAPPY_OK else { throw .outOfMemory(codec: name) }
      return written
    }
  }

  /// Appends what one block holds; `limit` bytes at most. The length that the block claims is
  /// believed only as far as so few bytes can grow.
  package static func decompress(
    _ bytes: UnsafeRawBufferPointer, limit: Int, into output: inout ByteBuffer
  ) throws(CompressionError) {
    var length = 0
    guard snappy_uncompressed_length(characters(bytes), bytes.count, &length) == SNAPPY_OK else {
      throw .corrupt(codec: name, "they do not start with a length")
    }
    guard length <= limit else { throw .tooLarge(codec: name, limit: limit) }
    guard length <= bytes.count * largestGrowth else {
      throw .corrupt(codec: name, "\(bytes.count) bytes cannot hold \(length)")
    }
    _ = try output.fill(upTo: length) { room throws(CompressionError) in
      var written = room.count
      let status = snappy_uncompress(
        characters(bytes), bytes.count, room.assumingMemoryBound(to: CChar.self).baseAddress,
        &written)
      guard status == SNAPPY_OK else { throw .corrupt(codec: name, "a copy or literal is wrong") }
      return written
    }
  }

  private static func characters(_ bytes: UnsafeRawBufferPointer) -> UnsafePointer<CChar>? {
    bytes.assumingMemoryBound(to: CChar.self).baseAddress
  }
}
