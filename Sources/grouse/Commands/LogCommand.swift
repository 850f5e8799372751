internal import ArgumentParser
internal import Bytes
internal import CommitLog
internal import Machine
internal import Node
internal import Records
internal import Terminal

struct LogCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log", abstract: "The log's files.",
    discussion: "Example: grouse log dump posts", subcommands: [Dump.self])

  struct Dump: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show what stands in segments, indexes and snapshots.",
      discussion: """
        In the manner of kafka-dump-log: of a topic all files, or those named. Works beside a \
        running `grouse run`, and on files of a real Kafka.

        Example: grouse log dump posts --partition 0 --records
        Example: grouse log dump grouse-data/log/posts-0/00000000000000000000.timeindex
        """)

    @Argument(help: "A topic, or paths of .log, .index, .timeindex, .txnindex, .snapshot files.")
    var what: [String]
    @Option(
      parsing: .unconditional, help: "Of a topic, only this partition.", transform: partitionNumber)
    var partition: Int?
    @Flag(help: "Show the records of each batch.") var records = false
    @Flag(help: "Show the records with keys and values.") var data = false
    @OptionGroup var options: GlobalOptions

    func run() throws {
      let configuration = try options.configuration()
      var isWhole = true
      for path in try paths(configuration) {
        if !options.json { try StandardOutput.line("Dumping \(path)") }
        try LogDump.forEach(in: path, deep: records || data) { item in
          if case .fault = item { isWhole = false }
          if case .batch(_, _, let isSound) = item, !isSound { isWhole = false }
          let line = DumpLine(item, path: path, showsData: data)
          try StandardOutput.line(options.json ? line.json : line.text)
        }
      }
      if !isWhole {
        try StandardOutput.flush()
        Messages.line("something is broken: see above, and `grouse check log`")
        throw ExitCode.failure
      }
    }

    private func paths(_ configuration: Configuration) throws -> [String] {
      let disk = LocalDisk()
      var paths: [String] = []
      for name in what {
        let isOfLog = LogDump.suffixes.contains(where: name.hasSuffix)
        if isOfLog, disk.exists(name) {
          paths.append(name)
          continue
        }
        if name.contains("/") {
          // A missing one is said to be missing, whatever its name.
          _ = try disk.open(name, .read)
          throw LogError.notALogFile(name)
        }
        let log = try DataDirectory(reading: configuration.dataDirectory).readLog(configuration)
        if isOfLog, !log.topics.contains(where: { $0.name == name }) {
          _ = try disk.open(name, .read)
        }
        let found = try log.partitions(of: name).filter {
          partition == nil || partition == $0.topicPartition.partition
        }
        if found.isEmpty, let partition {
          throw LogError.unknownPartition(
            TopicPartition(name, partition), count: try log.partitions(of: name).count)
        }
        for partition in found { paths += try LogDump.files(in: partition.directory) }
      }
      return paths
    }
  }
}

/// One piece of a dump as a line, for people as kafka-dump-log words it, or as JSON.
struct DumpLine {
  private var fields: [(name: String, value: String, isText: Bool)] = []
  private let kind: String
  private let path: String

  init(_ item: LogDump.Item, path: String, showsData: Bool) {
    self.path = path
    switch item {
    case .batch(let header, let position, let isSound):
      kind = "batch"
      add(header, position, isSound)
    case .record(let record, let header):
      kind = "record"
      add("offset", record.offset)
      add(header.hasLogAppendTime ? "LogAppendTime" : "CreateTime", record.timestamp)
      add("keySize", record.key?.count ?? -1)
      add("valueSize", record.value?.count ?? -1)
      if header.baseSequence >= 0 {
        add("sequence", Int(header.baseSequence) + Int(record.offset - header.baseOffset))
      }
      let names = (try? record.headers().map(\.name)) ?? []
      add("headerKeys", text: "[" + names.joined(separator: ",") + "]")
      if showsData {
        if let key = record.key { add("key", text: Self.text(key)) }
        if let value = record.value { add("payload", text: Self.text(value)) }
      }
    case .marker(let isAbort, let coordinatorEpoch, let offset):
      kind = "marker"
      add("offset", offset)
      add("endTxnMarker", text: isAbort ? "ABORT" : "COMMIT")
      add("coordinatorEpoch", coordinatorEpoch)
    case .offset(let offset, let position):
      kind = "offset"
      add("offset", offset)
      add("position", position)
    case .time(let timestamp, let offset):
      kind = "time"
      add("timestamp", timestamp)
      add("offset", offset)
    case .aborted(let transaction):
      kind = "aborted"
      add("version", 0)
      add("producerId", transaction.producerID)
      add("firstOffset", transaction.firstOffset)
      add("lastOffset", transaction.lastOffset)
      add("lastStableOffset", transaction.lastStableOffset)
    case .producer(let producer):
      kind = "producer"
      add("producerId", producer.producerID)
      add("producerEpoch", producer.epoch)
      add("coordinatorEpoch", producer.coordinatorEpoch)
      add("currentTxnFirstOffset", producer.transactionStart ?? -1)
      add("lastTimestamp", producer.lastTimestamp)
      add("lastSequence", producer.lastSequence)
      add("lastOffset", producer.lastOffset)
    case .fault(let reason, let position):
      kind = "fault"
      add("position", position)
      add("fault", text: reason)
    }
  }

  private mutating func add(
    _ header: RecordBatchHeader, _ position: Int64, _ isSound: Bool
  ) {
    add("baseOffset", header.baseOffset)
    add("lastOffset", header.lastOffset)
    add("count", header.count)
    add("baseSequence", header.baseSequence)
    add("lastSequence", header.baseSequence < 0 ? -1 : header.lastSequence)
    add("producerId", header.producerID)
    add("producerEpoch", header.producerEpoch)
    add("partitionLeaderEpoch", header.leaderEpoch)
    add("isTransactional", flag: header.isTransactional)
    add("isControl", flag: header.isControl)
    add("deleteHorizonMs", text: header.hasDeleteHorizon ? "\(header.baseTimestamp)" : "none")
    add("position", position)
    add(header.hasLogAppendTime ? "LogAppendTime" : "CreateTime", header.maxTimestamp)
    add("size", header.totalSize)
    add("magic", 2)
    add("compresscodec", text: "\(header.codec)")
    add("crc", header.checksum)
    add("isvalid", flag: isSound)
  }

  private mutating func add(_ name: String, _ value: some BinaryInteger) {
    fields.append((name, "\(value)", false))
  }

  private mutating func add(_ name: String, flag: Bool) { fields.append((name, "\(flag)", false)) }

  private mutating func add(_ name: String, text: String) { fields.append((name, text, true)) }

  private static func text(_ bytes: UnsafeRawBufferPointer) -> String {
    String(decoding: bytes, as: UTF8.self)
  }

  /// `name: value` pairs; records are set in under their batch.
  var text: String {
    let pairs = fields.map { "\($0.name): \($0.isText ? Shown.plain($0.value) : $0.value)" }
    return (kind == "record" || kind == "marker" ? "| " : "") + pairs.joined(separator: " ")
  }

  var json: String {
    var line = JSONLine()
    line.add("file", path)
    line.add("kind", kind)
    for field in fields {
      if field.isText {
        line.add(field.name, field.value)
      } else {
        line.add(field.name, raw: field.value)
      }
    }
    return line.text
  }
}
