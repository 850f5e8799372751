internal import ArgumentParser
internal import Bytes
internal import CommitLog
internal import Machine
internal import Node
internal import Records
internal import Terminal

struct Consume: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print a topic's records.",
    discussion: """
      Ends at the end of the topic; --follow waits for more. With --group it begins where the group \
      had committed and commits what it printed; without, it works beside a running `grouse run`.

      -o takes a pattern as kcat's -f: %t topic, %p partition, %o offset, %k key, %s value, %K and \
      %S their lengths, %T time in milliseconds, %h headers; \\n, \\t, \\xHH.

      --json prints an object a record. Keys and values that are no text stand in base 64 as \
      key_base64 and value_base64. Headers are an object of names and values; where a name is there \
      twice or a value is no text, a list of objects with name and value or value_base64.

      Example: grouse consume posts.dead --json
      Example: grouse consume posts --from 2026-11-20T18:00:00Z -o '%p@%o %k: %s\\n'
      """)

  @Argument(help: "The topic.") var topic: String
  @Option(
    name: .customLong("from"), parsing: .unconditional,
    help: "earliest, latest, an offset, or a time such as 2026-11-20T18:00:00Z.")
  var from: String?
  @Option(help: "The consumer group whose offsets to use and commit.") var group: String?
  @Option(parsing: .unconditional, help: "Only this partition.", transform: partitionNumber)
  var partition: Int?
  @Option(
    name: [.customLong("max"), .customShort("n")], parsing: .unconditional,
    help: "Stop after this many records.", transform: wholeNumber(1...Int.max))
  var max: Int?
  @Option(
    name: [.customShort("o"), .customLong("output")], help: "How to print records: a pattern.")
  var pattern: String?
  @Flag(help: "Leave out records of transactions that were aborted or are still open.")
  var committed = false
  @Flag(help: "Wait for more at the end.") var follow = false
  @Flag(help: "End at the end of the topic, as it does without --follow.") var exit = false
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    if group != nil && follow {
      throw ValidationError(
        "--group holds the data directory, so that nothing could come to --follow; use one of them")
    }
    if follow && exit { throw ValidationError("--follow and --exit exclude each other") }
    if pattern != nil && options.json {
      throw ValidationError("-o and --json exclude each other")
    }
    if let group { try checkGroup(group) }
    if let from { _ = try StartPosition(from) }
    if let pattern { _ = try RecordPattern(pattern) }
  }

  func run() throws {
    let configuration = try options.configuration()
    let interruption = follow ? Interruption() : nil
    let reading = try DataDirectory(reading: configuration.dataDirectory)
    let opened = try group.map { _ in
      try DataDirectory.changes(configuration, purpose: "grouse consume --group")
    }
    Repairs.show(opened?.repairs ?? [])
    let log = try opened?.changes.log ?? reading.readLog(configuration)
    let offsets = try group.map { _ in try ConsumerOffsets(log) }
    let output: RecordOutput =
      if options.json { .json } else if let pattern { .pattern(try RecordPattern(pattern)) } else {
        .value
      }
    var positions = try start(log, offsets)
    var printed = 0
    let changes = follow ? FileChanges(in: log.directory) : nil
    while true {
      let before = printed
      let seen = changes?.generation ?? 0
      for (place, position) in positions.sorted(by: { $0.key < $1.key }) {
        let end = try drain(try log.partition(place), from: position, output, &printed)
        positions[place] = end
      }
      try StandardOutput.flush()
      if let group, let opened { try opened.changes.commit(group: group, positions) }
      if printed >= max ?? .max || !follow || interruption?.isRequested == true { break }
      if printed == before {
        changes?.wait(since: seen) {
          interruption?.isRequested == true || !StandardOutput.hasReader
        }
        // Nobody can see what would come.
        guard StandardOutput.hasReader else { throw ClosedPipe() }
        try log.refresh()
      }
    }
    try opened?.changes.close()
  }

  private func start(
    _ log: CommitLog, _ offsets: ConsumerOffsets?
  ) throws -> [TopicPartition: Int64] {
    let committed = group.flatMap { offsets?.offsets(of: $0) } ?? [:]
    var positions: [TopicPartition: Int64] = [:]
    let partitions = try log.partitions(of: topic)
    for found in partitions {
      let place = found.topicPartition
      guard partition == nil || partition == place.partition else { continue }
      if let from {
        // Of several partitions not every one has a record of that number.
        let isAlone = partition != nil || partitions.count == 1
        positions[place] = try StartPosition(from).offset(in: found, isStrict: isAlone)
      } else {
        // An offset past the end was committed for a topic deleted since.
        let offset = committed[place]?.offset ?? 0
        positions[place] =
          offset > found.endOffset ? found.startOffset : Swift.max(offset, found.startOffset)
      }
    }
    if positions.isEmpty, let partition {
      throw LogError.unknownPartition(TopicPartition(topic, partition), count: partitions.count)
    }
    return positions
  }

  /// Prints what is there from `offset` on; returns the offset behind it.
  private func drain(
    _ partition: PartitionLog, from offset: Int64, _ output: RecordOutput, _ printed: inout Int
  ) throws -> Int64 {
    // Retention may have taken what was to come next.
    var next = Swift.max(offset, partition.startOffset)
    var buffer = ByteBuffer(capacity: 1 << 20)
    var decoder = RecordDecoder()
    let end = committed ? partition.stableOffset : partition.endOffset
    while next < end, printed < max ?? .max {
      buffer.removeAll()
      var behind = next
      if committed {
        behind = try partition.readCommitted(from: next, maxBytes: 1 << 20, into: &buffer)
      } else {
        try partition.read(from: next, maxBytes: 1 << 20, into: &buffer)
      }
      var last = next
      let read = try buffer.withBytes { bytes throws in
        try RecordBatches.forEach(bytes, from: next, with: &decoder) { record in
          guard printed < max ?? .max else { return }
          try output.print(record, partition.topicPartition)
          printed += 1
          last = record.offset + 1
        }
      }
      let reached = Swift.max(behind, read)
      guard reached > next else { break }
      next = printed < max ?? .max ? reached : last
    }
    return next
  }
}

extension StartPosition {
  /// What an option of a command says; thrown: `ValidationError`.
  init(_ text: String, option: String = "--from") throws {
    guard let position = StartPosition(parsing: text) else {
      throw ValidationError("\(option) \(text): \(StartPosition.forms)")
    }
    self = position
  }
}
