internal import Bytes
package import CommitLog
internal import Listeners
internal import Machine
internal import Records

/// Records as lines: a text each, or JSON objects as `grouse consume --json` prints them.
struct RecordLines {
  private let lines: [UInt8]
  private let reader: InputReader
  private let partition: Int?
  private let isJSON: Bool

  init(_ request: InterfaceRequest) throws(InterfaceError) {
    let jsonTypes = ["application/json", "application/x-ndjson", "application/jsonl"]
    isJSON = jsonTypes.contains(request.contentType)
    guard isJSON || request.contentType.hasPrefix("text/") || request.contentType.isEmpty else {
      throw InterfaceError(
        415,
        "send records as text/plain, application/x-ndjson or \(InterfacePaths.batchType)")
    }
    lines = request.body
    partition = try request.number("partition")
    reader = InputReader(
      form: isJSON ? .json : .lines,
      keySeparator: request.query["key_separator"].map { Array($0.utf8) },
      allowsKeyless: request.flag("allow_keyless"), emptyIsNull: request.flag("null"))
  }

  /// Appends all, or those before the first that cannot be taken, which is said.
  func append(to topic: String, of log: CommitLog) throws -> JSON {
    var producer = try LogProducer(
      log, topic: topic, batchBytes: 512 << 10, first: Int(Entropy.identifier()[0]))
    var number = 0
    do {
      for line in lines.split(separator: 0x0A, omittingEmptySubsequences: false) {
        number += 1
        let isBehindLast = line.endIndex == lines.endIndex && line.isEmpty
        if isBehindLast || isJSON && line.isEmpty { continue }
        let record = try reader.record(Array(line), number: number)
        do throws(LogError) {
          try producer.send(record, partition: partition ?? record.partition)
        } catch {
          guard error.isOfOneRecord else { throw error }
          throw InputLineError(line: number, reason: "\(error)")
        }
      }
      try producer.flush()
    } catch let error as InputLineError {
      try producer.flush()
      throw InterfaceError(
        400, "line \(error.line): \(error.reason)",
        [.init("line", JSON(error.line)), .init("appended", JSON(producer.acknowledged))])
    }
    return ["topic": .text(topic), "appended": JSON(producer.acknowledged)]
  }
}

extension LogProducer {
  /// Sends a record that a line of input gave.
  package mutating func send(
    _ record: InputRecord, partition: Int?
  ) throws(LogError) {
    let time = record.timestamp ?? Clock.system.milliseconds
    try withBytes(of: record.key) { key throws(LogError) in
      try withBytes(of: record.value) { value throws(LogError) in
        try send(
          timestamp: time, key: key, value: value, headers: record.headers, partition: partition)
      }
    }
  }
}

private func withBytes(
  of bytes: [UInt8]?, _ body: (UnsafeRawBufferPointer?) throws(LogError) -> Void
) throws(LogError) {
  guard let bytes else { return try body(nil) }
  try bytes.withUnsafeBytes { bytes in
    Result { () throws(LogError) in try body(bytes) }
  }.get()
}
