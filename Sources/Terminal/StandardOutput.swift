package import Machine
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The reader of standard output has gone away, or does not read while a signal has asked to end.
package struct ClosedPipe: Error {
  /// The code that a shell expects of a process that ends for it.
  package let exitCode: Int32

  package init() { exitCode = 128 + SIGPIPE }

  fileprivate init(interruptedBy signal: Int32) { exitCode = 128 + signal }
}

/// Standard output could not be written, for another reason than a closed pipe.
package struct OutputError: Error, CustomStringConvertible {
  let code: Int32
  package var description: String {
    "cannot write to standard output: \(String(cString: strerror(code)))"
  }
}

/// Standard output, buffered: results only; messages and progress go to `Messages`.
package enum StandardOutput {
  private static let buffer = Mutex<[UInt8]>([])

  /// Whether it is a terminal.
  package static let isTerminal = isatty(1) == 1

  /// A file takes all it is given; a pipe that takes anything takes so much without a wait, in
  /// which a signal would be in vain.
  private static let pieceBytes: Int = {
    var status = stat()
    let isFile = fstat(1, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    #if canImport(Glibc)
      return isFile ? .max : 4_096
    #else
      return isFile ? .max : 512
    #endif
  }()

  /// Whether somebody could still read what is written: false once a pipe's other end is closed.
  package static var hasReader: Bool {
    var output = pollfd(fd: 1, events: 0, revents: 0)
    return poll(&output, 1, 0) < 1 || output.revents & Int16(POLLERR | POLLHUP) == 0
  }

  /// Writes a line.
  package static func line(_ text: String) throws {
    try write(Array(text.utf8))
    try write([UInt8(ascii: "\n")])
  }

  /// Writes bytes as they are. Thrown: `ClosedPipe`, `OutputError`.
  package static func write(_ bytes: some Collection<UInt8>) throws {
    let isFull = buffer.withLock { buffer in
      buffer += bytes
      return buffer.count > 1 << 16
    }
    if isFull { try flush() }
  }

  /// Hands everything to the system.
  package static func flush() throws {
    try buffer.withLock { buffer in
      defer { buffer.removeAll(keepingCapacity: true) }
      var done = 0
      while done < buffer.count {
        guard waitUntilWritable(1) else {
          throw ClosedPipe(interruptedBy: Interruption.signalReceived)
        }
        let count = buffer.withUnsafeBytes { bytes in
          systemWrite(
            1, bytes.baseAddress.map { $0 + done }, min(bytes.count - done, pieceBytes))
        }
        if count >= 0 {
          done += count
        } else if errno == EPIPE {
          throw ClosedPipe()
        } else if errno != EINTR && errno != EAGAIN {
          throw OutputError(code: errno)
        }
      }
    }
  }
}

/// Messages for people, on standard error.
package enum Messages {
  /// Whether it is a terminal.
  package static let isTerminal = isatty(2) == 1

  /// How many columns a progress bar takes in the terminal's last line.
  static let barWidth = Atomic<Int>(0)

  /// Writes a line, in the place of a bar where one stands; that is drawn anew below.
  package static func line(_ text: String) {
    let width = barWidth.exchange(0, ordering: .relaxed)
    let blanks = width > 0 ? "\r" + String(repeating: " ", count: width) + "\r" : ""
    raw(blanks + text + "\n")
  }

  /// Writes text as it is; nothing where nobody takes it and a signal has asked to end.
  package static func raw(_ text: String) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty, waitUntilWritable(2) {
      let piece = rest.prefix(512)
      rest = rest.dropFirst(piece.count)
      _ = piece.withUnsafeBytes { systemWrite(2, $0.baseAddress, $0.count) }
    }
  }
}

/// Waits until a write would not; false where a signal has asked to end before.
private func waitUntilWritable(_ descriptor: Int32) -> Bool {
  while true {
    var output = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    let found = poll(&output, 1, 100)
    // What is wrong with it, the write says.
    if found > 0 || found < 0 && errno != EINTR { return true }
    if Interruption.signalReceived != 0 { return false }
  }
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  write(descriptor, bytes, count)
}

/// The width of the terminal in characters; 80 where there is none.
package func terminalWidth() -> Int {
  var size = winsize()
  for descriptor: Int32 in [1, 2] {
    if ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 {
      return max(Int(size.ws_col), 40)
    }
  }
  return 80
}

/// Standard input.
package enum StandardInput {
  /// Whether it is a terminal.
  package static let isTerminal = isatty(0) == 1
}

extension StandardInput {
  /// The bytes that come next, waiting for the first; none at the end. Thrown: `IOFailure`.
  package static func bytes() throws(IOFailure) -> [UInt8] {
    while true {
      var code: Int32 = 0
      let bytes = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
        let read = read(0, buffer.baseAddress, buffer.count)
        if read < 0 { code = errno }
        count = max(read, 0)
      }
      if code == 0 { return bytes }
      guard code == EINTR else { throw IOFailure("read", "(stdin)", code: code) }
    }
  }

  /// A line that is typed; nil where standard input ends or Ctrl-C is pressed, which
  /// `isInterrupted` tells.
  package static func line(unless isInterrupted: () -> Bool) -> String? {
    var line: [UInt8] = []
    var byte: UInt8 = 0
    while true {
      // The signal may come between a look and the wait, which then does not notice it: so it looks
      // again and again.
      var waiting = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
      while poll(&waiting, 1, 100) <= 0 {
        if isInterrupted() { return nil }
      }
      guard read(0, &byte, 1) == 1 else {
        // A last line may lack its end.
        return line.isEmpty ? nil : String(decoding: line, as: UTF8.self)
      }
      if byte == 0x0A { return String(decoding: line, as: UTF8.self) }
      line.append(byte)
    }
  }
}
