internal import ArgumentParser
internal import CommitLog
internal import Machine
internal import Node
internal import Records

struct Produce: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Append lines of standard input to a topic, one record a line.",
    discussion: """
      The topic is made where it is missing. A line is acknowledged when it is on the disk.

      Example: echo 'u1:{"text": "hello"}' | grouse produce posts --key-separator :
      """)

  @Argument(help: "The topic.") var topic: String
  @Option(help: "What parts key and value in each line; without it records have no key.")
  var keySeparator: String?
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    if keySeparator?.isEmpty == true { throw ValidationError("--key-separator must not be empty") }
  }

  func run() throws {
    let configuration = try options.configuration()
    let interruption = Interruption()
    let log = try DataDirectory(
      writing: configuration.dataDirectory, purpose: "grouse produce"
    ).openRepairedLog(configuration)
    if !log.topics.contains(where: { $0.name == topic }) {
      try log.createTopic(topic, partitions: configuration.partitions)
      Messages.line("made \(topic)")
    }
    var producer = LineProducer(
      partitions: try log.partitions(of: topic), keySeparator: keySeparator.map { Array($0.utf8) })
    let input = try InputBytes(nil)
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    defer { chunk.deallocate() }
    var splitter = LineGatherer()
    while true {
      let count = try input.read(into: chunk) { interruption.isRequested }
      if count == 0 { break }
      do {
        try splitter.feed(chunk[..<count]) { try producer.append($0) }
      } catch {
        // What came before the line that cannot be taken is kept.
        try producer.flush()
        throw error
      }
      try producer.flush()
    }
    try splitter.finish { try producer.append($0) }
    try producer.flush()
    try log.close()
    Messages.line("appended \(Shown.number(producer.count)) records to \(topic)")
    try interruption.throwIfRequested("what was appended so far is kept")
  }
}

/// A line of standard input that cannot be a record.
struct LineTooLong: Error, CustomStringConvertible {
  let line: Int
  var description: String {
    "(stdin):\(line): the line is longer than \(Records.Limits.batchBytes >> 20) MiB, the largest "
      + "record; the lines before it were appended"
  }
}

/// Cuts chunks of bytes into lines.
private struct LineGatherer {
  private static let limit = Records.Limits.batchBytes - 1_024
  private var line: [UInt8] = []
  private var number = 1

  mutating func feed(
    _ bytes: Slice<UnsafeMutableRawBufferPointer>, _ body: ([UInt8]) throws -> Void
  ) throws {
    var rest = bytes
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      try take(rest[..<end])
      try body(line)
      line.removeAll(keepingCapacity: true)
      number += 1
      rest = rest[(end + 1)...]
    }
    try take(rest)
  }

  /// The last line may lack its line break.
  mutating func finish(_ body: ([UInt8]) throws -> Void) throws {
    if !line.isEmpty { try body(line) }
  }

  private mutating func take(_ part: Slice<UnsafeMutableRawBufferPointer>) throws {
    guard line.count + part.count <= Self.limit else { throw LineTooLong(line: number) }
    line += part
  }
}

/// Gathers lines into a batch a partition.
private struct LineProducer: ~Copyable {
  private final class Slot {
    var builder = RecordBatchBuilder()
  }

  private let partitions: [PartitionLog]
  private let slots: [Slot]
  private let keySeparator: [UInt8]?
  private(set) var count = 0

  init(partitions: [PartitionLog], keySeparator: [UInt8]?) {
    self.partitions = partitions
    self.keySeparator = keySeparator
    slots = partitions.map { _ in Slot() }
  }

  mutating func append(_ line: [UInt8]) throws {
    var key: ArraySlice<UInt8>?
    var value = line[...]
    if let keySeparator, let found = line.firstRange(of: keySeparator) {
      key = line[..<found.lowerBound]
      value = line[found.upperBound...]
    }
    let number =
      key?.withUnsafeBytes { DefaultPartitioner.partition(for: $0, of: partitions.count) }
      ?? count % partitions.count
    if slots[number].builder.size + line.count > 512 << 10 { try flush() }
    let time = Clock.system.milliseconds
    try value.withUnsafeBytes { value in
      guard let key else {
        return try slots[number].builder.append(timestamp: time, key: nil, value: value)
      }
      try key.withUnsafeBytes { key in
        try slots[number].builder.append(timestamp: time, key: key, value: value)
      }
    }
    count += 1
  }

  mutating func flush() throws {
    for (partition, slot) in zip(partitions, slots) where slot.builder.count > 0 {
      _ = try slot.builder.finish { bytes in try partition.append(bytes, from: .builder) }
      slot.builder.reset()
    }
  }
}
