import Bytes
import CommitLog
import Machine
import Records
import TestSupport
import Testing

/// A log on a simulated disk beside a model of it, and random steps that both take.
struct OracleSession {
  static let configuration: LogConfiguration = {
    var configuration = LogConfiguration(segmentBytes: 700, indexIntervalBytes: 120)
    // So little that a compaction takes several rounds.
    configuration.dedupeBytes = 1
    configuration.producerExpiration = 1 << 60
    return configuration
  }()
  static let policies = ["events": "delete", "table": "compact", "mixed": "compact,delete"]

  var random: SeededRandom
  let disk: SimulatedDisk
  let time = MovableClock(milliseconds: 1_000_000_000)
  var log: CommitLog
  var models: [TopicPartition: PartitionModel] = [:]
  var step = 0
  var doing = ""
  /// How often what was done.
  var counts: [String: Int] = [:]

  init(seed: UInt64) throws {
    random = SeededRandom(seed: seed)
    disk = SimulatedDisk(seed: seed)
    log = try CommitLog(
      "/data/log", disk: disk, clock: time.clock, configuration: Self.configuration)
    for topic in Self.policies.keys.sorted() { try create(topic) }
  }

  mutating func note(_ what: String) {
    doing = what
    counts[String(what.prefix { $0 != " " }), default: 0] += 1
  }

  mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
  mutating func chance(_ percent: Int) -> Bool { number(1...100) <= percent }

  mutating func create(_ topic: String) throws {
    let count = number(1...2)
    try log.createTopic(
      topic, partitions: count,
      settings: [
        "cleanup.policy": Self.policies[topic] ?? "delete", "retention.ms": "-1",
        "min.cleanable.dirty.ratio": "0.3", "delete.retention.ms": "4000",
      ])
    for partition in 0..<count { models[TopicPartition(topic, partition)] = PartitionModel() }
  }

  /// A partition by chance.
  mutating func place() -> TopicPartition { models.keys.sorted().randomElement(using: &random)! }

  func partition(_ place: TopicPartition) throws -> PartitionLog { try log.partition(place) }

  /// Changes one model; what throws leaves it as it was.
  mutating func change(_ place: TopicPartition, _ body: (inout PartitionModel) throws -> Void)
    rethrows
  {
    var model = models[place] ?? PartitionModel()
    try body(&model)
    models[place] = model
  }

  mutating func samples(_ count: Int, keyed: Bool) -> [Sample] {
    (0..<count).map { index in
      let isLong = chance(5)
      let key = keyed || chance(50) ? Array("k\(number(0...9))".utf8) : nil
      let text = "\(step).\(index)" + String(repeating: "v", count: number(0...(isLong ? 200 : 30)))
      let headers = (0..<(chance(20) ? number(1...3) : 0)).map {
        chance(30) ? RecordHeader("h\($0)", nil as [UInt8]?) : RecordHeader("h\($0)", "x\(step)")
      }
      return Sample(
        time: time.milliseconds + Int64(number(-3_000...1_000)), key: chance(3) ? [] : key,
        value: chance(15) ? nil : chance(5) ? [] : Array(text.utf8), headers: headers)
    }
  }

  mutating func codec() -> Codec {
    chance(70) ? .none : Codec.allCases.randomElement(using: &random)!
  }

  mutating func append() throws {
    let place = place()
    let keyed = try partition(place).configuration.compacts
    note("append to \(place)")
    let samples = samples(number(1...6), keyed: keyed)
    let batch = try encode(samples, codec: codec())
    guard try !isTooLarge(batch, place) else { return }
    let taken = try partition(place).appended(batch)
    try check(taken, samples, place)
    change(place) {
      $0.append(samples, at: taken.firstOffset, time: taken.appendTime, .none)
    }
  }

  /// Whether a batch is larger than a segment; then it must be refused.
  private func isTooLarge(_ batch: [UInt8], _ place: TopicPartition) throws -> Bool {
    let limit = try partition(place).configuration.segmentBytes
    guard batch.count > limit else { return false }
    let expected = LogError.tooLargeForSegment(place, bytes: batch.count, limit: limit)
    do throws(LogError) {
      _ = try log.partition(place).appended(batch)
    } catch {
      guard error == expected else { throw error }
      return true
    }
    throw Mismatch("a batch of \(batch.count) bytes was taken")
  }

  private func check(
    _ taken: PartitionLog.Appended, _ samples: [Sample], _ place: TopicPartition
  ) throws {
    let end = models[place]?.end ?? 0
    try require(
      taken.firstOffset == end && taken.lastOffset == end + Int64(samples.count) - 1
        && !taken.isDuplicate, "\(taken) at end \(end)")
    try require(try partition(place).endOffset == taken.lastOffset + 1, "not shown")
  }

  /// A batch of an idempotent or transactional producer: the next one, or one to be refused.
  mutating func produce() throws {
    let place = place()
    let identifier = Int64(number(0...5))
    let isTransactional = identifier >= 3
    let keyed = try partition(place).configuration.compacts
    let known = models[place]?.producers[identifier]
    let samples = samples(number(1...4), keyed: keyed)
    var header = BatchProducer(
      id: identifier, epoch: known?.epoch ?? 0, sequence: known?.nextSequence ?? 0,
      isTransactional: isTransactional)
    if known == nil, chance(30) { header.sequence = .max - 1 }
    switch known == nil ? 100 : number(1...100) {
    case ...12 where known?.batches.isEmpty == false:
      guard let sent = known?.batches.randomElement(using: &random) else { return }
      note("repeat of \(identifier) to \(place)")
      header.sequence = sent.sequence
      let again = try encode(self.samples(Int(sent.count), keyed: keyed), producer: header)
      guard try !isTooLarge(again, place) else { return }
      let taken = try partition(place).appended(again)
      try require(
        taken.isDuplicate && taken.firstOffset == sent.offset
          && taken.lastOffset == sent.offset + Int64(sent.count) - 1, "\(taken), sent \(sent)")
    case ...22 where known?.batches.isEmpty == false:
      note("gap of \(identifier) to \(place)")
      header.sequence = (header.sequence &+ 1 &+ Int32(number(0...9))) & .max
      try refuse(try encode(samples, producer: header), place)
    case ...30 where header.epoch > 0:
      note("old-epoch of \(identifier) to \(place)")
      header.epoch -= 1
      try refuse(try encode(samples, producer: header), place)
    default:
      if known != nil, known?.transaction == nil, chance(25) {
        header.epoch += 1
        header.sequence = 0
      }
      note("produce by \(identifier) to \(place)")
      let batch = try encode(samples, codec: codec(), producer: header)
      guard try !isTooLarge(batch, place) else { return }
      let taken = try partition(place).appended(batch)
      try check(taken, samples, place)
      change(place) { $0.append(samples, at: taken.firstOffset, time: taken.appendTime, header) }
    }
  }

  private func refuse(_ batch: [UInt8], _ place: TopicPartition) throws {
    guard try !isTooLarge(batch, place) else { return }
    let taken: PartitionLog.Appended
    do throws(LogError) {
      taken = try log.partition(place).appended(batch)
    } catch {
      guard case .sequence = error else { throw error }
      return
    }
    throw Mismatch("taken as \(taken)")
  }

  mutating func endTransaction() throws {
    let place = place()
    let open = models[place]?.producers.filter { $0.value.transaction != nil }.keys.sorted() ?? []
    guard let identifier = open.randomElement(using: &random) else { return }
    let isCommitted = chance(60)
    note("end of \(identifier) in \(place), committed: \(isCommitted)")
    let epoch = models[place]?.producers[identifier]?.epoch ?? 0
    let taken = try partition(place).endTransaction(
      producerID: identifier, epoch: epoch, isCommitted: isCommitted)
    try require(taken.firstOffset == models[place]?.end, "the marker is at \(taken.firstOffset)")
    let now = time.milliseconds
    change(place) { $0.endTransaction(identifier, isCommitted: isCommitted, time: now) }
  }

  mutating func deleteRecords() throws {
    let place = place()
    guard let model = models[place] else { return }
    let toEnd = chance(10)
    let wanted = toEnd ? -1 : Int64(number(Int(model.start)...Int(model.end)))
    note("delete-records in \(place) before \(wanted)")
    let start = try partition(place).deleteRecords(before: wanted)
    try require(start == (toEnd ? model.end : wanted), "start \(start)")
    change(place) { $0.moveStart(to: start) }
  }

  mutating func alter() throws {
    let topic = place().topic
    let choices: [(String, [String?])] = [
      ("segment.bytes", ["300", "700", "2000"]), ("segment.ms", ["2000", nil]),
      ("retention.ms", ["-1", "-1", "20000", "0"]), ("retention.bytes", ["-1", "-1", "1500", "0"]),
      ("index.interval.bytes", ["0", "60", "500", nil]),
      ("delete.retention.ms", ["0", "4000", "30000"]),
      ("min.cleanable.dirty.ratio", ["0", "0.3", "1"]), ("min.compaction.lag.ms", ["0", "5000"]),
      (
        "compression.type",
        ["producer", "producer", "uncompressed", "gzip", "zstd", "lz4", "snappy"]
      ),
      ("message.timestamp.type", ["CreateTime", "CreateTime", "LogAppendTime"]),
      ("cleanup.policy", [Self.policies[topic]!, "compact", "compact,delete"]),
      ("segment.jitter.ms", ["0", "1500"]),
    ]
    let (key, values) = choices.randomElement(using: &random)!
    let value = values.randomElement(using: &random)!
    note("alter \(topic) \(key) \(value as Any)")
    try log.alterTopic(topic, settings: [key: value])
    if let value { try require(try log.configuration(of: topic).overrides[key] == value, "kept") }
  }

  mutating func changeTopics() throws {
    let topic = place().topic
    if chance(50) {
      note("partitions of \(topic)")
      let current = models.keys.filter { $0.topic == topic }.count
      guard current < 3 else { return }
      try log.addPartitions(topic, upTo: current + 1)
      models[TopicPartition(topic, current)] = PartitionModel()
    } else {
      note("recreate \(topic)")
      try log.deleteTopic(topic)
      models = models.filter { $0.key.topic != topic }
      if chance(30) { try restart() }
      try create(topic)
    }
  }

  mutating func restart() throws {
    let way = number(0...4)
    note(["close", "kill", "dropped", "kept", "torn"][way])
    switch way {
    case 0: try log.close()
    case 2: disk.crash(.dropped)
    case 3: disk.crash(.kept)
    case 4: disk.crash(.torn)
    default: break
    }
    if way < 2 { disk.endProcess() }
    log = try CommitLog(
      "/data/log", disk: disk, clock: time.clock, configuration: Self.configuration)
    if way == 0 { try require(log.repairs == [], "repairs \(log.repairs)") }
    for place in models.keys { change(place) { $0.reopen() } }
    let found = try LogCheck("/data/log", disk: disk, beside: true).faults
    try require(found == [], "check: \(found)")
    for place in models.keys.sorted() { try verify(place) }
  }

  mutating func takeStep() throws {
    step += 1
    switch number(1...100) {
    case ...26: try append()
    case ...44: try produce()
    case ...51: try endTransaction()
    case ...65: try read()
    case ...69: try slice()
    case ...74: try seek()
    case ...79:
      note("time")
      time.advance(by: Int64(number(0...4_000)))
    case ...83: try maintain()
    case ...86: try compact()
    case ...89: try deleteRecords()
    case ...94: try alter()
    case ...95: try changeTopics()
    case ...98: try restart()
    default: try verify(place())
    }
  }
}
