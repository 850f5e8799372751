/// Copies of files, on the disk when they return.
extension FileSystem {
  /// Copies a file as it is at this moment.
  @discardableResult
  package func copy(_ from: String, to target: String) throws(IOFailure) -> Int64 {
    let file = try open(from, .readPlain)
    let size = try file.size()
    try copy(file, upTo: size, to: target) { _ in }
    return size
  }

  /// Copies the first `size` bytes of an open file; `progress` hears of each piece's bytes.
  package func copy(
    _ file: any File, upTo size: Int64, to target: String, progress: (Int64) -> Void
  ) throws(IOFailure) {
    let copy = try open(target, .readWrite)
    try copy.truncate(to: 0)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4_096)
    defer { buffer.deallocate() }
    var position: Int64 = 0
    while position < size {
      let piece = UnsafeMutableRawBufferPointer(
        rebasing: buffer.prefix(Int(min(size - position, Int64(buffer.count)))))
      let count = try file.read(into: piece, at: position)
      guard count > 0 else { break }
      try copy.write(UnsafeRawBufferPointer(rebasing: piece[..<count]), at: position)
      position += Int64(count)
      progress(Int64(count))
    }
    try copy.sync()
  }
}
