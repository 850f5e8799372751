/// Posts as they came, for who keeps them.
package struct StreamBatch: Sendable {
  /// Where posts come from.
  package enum Origin: String, Sendable {
    case stream
    /// The search by which a gap was filled.
    case search
  }

  /// A line that cannot be a post.
  package struct Quarantined: Sendable {
    package var bytes: [UInt8]
    package var reason: String
  }

  package var origin: Origin
  /// The posts' lines, bytes unchanged, each with a line feed.
  package var lines: [UInt8] = []
  package var posts = 0
  /// How many of them only say that a post is gone, for which X takes nothing.
  var removals = 0
  package var quarantined: [Quarantined] = []
  var lowest: UInt64?
  var highest: UInt64?

  package init(_ origin: Origin) { self.origin = origin }

  var isEmpty: Bool { posts == 0 && quarantined.isEmpty }

  mutating func add(_ line: UnsafeRawBufferPointer, id: UInt64?) {
    lines.append(contentsOf: line)
    lines.append(0x0A)
    posts += 1
    guard let id else { return }
    lowest = min(id, lowest ?? id)
    highest = max(id, highest ?? id)
  }

  mutating func addRemoval(_ line: UnsafeRawBufferPointer) {
    add(line, id: nil)
    removals += 1
  }

  mutating func quarantine(_ line: UnsafeRawBufferPointer, _ reason: String) {
    quarantined.append(
      Quarantined(bytes: [UInt8](line.prefix(Limits.keptLineBytes)), reason: reason))
  }
}

/// Who keeps what comes. All calls come one after the other, and may block.
package protocol StreamSink: AnyObject, Sendable {
  /// Keeps posts and what was set aside: on the disk when it returns.
  func append(_ batch: StreamBatch) throws
  /// The place behind all that is kept.
  func mark() throws -> [Int64]
  /// Notes where a later run goes on: on the disk when it returns.
  func commit(_ position: StreamPosition) throws
}
