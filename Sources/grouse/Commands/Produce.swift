internal import ArgumentParser
internal import CommitLog
internal import Machine
internal import Node
internal import Records
internal import Terminal

/// The codecs by the names that Kafka gives them.
enum CompressionName: String, ExpressibleByArgument, CaseIterable {
  case none, gzip, snappy, lz4, zstd

  var codec: Codec { Codec(rawValue) ?? .none }
}

struct Produce: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Append lines of standard input to a topic, one record a line.",
    discussion: """
      The topic is made where it is missing. A line is acknowledged when it is on the disk. \
      --format json takes what `grouse consume --json` prints: objects with key, value, headers, \
      timestamp, partition; a value of null deletes its key in a compacted topic. With \
      --key-separator a line without it ends the work, as with Kafka's console producer; what came \
      before is kept. With --json each line printed says how many records are acknowledged by then.

      Example: echo 'u1:{"text": "hello"}' | grouse produce posts --key-separator :
      """)

  @Argument(help: "The topic.") var topic: String
  @Option(help: "What the lines are: lines or json.") var format = InputForm.lines
  @Option(help: "What parts key and value in each line; without it records have no key.")
  var keySeparator: String?
  @Flag(help: "A line without the key separator is a value without a key, not an error.")
  var allowKeyless = false
  @Option(
    name: .customLong("header"), parsing: .singleValue,
    help: ArgumentHelp("A header for every record; may be repeated.", valueName: "name=value"))
  var headers: [String] = []
  @Option(
    parsing: .unconditional,
    help: """
      The partition, also of JSON lines that name one (default: by key as Kafka does, without key \
      in turns).
      """,
    transform: partitionNumber)
  var partition: Int?
  @Option(help: "How batches are compressed: none, gzip, snappy, lz4 or zstd.")
  var compression = CompressionName.none
  @Flag(name: .customLong("null"), help: "An empty value is none: a tombstone.")
  var emptyIsNull = false
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    try checkUsage {
      try checkNotInternal(topic)
      try CommitLog.check(topicName: topic)
    }
    if keySeparator?.isEmpty == true { throw ValidationError("--key-separator must not be empty") }
    if format == .json && keySeparator != nil {
      throw ValidationError("--key-separator is for lines; in JSON the key is a field")
    }
    if allowKeyless && keySeparator == nil {
      throw ValidationError("--allow-keyless needs --key-separator")
    }
    _ = try parsedHeaders()
  }

  private func parsedHeaders() throws -> [RecordHeader] {
    try headers.map { header in
      guard let equals = header.firstIndex(of: "=") else {
        throw ValidationError("--header \(header): give NAME=VALUE")
      }
      return RecordHeader(
        String(header[..<equals]), String(header[header.index(after: equals)...]))
    }
  }

  func run() throws {
    let configuration = try options.configuration()
    let interruption = Interruption()
    let opened = try DataDirectory.changes(configuration, purpose: "grouse produce")
    Repairs.show(opened.repairs)
    let changes = opened.changes
    if !changes.log.topics.contains(where: { $0.name == topic }) {
      try changes.createTopic(topic, partitions: configuration.partitions, settings: [:])
      Messages.line("made \(topic)")
    }
    // Whoever has the log open looks after it.
    let keeper =
      opened.process == nil
      ? LogKeeper(changes.log, nil, configuration) { Messages.line($0) } : nil
    let appended = Result { try append(to: changes, interruption) }
    keeper?.stop()
    // What keeps the records out says more than what keeps the log from being closed.
    let closing = Result { try changes.close() }
    let count = try appended.get()
    try closing.get()
    Messages.line("appended \(Shown.count(count, "record")) to \(topic)")
    try interruption.throwIfRequested("what was appended so far is kept")
  }

  private func append(
    to changes: any LogChanges, _ interruption: Interruption
  ) throws -> Int {
    let reader = InputReader(
      form: format, keySeparator: keySeparator.map { Array($0.replacing("\\t", with: "\t").utf8) },
      allowsKeyless: allowKeyless, emptyIsNull: emptyIsNull)
    let headers = try parsedHeaders()
    var producer = try LogProducer(
      changes.log, topic: topic, codec: compression.codec, batchBytes: Self.batchBytes,
      first: Int(Entropy.identifier()[0])
    ) { batch, partition throws(LogError) in try changes.append(batch, to: partition) }
    let input = try InputBytes(nil)
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    defer { chunk.deallocate() }
    var lines = LineGatherer()
    func take(_ line: [UInt8]) throws {
      if format == .json, line.isEmpty { return }
      var record = try reader.record(line, number: lines.number)
      record.headers = headers + record.headers
      do throws(LogError) {
        try producer.send(record, partition: partition ?? record.partition)
      } catch {
        guard error.isOfOneRecord else { throw error }
        throw InputLineError(line: lines.number, reason: "\(error)")
      }
    }
    do {
      while true {
        let count = try input.read(into: chunk) { interruption.isRequested }
        if count == 0 { break }
        var rest = chunk[..<count]
        while let line = try lines.next(&rest) { try take(line) }
        // What has come is acknowledged before more is waited for.
        try acknowledge(&producer)
      }
      if let line = lines.last() { try take(line) }
      try acknowledge(&producer)
    } catch {
      // What came before the line that cannot be taken is kept.
      try? producer.flush()
      Messages.line("appended \(Shown.count(producer.acknowledged, "record")) to \(topic)")
      throw error
    }
    return producer.acknowledged
  }

  private func acknowledge(_ producer: inout LogProducer) throws {
    let before = producer.acknowledged
    try producer.flush()
    guard options.json, producer.acknowledged > before else { return }
    var line = JSONLine()
    line.add("topic", topic)
    line.add("acknowledged", producer.acknowledged)
    try StandardOutput.line(line.text)
    try StandardOutput.flush()
  }

  private static let batchBytes = 512 << 10
}

/// Cuts chunks of bytes into lines.
private struct LineGatherer {
  private static let limit = Records.Limits.batchBytes - 1_024
  private var line: [UInt8] = []
  private var isComplete = false
  /// The number of the line that was given last.
  private(set) var number = 0

  /// The next whole line of `rest`, which it is taken from; nil where it ends before the line does.
  mutating func next(_ rest: inout Slice<UnsafeMutableRawBufferPointer>) throws -> [UInt8]? {
    if isComplete { line.removeAll(keepingCapacity: true) }
    isComplete = false
    guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else {
      try take(rest)
      rest = rest[rest.endIndex...]
      return nil
    }
    try take(rest[..<end])
    rest = rest[(end + 1)...]
    isComplete = true
    number += 1
    return line
  }

  /// The last line, which may lack its line break.
  mutating func last() -> [UInt8]? {
    guard !isComplete, !line.isEmpty else { return nil }
    number += 1
    return line
  }

  private mutating func take(_ part: Slice<UnsafeMutableRawBufferPointer>) throws {
    guard line.count + part.count <= Self.limit else {
      throw InputLineError(
        line: number + 1,
        reason: "the line is longer than \(Records.Limits.batchBytes >> 20) MiB, the largest record"
      )
    }
    line += part
  }
}
