internal import ArgumentParser
internal import Bytes
internal import CommitLog
internal import Machine
internal import Node
internal import Records
internal import Tables

struct Consume: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print a topic's records.",
    discussion: """
      Ends at the end of the topic; --follow waits for more. With --group it begins where the group \
      had committed and commits what it printed; without, it works beside a running `grouse run`.

      Example: grouse consume posts.dead --json
      """)

  @Argument(help: "The topic.") var topic: String
  @Option(
    name: .customLong("from"),
    help: "earliest, latest, an offset, or a time such as 2026-11-20T18:00:00Z.")
  var from: String?
  @Option(help: "The consumer group whose offsets to use and commit.") var group: String?
  @Option(help: "Only this partition.") var partition: Int?
  @Option(name: [.customLong("max"), .customShort("n")], help: "Stop after this many records.")
  var max: Int?
  @Flag(help: "Wait for more at the end.") var follow = false
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    if group != nil && follow {
      throw ValidationError(
        "--group holds the data directory, so that nothing could come to --follow; use one of them")
    }
    if let max, max < 1 { throw ValidationError("--max must be 1 or more") }
  }

  func run() throws {
    let configuration = try options.configuration()
    let interruption = follow ? Interruption() : nil
    let reading = try DataDirectory(reading: configuration.dataDirectory)
    let log =
      group == nil
      ? try reading.readLog()
      : try DataDirectory(writing: configuration.dataDirectory, purpose: "grouse consume --group")
        .openRepairedLog(configuration)
    let offsets = try group.map { _ in try ConsumerOffsets(log) }
    var positions = try start(log, offsets)
    var printed = 0
    let waiting = Signal()
    while true {
      let before = printed
      for (place, position) in positions.sorted(by: { $0.key < $1.key }) {
        let end = try drain(try log.partition(place), from: position, &printed)
        positions[place] = end
      }
      try StandardOutput.flush()
      if let group, let offsets {
        let now = Clock.system.milliseconds
        try offsets.commit(
          group: group,
          positions.mapValues { CommittedOffset(offset: $0, committedAt: now) })
      }
      if printed >= max ?? .max || !follow || interruption?.isRequested == true { break }
      if printed == before {
        waiting.wait(since: waiting.generation, milliseconds: 100)
        try log.refresh()
      }
    }
    try log.close()
  }

  private func start(
    _ log: CommitLog, _ offsets: ConsumerOffsets?
  ) throws -> [TopicPartition: Int64] {
    let committed = group.flatMap { offsets?.offsets(of: $0) } ?? [:]
    var positions: [TopicPartition: Int64] = [:]
    for found in try log.partitions(of: topic) {
      let place = found.topicPartition
      guard partition == nil || partition == place.partition else { continue }
      if let from {
        positions[place] = try StartPosition(from).offset(in: found)
      } else {
        // An offset past the end was committed for a topic deleted since.
        let offset = committed[place]?.offset ?? 0
        positions[place] =
          offset > found.endOffset ? found.startOffset : Swift.max(offset, found.startOffset)
      }
    }
    if positions.isEmpty { throw LogError.unknownTopic("\(topic)-\(partition ?? 0)") }
    return positions
  }

  /// Prints what is there from `offset` on; returns the offset behind it.
  private func drain(
    _ partition: PartitionLog, from offset: Int64, _ printed: inout Int
  ) throws -> Int64 {
    var next = offset
    var buffer = ByteBuffer(capacity: 1 << 20)
    while next < partition.endOffset, printed < max ?? .max {
      buffer.removeAll()
      try partition.read(from: next, maxBytes: 1 << 20, into: &buffer)
      guard buffer.count > 0 else { break }
      var last = next
      let end = try buffer.withBytes { bytes throws in
        try RecordBatches.forEach(bytes, from: next) { record in
          guard printed < max ?? .max else { return }
          try print(record, partition.topicPartition)
          printed += 1
          last = record.offset + 1
        }
      }
      next = printed < max ?? .max ? end : last
    }
    return next
  }

  private func print(_ record: Record, _ place: TopicPartition) throws {
    guard options.json else {
      if let value = record.value {
        // A post must not move a person's cursor; a pipe gets the bytes as they are.
        if StandardOutput.isTerminal {
          return try StandardOutput.line(Shown.plain(String(decoding: value, as: UTF8.self)))
        }
        try StandardOutput.write(value)
      }
      return try StandardOutput.write([UInt8(ascii: "\n")])
    }
    func text(_ bytes: UnsafeRawBufferPointer?) -> String {
      bytes.map { JSONString.quote(String(decoding: $0, as: UTF8.self)) } ?? "null"
    }
    var line = JSONLine()
    line.add("topic", place.topic)
    line.add("partition", place.partition)
    line.add("offset", record.offset)
    line.add(
      "timestamp", CalendarTime.format(milliseconds: record.timestamp, suffix: "Z"))
    line.add("key", raw: text(record.key))
    if record.headerCount > 0 {
      var headers = JSONLine()
      for header in try record.headers() {
        headers.add(
          header.name,
          raw: header.value.map { JSONString.quote(String(decoding: $0, as: UTF8.self)) } ?? "null")
      }
      line.add("headers", raw: headers.text)
    }
    line.add("value", raw: text(record.value))
    try StandardOutput.line(line.text)
  }
}

/// Where reading a partition begins, as `--from` says it.
enum StartPosition {
  case earliest
  case latest
  case offset(Int64)
  case time(Int64)

  init(_ text: String) throws {
    if let offset = Int64(text), offset >= 0 {
      self = .offset(offset)
    } else if let time = CalendarTime.parse(text) {
      self = .time(time)
    } else if text == "earliest" || text == "beginning" {
      self = .earliest
    } else if text == "latest" || text == "end" {
      self = .latest
    } else {
      throw ValidationError(
        "--from \(text): give earliest, latest, an offset, or a time such as 2026-11-20T18:00:00Z")
    }
  }

  private func inside(_ offset: Int64, _ partition: PartitionLog) throws -> Int64 {
    let (start, end) = (partition.startOffset, partition.endOffset)
    guard offset >= start && offset <= end else {
      throw LogError.offsetOutOfRange(
        partition.topicPartition, offset: offset, start: start, end: end)
    }
    return offset
  }

  func offset(in partition: PartitionLog) throws -> Int64 {
    switch self {
    case .earliest: partition.startOffset
    case .latest: partition.endOffset
    case .offset(let offset): try inside(offset, partition)
    case .time(let time): try partition.offset(atOrAfter: time) ?? partition.endOffset
    }
  }
}
