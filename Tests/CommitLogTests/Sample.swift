import Bytes
import CommitLog
import Machine
import Records
import Synchronization
import TestSupport
import Testing

/// One record as its producer sent it, and where the log put it.
struct Sample: Hashable {
  var offset: Int64 = -1
  var time: Int64
  var key: [UInt8]?
  var value: [UInt8]?
  var headers: [RecordHeader] = []
}

/// A batch of these records.
func encode(
  _ samples: [Sample], codec: Codec = .none, producer: BatchProducer = .none
) throws -> [UInt8] {
  var builder = RecordBatchBuilder(capacity: 512)
  for sample in samples {
    try withBytes(sample.key) { key in
      try withBytes(sample.value) { value in
        try builder.append(
          timestamp: sample.time, key: key, value: value, headers: sample.headers)
      }
    }
  }
  try builder.seal(codec: codec, producer: producer)
  return builder.withBatch { [UInt8]($0) }
}

/// Null is not empty.
func withBytes<Result>(
  _ bytes: [UInt8]?, _ body: (UnsafeRawBufferPointer?) throws -> Result
) rethrows -> Result {
  guard let bytes else { return try body(nil) }
  return try bytes.withUnsafeBytes { try body($0) }
}

/// A batch that was read.
struct ReadBatch {
  var header: RecordBatchHeader
  var samples: [Sample]
}

/// What a run of batches holds, checksums checked.
func decode(_ bytes: [UInt8]) throws -> [ReadBatch] {
  var found: [ReadBatch] = []
  var decoder = RecordDecoder()
  try bytes.withUnsafeBytes { bytes in
    var rest = bytes
    while !rest.isEmpty {
      let header = try RecordBatchHeader(rest)
      try header.verify(rest)
      var samples: [Sample] = []
      try decoder.forEach(in: rest) { record throws(RecordError) in
        samples.append(
          Sample(
            offset: record.offset, time: record.timestamp, key: record.key.map { [UInt8]($0) },
            value: record.value.map { [UInt8]($0) }, headers: try record.headers()))
      }
      found.append(ReadBatch(header: header, samples: samples))
      rest = UnsafeRawBufferPointer(rebasing: rest[header.totalSize...])
    }
  }
  return found
}

/// A clock that tests move.
final class MovableClock: Sendable {
  private let now: Atomic<Int64>

  init(milliseconds: Int64) { now = Atomic(milliseconds) }

  var milliseconds: Int64 { now.load(ordering: .relaxed) }
  var clock: Clock { Clock { [self] in milliseconds * 1_000 } }

  func advance(by milliseconds: Int64) { now.add(milliseconds, ordering: .relaxed) }
}

/// What a partition's files say of a segment, read without the engine.
struct SegmentFacts {
  var base: Int64
  var size: Int64
  /// The latest time that a batch claims; nil where there is no batch.
  var latest: Int64?

  /// The segments of a folder in order.
  static func all(_ folder: String, _ disk: any FileSystem) throws -> [SegmentFacts] {
    try disk.list(folder).filter { $0.hasSuffix(".log") }.map { name in
      let bytes = try disk.readAll(folder + "/" + name)
      return SegmentFacts(
        base: Int64(name.dropLast(4)) ?? -1, size: Int64(bytes.count),
        latest: try decode(bytes).map(\.header.maxTimestamp).max())
    }
  }
}

/// Two answers differ.
struct Mismatch: Error, CustomStringConvertible {
  var description: String
  init(_ description: String) { self.description = description }
}

/// Throws what is wrong where something is.
func require(_ holds: Bool, _ what: @autoclosure () -> String) throws {
  if !holds { throw Mismatch(what()) }
}
