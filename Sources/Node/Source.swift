internal import Bytes
internal import Machine
internal import Posts
package import SupportDesk

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Where posts come from.
package enum Source: Hashable, Sendable {
  case file(String)
  case standardInput

  /// The name in messages.
  package var name: String {
    switch self {
    case .file(let path): path
    case .standardInput: "(stdin)"
    }
  }

  /// The file's path; nil for standard input.
  package var path: String? {
    if case .file(let path) = self { path } else { nil }
  }

  /// The same source by its one absolute path, whatever links and dots it was named with.
  package var resolved: Source {
    guard let path, let resolved = realpath(path, nil) else { return self }
    defer { free(resolved) }
    return .file(String(cString: resolved))
  }
}

/// What is wrong with a source.
package enum SourceError: Error, Equatable, CustomStringConvertible {
  /// It holds fewer records than were collected of it before.
  case shrunk(path: String, collected: Int, found: Int, topic: String)

  package var description: String {
    switch self {
    case .shrunk(let path, let collected, let found, let topic):
      "\(path) holds \(found) records, but \(collected) of it are in \(topic) already: it was cut "
        + "or replaced; give new posts a file name of their own, or bring them in with "
        + "`grouse collect --file`"
    }
  }
}

/// Reads a source to its end into a topic.
package struct SourceReader: Sendable {
  private static let chunkBytes = 1 << 20

  private let log: any EventLog
  private let topic: String
  private let partitions: Int
  /// Records a second at most.
  private let rate: Double?

  package init(into topic: String, of log: any EventLog, partitions: Int, rate: Double? = nil) {
    self.log = log
    self.topic = topic
    self.partitions = partitions
    self.rate = rate
  }

  /// Collects all of `source`, until its end or until `isStopped`. Where `resuming`, a file goes on
  /// where the last such run of it ended. `progress` hears of each chunk.
  package func collect(
    _ source: Source, resuming: Bool = false, isStopped: () -> Bool,
    progress: (CollectTotals) -> Void = { _ in }
  ) throws -> CollectTotals {
    let input = try InputBytes(source.path)
    let offsets = resuming ? try SourceOffsets(log, into: topic) : nil
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: chunk, alignment: 16)
    defer { buffer.deallocate() }
    var count = try input.read(into: buffer, isStopped: isStopped)
    let key = source.resolved.path.map {
      Self.identity($0, UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    }
    let resumption = try key.flatMap { try offsets?.resumption(of: $0) }
    let before = resumption?.position ?? 0
    let format = FileFormat.detect(
      fileName: source.name, firstBytes: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    var collector = try Collector(
      into: topic, of: log, origin: source.name, format: format, partitions: partitions,
      resumption: resumption)
    let start = Clock.monotonicSeconds()
    func commit(_ position: Int) throws {
      if let key, let offsets, position > before { try offsets.commit(key, position: position) }
    }
    while count > 0, !isStopped() {
      try collector.feed(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      try commit(collector.position)
      progress(collector.totals)
      pause(collector.totals.records, since: start, isStopped)
      count = try input.read(into: buffer, isStopped: isStopped)
    }
    if !isStopped() {
      try collector.finish()
      try commit(collector.position)
      guard collector.position >= before else {
        throw SourceError.shrunk(
          path: source.name, collected: before, found: collector.position, topic: topic)
      }
    }
    progress(collector.totals)
    return collector.totals
  }

  /// A slow rate wants small chunks: about a tenth of a second's worth.
  private var chunk: Int {
    guard let rate else { return Self.chunkBytes }
    return Int(min(max(rate * 100, 1_024), Double(Self.chunkBytes)))
  }

  private func pause(_ records: Int, since start: Double, _ isStopped: () -> Bool) {
    guard let rate else { return }
    let waiting = Signal()
    while !isStopped() {
      let ahead = Double(records) / rate - (Clock.monotonicSeconds() - start)
      guard ahead > 0 else { return }
      waiting.wait(since: waiting.generation, milliseconds: Int(min(ahead * 1_000 + 1, 100)))
    }
  }

  /// A file by its path and its first two lines: a file that grows stays itself, and one that has
  /// taken its place, as rotated logs do, is another.
  private static func identity(_ path: String, _ start: UnsafeRawBufferPointer) -> String {
    var lineEnds = 0
    let lines = start.prefix { byte in
      if byte == UInt8(ascii: "\n") { lineEnds += 1 }
      return lineEnds < 2
    }
    let sum = CRC32C.checksum(UnsafeRawBufferPointer(rebasing: lines))
    return "\(path)#\(String(sum, radix: 16))"
  }
}
