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
    let input = try InputBytes("-")
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    defer { chunk.deallocate() }
    var line: [UInt8] = []
    while !interruption.isRequested {
      let count = try input.read(into: chunk)
      if count == 0 { break }
      for byte in chunk[..<count] {
        if byte == UInt8(ascii: "\n") {
          try producer.append(line)
          line.removeAll(keepingCapacity: true)
        } else {
          line.append(byte)
          guard line.count <= Records.Limits.batchBytes else {
            throw RecordError.tooLarge(bytes: line.count, limit: Records.Limits.batchBytes)
          }
        }
      }
      try producer.flush()
    }
    if !line.isEmpty { try producer.append(line) }
    try producer.flush()
    try log.close()
    Messages.line("appended \(Shown.number(producer.count)) records to \(topic)")
    if interruption.isRequested { throw ExitCode(interruption.exitCode) }
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
    if slots[number].builder.size > 512 << 10 { try flush() }
  }

  mutating func flush() throws {
    for (partition, slot) in zip(partitions, slots) where slot.builder.count > 0 {
      _ = try slot.builder.finish { bytes in try partition.append(bytes) }
      slot.builder.reset()
    }
  }
}
