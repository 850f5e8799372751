#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Cuts a body into lines, however it is cut into pieces. Lines end with a line feed, before which
/// a carriage return may stand; what is too long for a line is left out.
package struct LineAssembler: Sendable {
  /// What it finds.
  package enum Found {
    /// A line with something in it, without its end; the bytes live until the call is over.
    case line(UnsafeRawBufferPointer)
    /// An empty line, by which the server says that it is there.
    case keepAlive
    /// The beginning of a line that is too long, and its length.
    case tooLong(UnsafeRawBufferPointer, length: Int)
  }

  private let limit: Int
  /// The beginning of a line whose end has not come.
  private var pending: [UInt8] = []
  /// Bytes of the pending line that were thrown away.
  private var dropped = 0

  package init(limit: Int = Limits.lineBytes) { self.limit = limit }

  /// Bytes of a line whose end has not come.
  package var unfinishedBytes: Int { pending.count + dropped }

  /// Takes the next piece and shows `body` what it completes.
  package mutating func feed(
    _ piece: UnsafeRawBufferPointer, _ body: (Found) throws -> Void
  ) rethrows {
    var start = 0
    while start < piece.count {
      guard let end = Self.lineFeed(in: piece, from: start) else {
        keep(UnsafeRawBufferPointer(rebasing: piece[start...]))
        return
      }
      let part = UnsafeRawBufferPointer(rebasing: piece[start..<end])
      start = end + 1
      if pending.isEmpty && dropped == 0 {
        try show(part, length: part.count, body)
      } else {
        keep(part)
        // What is thrown on the way must not be shown again.
        let line = pending
        let length = line.count + dropped
        forget()
        try line.withUnsafeBytes { try show($0, length: length, body) }
      }
    }
  }

  /// The stream has broken off: a line without its end is none.
  package mutating func forget() {
    pending.removeAll(keepingCapacity: true)
    dropped = 0
  }

  private func show(
    _ line: UnsafeRawBufferPointer, length: Int, _ body: (Found) throws -> Void
  ) rethrows {
    if length > limit {
      let kept = UnsafeRawBufferPointer(rebasing: line.prefix(Limits.keptLineBytes))
      return try body(.tooLong(kept, length: length))
    }
    let line = line.last == 0x0D ? UnsafeRawBufferPointer(rebasing: line.dropLast()) : line
    try body(line.isEmpty ? .keepAlive : .line(line))
  }

  private mutating func keep(_ part: UnsafeRawBufferPointer) {
    // One byte over the limit tells that it is too long.
    let room = max(limit + 1 - pending.count, 0)
    pending.append(contentsOf: part.prefix(room))
    dropped += max(part.count - room, 0)
  }

  private static func lineFeed(in piece: UnsafeRawBufferPointer, from start: Int) -> Int? {
    guard let base = piece.baseAddress,
      let found = memchr(base + start, 0x0A, piece.count - start)
    else { return nil }
    return UnsafeRawPointer(found) - base
  }
}
