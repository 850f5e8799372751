internal import Bytes

/// Gathers records into one batch in the form that the log keeps (see FORMAT.md).
///
/// Reusable: `reset()` keeps the memory. Offsets are assigned by the log when it appends.
package struct RecordBatchBuilder: ~Copyable, Sendable {
  // Generous bounds for the numbers around a record's and a header's own bytes.
  private static let recordOverhead = 64
  private static let headerOverhead = 20

  private var bytes: ByteBuffer
  private var body: ByteBuffer
  private var headerBytes: ByteBuffer
  private var baseTimestamp: Int64 = 0
  private var maxTimestamp: Int64 = 0
  /// How many records were added.
  package private(set) var count: Int32 = 0

  package init(capacity: Int = 1 << 16) {
    bytes = ByteBuffer(capacity: capacity)
    body = ByteBuffer(capacity: 256)
    headerBytes = ByteBuffer(capacity: 256)
    reset()
  }

  /// The batch's size in bytes so far.
  package var size: Int { bytes.count }

  /// Forgets all records; keeps the memory.
  package mutating func reset() {
    bytes.removeAll()
    bytes.append([UInt8](repeating: 0, count: RecordBatchHeader.size))
    count = 0
  }

  /// Adds a record; `timestamp` in milliseconds since 1970. Thrown: `tooLarge` where the batch
  /// would grow past the limit (it keeps the records it has), `malformed` for too many headers.
  package mutating func append(
    timestamp: Int64, key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?,
    headers: [RecordHeader] = []
  ) throws(RecordError) {
    var largest = bytes.count + (key?.count ?? 0) + (value?.count ?? 0) + Self.recordOverhead
    for header in headers {
      largest += header.name.utf8.count + (header.value?.count ?? 0) + Self.headerOverhead
    }
    guard largest <= Limits.batchBytes else {
      throw .tooLarge(bytes: largest, limit: Limits.batchBytes)
    }
    guard headers.count <= Limits.headers else {
      throw .malformed("\(headers.count) headers, more than \(Limits.headers)")
    }
    if count == 0 {
      baseTimestamp = timestamp
      maxTimestamp = timestamp
    }
    maxTimestamp = max(maxTimestamp, timestamp)
    body.removeAll()
    body.append(0)
    // Wraps round, as the reader does, where two times lie further apart than an Int64 tells.
    body.append(zigzag: timestamp &- baseTimestamp)
    body.append(zigzag: Int64(count))
    Self.append(key, to: &body)
    body.append(zigzag: Int64(value?.count ?? -1))
    let tail = value?.count ?? 0
    headerBytes.removeAll()
    headerBytes.append(zigzag: Int64(headers.count))
    for header in headers {
      Self.append(Array(header.name.utf8), to: &headerBytes)
      Self.append(header.value, to: &headerBytes)
    }
    bytes.append(zigzag: Int64(body.count + tail + headerBytes.count))
    body.withBytes { bytes.append($0) }
    if let value { bytes.append(value) }
    headerBytes.withBytes { bytes.append($0) }
    count += 1
  }

  /// Fills in the header and lets `body` have the finished batch. Base offset and leader epoch are
  /// 0: the log assigns them, as they lie outside the checksum. `producer` marks the batch as the
  /// work of one producer, who can find it again; -1 for none.
  package mutating func finish<Result, Failure: Error>(
    producer: Int64 = -1, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    bytes.set(bigEndian: Int32(bytes.count - RecordBatchHeader.lengthPrefix), at: 8)
    bytes.set(bigEndian: Int8(2), at: 16)
    bytes.set(bigEndian: max(count - 1, 0), at: 23)
    bytes.set(bigEndian: baseTimestamp, at: 27)
    bytes.set(bigEndian: maxTimestamp, at: 35)
    bytes.set(bigEndian: producer, at: 43)
    bytes.set(bigEndian: Int16(-1), at: 51)
    bytes.set(bigEndian: Int32(-1), at: 53)
    bytes.set(bigEndian: count, at: 57)
    let checksum = bytes.withBytes { CRC32C.checksum(UnsafeRawBufferPointer(rebasing: $0[21...])) }
    bytes.set(bigEndian: checksum, at: 17)
    return try bytes.withBytes(body)
  }

  private static func append(_ run: UnsafeRawBufferPointer?, to buffer: inout ByteBuffer) {
    buffer.append(zigzag: Int64(run?.count ?? -1))
    if let run { buffer.append(run) }
  }

  private static func append(_ run: [UInt8]?, to buffer: inout ByteBuffer) {
    buffer.append(zigzag: Int64(run?.count ?? -1))
    if let run { buffer.append(run) }
  }
}
