package import Machine
internal import Posts
package import SupportDesk
internal import XAPI

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Where posts come from.
package enum Source: Hashable, Sendable {
  case file(String)
  case standardInput
  /// The filtered stream of X's API.
  case x
  /// Bluesky's Jetstream.
  case bluesky

  /// The name in messages.
  package var name: String {
    switch self {
    case .file(let path): path
    case .standardInput: "(stdin)"
    case .x: "X"
    case .bluesky: "Bluesky"
    }
  }

  /// Whether it goes on for ever.
  package var isEndless: Bool { self == .x || self == .bluesky }

  /// The file's path; nil for what is none.
  package var path: String? {
    if case .file(let path) = self { path } else { nil }
  }

  /// Says now what is wrong with a file that cannot be read at all. A named pipe is left alone:
  /// whoever writes to it would find it closed again.
  package func check() throws(IOFailure) {
    let disk = LocalDisk()
    guard let path, disk.isPlainFile(path) || disk.isDirectory(path) || !disk.exists(path) else {
      return
    }
    _ = try disk.open(path, .read)
  }

  /// Whether an error says that what comes from here cannot be read, rather than that what it goes
  /// to cannot be written.
  func isAtFault(_ error: any Error) -> Bool {
    switch error {
    case is DatasetError, is SourceError, is StreamFailure, is XError: true
    case let failure as IOFailure: failure.path == name
    default: false
    }
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
  private let x: XConfiguration
  private let bluesky: BlueskyConfiguration
  /// Where streams show how they do.
  private let streams: LiveStreams

  package init(
    into topic: String, of log: any EventLog, partitions: Int, rate: Double? = nil,
    x: XConfiguration = XConfiguration(),
    bluesky: BlueskyConfiguration = BlueskyConfiguration(), streams: LiveStreams = LiveStreams()
  ) {
    self.log = log
    self.topic = topic
    self.partitions = partitions
    self.rate = rate
    self.x = x
    self.bluesky = bluesky
    self.streams = streams
  }

  /// Collects all of `source`, until its end or until `isStopped`. Where `resuming`, a file goes on
  /// where the last such run of it ended, and one that has taken another's place, as rotated logs
  /// do, is read from its start. `progress` hears of each chunk, and `report`, from any thread, what
  /// a stream has to say. A stream always goes on where it ended.
  package func collect(
    _ source: Source, resuming: Bool = false, isStopped: () -> Bool,
    progress: (CollectTotals) -> Void = { _ in },
    report: @escaping @Sendable (String) -> Void = { _ in }
  ) throws -> CollectTotals {
    if source == .bluesky {
      return try BlueskySource(
        configuration: bluesky, topic: topic, log: log, partitions: partitions, streams: streams
      ).collect(isStopped: isStopped, progress: progress, report: report)
    }
    if source == .x {
      return try XSource(
        configuration: x, topic: topic, log: log, partitions: partitions, streams: streams
      ).collect(isStopped: isStopped, progress: progress, report: report)
    }
    guard resuming, let key = source.resolved.path else {
      return try collect(source, nil, { _, _ in }, isStopped, progress)
    }
    let offsets = try SourceOffsets(log, into: topic)
    let note = { (position: Int, checksum: UInt32) in
      try offsets.commit(key, position: position, checksum: checksum)
    }
    do {
      return try collect(source, try offsets.resumption(of: key), note, isStopped, progress)
    } catch is SourceReplaced {
      return try collect(source, offsets.beginning(of: key), note, isStopped, progress)
    }
  }

  private func collect(
    _ source: Source, _ resumption: SourceOffsets.Resumption?,
    _ note: (Int, UInt32) throws -> Void, _ isStopped: () -> Bool,
    _ progress: (CollectTotals) -> Void
  ) throws -> CollectTotals {
    let input = try InputBytes(source.path)
    let before = resumption?.position ?? 0
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: chunk, alignment: 16)
    defer { buffer.deallocate() }
    var count = try input.read(into: buffer, isStopped: isStopped)
    let firstBytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
    if let form = ForeignForm(firstBytes) {
      throw DatasetError.foreign(path: source.name, form.description)
    }
    let format = FileFormat.detect(fileName: source.name, firstBytes: firstBytes)
    var collector = try Collector(
      into: topic, of: log, origin: source.name, format: format, partitions: partitions,
      resumption: resumption)
    let start = Clock.monotonicSeconds()
    while count > 0, !isStopped() {
      try collector.feed(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      if collector.position > before { try note(collector.position, collector.checksum) }
      progress(collector.totals)
      pause(collector.totals.records, since: start, isStopped)
      count = try input.read(into: buffer, isStopped: isStopped)
    }
    if !isStopped() {
      try collector.finish()
      guard collector.position >= before else {
        throw SourceError.shrunk(
          path: source.name, collected: before, found: collector.position, topic: topic)
      }
      if collector.position > before { try note(collector.position, collector.checksum) }
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
}
