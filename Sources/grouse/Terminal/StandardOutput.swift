internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The reader of standard output has gone away.
struct ClosedPipe: Error {}

/// Standard output could not be written, for another reason than a closed pipe.
struct OutputError: Error, CustomStringConvertible {
  let code: Int32
  var description: String { "cannot write to standard output: \(String(cString: strerror(code)))" }
}

/// Standard output, buffered: results only; messages and progress go to `Messages`.
enum StandardOutput {
  private static let buffer = Mutex<[UInt8]>([])

  static let isTerminal = isatty(1) == 1

  /// Writes a line.
  static func line(_ text: String) throws {
    try write(Array(text.utf8))
    try write([UInt8(ascii: "\n")])
  }

  /// Writes bytes as they are. Thrown: `ClosedPipe`, `OutputError`.
  static func write(_ bytes: some Collection<UInt8>) throws {
    let isFull = buffer.withLock { buffer in
      buffer += bytes
      return buffer.count > 1 << 16
    }
    if isFull { try flush() }
  }

  /// Hands everything to the system.
  static func flush() throws {
    try buffer.withLock { buffer in
      defer { buffer.removeAll(keepingCapacity: true) }
      var done = 0
      while done < buffer.count {
        let count = buffer.withUnsafeBytes { bytes in
          systemWrite(1, bytes.baseAddress.map { $0 + done }, bytes.count - done)
        }
        if count >= 0 {
          done += count
        } else if errno == EPIPE {
          throw ClosedPipe()
        } else if errno != EINTR {
          throw OutputError(code: errno)
        }
      }
    }
  }
}

/// Messages for people, on standard error.
enum Messages {
  static let isTerminal = isatty(2) == 1

  static func line(_ text: String) { raw(text + "\n") }

  static func raw(_ text: String) {
    let bytes = Array(text.utf8)
    _ = bytes.withUnsafeBytes { systemWrite(2, $0.baseAddress, $0.count) }
  }
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  write(descriptor, bytes, count)
}

/// The width of the terminal in characters; 80 where there is none.
func terminalWidth() -> Int {
  var size = winsize()
  for descriptor: Int32 in [1, 2] {
    if ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 {
      return max(Int(size.ws_col), 40)
    }
  }
  return 80
}

/// Standard input.
enum StandardInput {
  static let isTerminal = isatty(0) == 1
}
