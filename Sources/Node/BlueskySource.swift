package import Bluesky
internal import Machine
internal import Posts
internal import Records
internal import SupportDesk

/// What is needed to collect from Bluesky, as it is configured.
package struct BlueskyConfiguration: Sendable {
  package var settings = Jetstream.Settings()
  /// The names and handles that a post has to have.
  package var names: [String] = []
  /// The directory that is asked for handles; nil: nobody is asked.
  package var directory: String?

  package init() {}
}

/// Collects the posts of Bluesky's Jetstream that name the brand, until it is told to stop.
struct BlueskySource {
  let configuration: BlueskyConfiguration
  let topic: String
  let log: any EventLog
  let partitions: Int
  let streams: LiveStreams

  func collect(
    isStopped: () -> Bool, progress: (CollectTotals) -> Void,
    report: @escaping @Sendable (String) -> Void
  ) throws -> CollectTotals {
    try withoutActuallyEscaping(isStopped) { isStopped in
      try collect(asking: isStopped, progress, report)
    }
  }

  private func collect(
    asking isStopped: @escaping () -> Bool, _ progress: (CollectTotals) -> Void,
    _ report: @escaping @Sendable (String) -> Void
  ) throws -> CollectTotals {
    let brand = BrandMatch(configuration.names)
    guard !brand.isEmpty else {
      throw ConfigurationError(
        place: "brand.names",
        message: "it names nobody: all of Bluesky's posts come, and are looked through for names")
    }
    // One stream whatever the server: they all have the same posts.
    let offsets = try StreamOffsets(log, into: topic, of: "bluesky")
    let handles = configuration.directory.flatMap { Handles(directory: $0) }
    let sink = try BlueskySink(
      offsets, into: topic, of: log, partitions: partitions
    ) { handles?.handle(of: $0, isCancelled: isStopped) }
    var settings = configuration.settings
    settings.start = try offsets.note().flatMap { BlueskySink.position($0) }
    let marks = settings.start?.mark
    try offsets.forEachRecord(behind: []) { place, record in
      guard let value = record.value, let event = try? JetstreamEvent(value) else { return }
      settings.kept.insert(event)
      let number = place.partition
      if let marks, marks.indices.contains(number), record.offset < marks[number] { return }
      settings.recent.insert(event)
    }
    let stream = Jetstream(settings, brand: brand, into: sink) {
      report("\($0)")
    }
    let status = stream.status
    streams.add("bluesky") { status().stream }
    defer { progress(sink.totals) }
    try stream.run(isStopped: isStopped) { progress(sink.totals) }
    return sink.totals
  }
}

/// Where the stream's posts go: the topic, and the note of how far it has come.
private final class BlueskySink: JetstreamSink {
  private let offsets: StreamOffsets
  private var collector: StreamCollector

  init(
    _ offsets: StreamOffsets, into topic: String, of log: any EventLog, partitions: Int,
    handle: @escaping (String) -> String?
  ) throws {
    self.offsets = offsets
    collector = try StreamCollector(
      into: topic, of: log, name: "Bluesky", producer: offsets.producer, partitions: partitions)
    collector.annotate { author in
      handle(author).map { [RecordFormatHeaders.naming($0)] } ?? []
    }
  }

  var totals: CollectTotals { collector.totals }

  func append(_ batch: JetstreamBatch) throws {
    if !batch.lines.isEmpty { try collector.append(batch.lines) }
    if !batch.quarantined.isEmpty {
      try collector.setAside(batch.quarantined.map { ($0.bytes, $0.reason) })
    }
  }

  func mark() throws -> [Int64] { try offsets.ends() }

  func commit(_ position: JetstreamPosition) throws {
    try offsets.commit(.init(since: "time_us:\(position.cursor)", ends: position.mark))
  }

  static func position(_ note: StreamOffsets.Note) -> JetstreamPosition? {
    guard note.since.hasPrefix("time_us:"), let cursor = Int64(note.since.dropFirst(8)) else {
      return nil
    }
    return JetstreamPosition(cursor: cursor, mark: note.ends)
  }
}
