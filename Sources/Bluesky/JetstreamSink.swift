/// Messages as they came, for who keeps them.
package struct JetstreamBatch: Sendable {
  /// A message that cannot be read.
  package struct Quarantined: Sendable {
    package var bytes: [UInt8]
    package var reason: String
  }

  /// The messages, bytes unchanged, each with a line feed.
  package var lines: [UInt8] = []
  package var posts = 0
  package var deletions = 0
  package var quarantined: [Quarantined] = []

  package init() {}

  /// Whether there is nothing to keep.
  package var isEmpty: Bool { lines.isEmpty && quarantined.isEmpty }

  mutating func add(_ message: [UInt8]) {
    // JSON has line feeds between its parts at most, where they are spaces.
    lines.append(contentsOf: message.lazy.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 })
    lines.append(0x0A)
  }

  mutating func quarantine(_ message: [UInt8], _ reason: String) {
    quarantined.append(
      Quarantined(bytes: [UInt8](message.prefix(Limits.keptBytes)), reason: reason))
  }
}

/// Who keeps what comes. All calls come one after the other on the thread that runs the stream.
package protocol JetstreamSink: AnyObject {
  /// Keeps a batch: on the disk when it returns.
  func append(_ batch: JetstreamBatch) throws
  /// The place behind all that is kept.
  func mark() throws -> [Int64]
  /// Notes where a later run goes on: on the disk when it returns.
  func commit(_ position: JetstreamPosition) throws
}
