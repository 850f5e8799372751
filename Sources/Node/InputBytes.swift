package import Machine

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A file or standard input, read piece by piece.
package final class InputBytes {
  /// The name in messages.
  package let name: String
  private let file: (any File)?
  /// How much of a file has been read.
  private(set) var position: Int64 = 0

  /// Which file it is and how large; nil for what is no plain file.
  var identity: FileIdentity? {
    guard let descriptor = file?.descriptor, let found = FileIdentity(descriptor: descriptor),
      found.isPlain
    else { return nil }
    return found
  }

  /// Opens a file, or standard input for nil. Thrown: `IOFailure`.
  package init(_ path: String?) throws(IOFailure) {
    name = path ?? "(stdin)"
    if let path { file = try LocalDisk().open(path, .read) } else { file = nil }
  }

  /// The next bytes; 0 at the end, or where `isStopped` says so while a pipe is waited for.
  /// From a pipe what is there, waiting for the first.
  package func read(
    into buffer: UnsafeMutableRawBufferPointer, isStopped: () -> Bool = { false }
  ) throws(IOFailure) -> Int {
    while !isStopped() {
      // A read that waits, as one of a pipe does, cannot be called back; a poll ends by itself.
      var waiting = pollfd(fd: file?.descriptor ?? 0, events: Int16(POLLIN), revents: 0)
      guard poll(&waiting, 1, 50) > 0 else { continue }
      if let file {
        let count = try file.read(into: buffer, at: position)
        position += Int64(count)
        return count
      }
      let count = systemRead(buffer)
      if count >= 0 { return count }
      if errno != EINTR && errno != EAGAIN { throw IOFailure("read", name) }
    }
    return 0
  }
}

private func systemRead(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
  read(0, buffer.baseAddress, buffer.count)
}
