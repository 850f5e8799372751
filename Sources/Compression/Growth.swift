internal import Bytes

/// What one step of a decompressor did with the room it was given.
struct Step {
  var written: Int
  var isDone: Bool
}

extension ByteBuffer {
  /// Calls `step` with room at the end until it is done. At most `limit` bytes are taken, and the
  /// memory follows what was really written, at most doubling: what the input claims of its size
  /// costs nothing. Thrown errors leave the buffer as it was.
  mutating func inflate(
    _ codec: String, limit: Int,
    _ step: (UnsafeMutableRawBufferPointer) throws(CompressionError) -> Step
  ) throws(CompressionError) {
    let start = count
    do throws(CompressionError) {
      var isDone = false
      while !isDone {
        let produced = count - start
        let room = self.room >= 4_096 ? self.room : max(4_096, produced)
        // One byte more than is allowed: whether it is used tells if there is more.
        let written = try fill(upTo: min(room, limit - produced + 1)) {
          room throws(CompressionError) in
          let done = try step(room)
          isDone = done.isDone
          return done.written
        }
        guard produced + written <= limit else { throw .tooLarge(codec: codec, limit: limit) }
      }
    } catch {
      truncate(to: start)
      throw error
    }
  }
}
