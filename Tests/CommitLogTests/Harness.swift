import Bytes
import CommitLog
import Machine
import Records
import TestSupport
import Testing

/// One batch of records with these values.
func encode(_ values: [String], time: Int64 = 1_000) -> [UInt8] {
  encode(values.map { (value: $0, time: time) })
}

func encode(_ records: [(value: String, time: Int64)]) -> [UInt8] {
  var builder = RecordBatchBuilder(capacity: 256)
  for record in records {
    Array(record.value.utf8).withUnsafeBytes { value in
      do {
        try builder.append(timestamp: record.time, key: nil, value: value)
      } catch {
        Issue.record(error)
      }
    }
  }
  return builder.finish { [UInt8]($0) }
}

extension PartitionLog {
  @discardableResult
  func append(_ values: [String], time: Int64 = 1_000) throws(LogError) -> Int64 {
    try append(encode(values, time: time))
  }

  @discardableResult
  func append(_ batch: [UInt8]) throws(LogError) -> Int64 {
    try appended(batch).firstOffset
  }

  /// Appends a batch as one that came from outside.
  @discardableResult
  func appended(_ batch: [UInt8]) throws(LogError) -> Appended {
    var batch = batch
    return try batch.withUnsafeMutableBytes { bytes in
      Result { () throws(LogError) in try append(bytes) }
    }.get()
  }

  /// What one read gives: the offsets and values of all records in the batches returned.
  func read(from offset: Int64, maxBytes: Int) throws -> [(offset: Int64, value: String)] {
    var buffer = ByteBuffer()
    try read(from: offset, maxBytes: maxBytes, into: &buffer)
    return try records(buffer.toArray())
  }

  /// All records from `offset` on, by reading as a consumer does.
  func all(from offset: Int64? = nil, maxBytes: Int = 300) throws -> [(
    offset: Int64, value: String
  )] {
    var next = offset ?? startOffset
    var found: [(offset: Int64, value: String)] = []
    while next < endOffset {
      let part = try read(from: next, maxBytes: maxBytes).filter { $0.offset >= next }
      guard let last = part.last else { throw Stalled(offset: next) }
      found += part
      next = last.offset + 1
    }
    return found
  }
}

/// A read that gave nothing before the end of the log.
struct Stalled: Error { var offset: Int64 }

func records(_ bytes: [UInt8]) throws -> [(offset: Int64, value: String)] {
  try bytes.withUnsafeBytes { raw in
    var rest = raw
    var found: [(offset: Int64, value: String)] = []
    while !rest.isEmpty {
      let header = try RecordBatchHeader(rest)
      try header.verify(rest)
      var iterator = try RecordIterator(header, rest)
      while let record = try iterator.next() {
        found.append(
          (record.offset, record.value.map { String(decoding: $0, as: UTF8.self) } ?? ""))
      }
      rest = UnsafeRawBufferPointer(rebasing: rest[header.totalSize...])
    }
    return found
  }
}

/// Small segments and a dense index, so that a few records meet every boundary.
let small = LogConfiguration(segmentBytes: 600, indexIntervalBytes: 100)

let posts = TopicPartition("posts", 0)

/// A log on a fresh simulated disk with the topic `posts`.
func freshLog(
  _ disk: SimulatedDisk, partitions: Int = 1, _ configuration: LogConfiguration = small
) throws -> CommitLog {
  let log = try CommitLog("/data/log", disk: disk, configuration: configuration)
  try log.createTopic("posts", partitions: partitions)
  return log
}

func faults(_ disk: any FileSystem, beside writer: Bool = false) throws -> [String] {
  try LogCheck("/data/log", disk: disk, beside: writer).faults
}
