public import Bytes

/// Gathers records into one batch in the form that the log keeps (see FORMAT.md).
///
/// Reusable: `reset()` keeps the memory. `append` adds records, `seal` finishes the batch, and
/// `withBatch` lets one have it. Offsets are assigned by the log when it appends.
public struct RecordBatchBuilder: ~Copyable, Sendable {
  // The header's room, and the records behind it.
  @usableFromInline var bytes: ByteBuffer
  @usableFromInline var added: Int32 = 0
  @usableFromInline var lastOffsetDelta: Int32 = -1
  @usableFromInline var baseTimestamp: Int64?
  @usableFromInline var maxTimestamp: Int64 = .min
  // The batch that this one takes the place of.
  var original: RecordBatchHeader?
  var attributes: BatchAttributes = []

  private var headerBytes = ByteBuffer(capacity: 0)
  // The finished batch, where its records are compressed.
  var compressed = ByteBuffer(capacity: 0)
  var isCompressed = false
  var codecs = Codecs()

  /// An empty batch, with room for `capacity` bytes before its memory grows.
  public init(capacity: Int = 1 << 16) {
    bytes = ByteBuffer(capacity: capacity)
    reset()
  }

  /// How many records were added.
  @inlinable public var count: Int32 { added }
  /// The batch's size in bytes so far, uncompressed.
  @inlinable public var size: Int { bytes.count }

  /// Forgets all records; keeps the memory.
  public mutating func reset() {
    bytes.removeAll()
    bytes.append([UInt8](repeating: 0, count: RecordBatchHeader.size))
    added = 0
    lastOffsetDelta = -1
    baseTimestamp = nil
    maxTimestamp = .min
    original = nil
    attributes = []
    isCompressed = false
  }

  /// Adds a record without headers; `timestamp` in milliseconds since 1970. Thrown: `tooLarge`
  /// where the batch would grow past the limit; it keeps the records it has.
  @inlinable
  public mutating func append(
    timestamp: Int64, key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?
  ) throws(RecordError) {
    let none = UnsafeRawBufferPointer(start: nil, count: 0)
    try write(timestamp, key, value, none, 0, lastOffsetDelta &+ 1)
  }

  /// Adds a record whose headers are encoded already, as `Record` has them.
  @inlinable
  public mutating func append(
    timestamp: Int64, key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?,
    headerBytes: UnsafeRawBufferPointer, headerCount: Int
  ) throws(RecordError) {
    try write(timestamp, key, value, headerBytes, headerCount, lastOffsetDelta &+ 1)
  }

  /// Adds a record with headers. Thrown: `tooLarge`, and `malformed` for too many headers.
  public mutating func append(
    timestamp: Int64, key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?,
    headers: [RecordHeader]
  ) throws(RecordError) {
    guard headers.count <= Limits.headers else {
      throw .malformed("\(headers.count) headers, more than \(Limits.headers)")
    }
    headerBytes.removeAll()
    for header in headers {
      headerBytes.append(zigzag: Int64(header.name.utf8.count))
      headerBytes.append(utf8: header.name)
      headerBytes.append(zigzag: Int64(header.value?.count ?? -1))
      if let value = header.value { headerBytes.append(value) }
      guard headerBytes.count <= Limits.batchBytes else {
        throw .tooLarge(bytes: headerBytes.count, limit: Limits.batchBytes)
      }
    }
    // Nothing else touches the buffer meanwhile: its memory stays where it is.
    let encoded = headerBytes.withBytes { $0 }
    try write(timestamp, key, value, encoded, headers.count, lastOffsetDelta &+ 1)
  }

  /// Everything is counted first, room is made once, and then written with bare stores.
  @inlinable @inline(__always)
  mutating func write(
    _ timestamp: Int64, _ key: UnsafeRawBufferPointer?, _ value: UnsafeRawBufferPointer?,
    _ headerBytes: UnsafeRawBufferPointer, _ headerCount: Int, _ offsetDelta: Int32
  ) throws(RecordError) {
    // Wraps round, as the reader does, where two times lie further apart than an Int64 tells.
    let timeDelta = Varint.zigzag(timestamp &- (baseTimestamp ?? timestamp))
    let delta = Varint.zigzag(Int64(offsetDelta))
    let keyLength = Varint.zigzag(Int64(key?.count ?? -1))
    let valueLength = Varint.zigzag(Int64(value?.count ?? -1))
    let headers = Varint.zigzag(Int64(headerCount))
    let numbers =
      Varint.size(timeDelta) + Varint.size(delta) + Varint.size(keyLength)
      + Varint.size(valueLength) + Varint.size(headers)
    let length = 1 + numbers + (key?.count ?? 0) + (value?.count ?? 0) + headerBytes.count
    let prefix = Varint.zigzag(Int64(length))
    let size = Varint.size(prefix) + length
    guard bytes.count + size <= Limits.batchBytes else { throw tooLarge(size) }
    bytes.extend(by: size) { start in
      var place = start
      Varint.store(prefix, at: &place)
      place.storeBytes(of: 0, as: UInt8.self)
      place += 1
      Varint.store(timeDelta, at: &place)
      Varint.store(delta, at: &place)
      Varint.store(keyLength, at: &place)
      Self.store(key, at: &place)
      Varint.store(valueLength, at: &place)
      Self.store(value, at: &place)
      Varint.store(headers, at: &place)
      Self.store(headerBytes, at: &place)
    }
    if baseTimestamp == nil { baseTimestamp = timestamp }
    maxTimestamp = max(maxTimestamp, timestamp)
    lastOffsetDelta = offsetDelta
    added += 1
  }

  @inlinable @inline(__always)
  static func store(_ run: UnsafeRawBufferPointer?, at place: inout UnsafeMutableRawPointer) {
    guard let run, let start = run.baseAddress else { return }
    place.copyMemory(from: start, byteCount: run.count)
    place += run.count
  }

  @usableFromInline func tooLarge(_ record: Int) -> RecordError {
    .tooLarge(bytes: bytes.count + record, limit: Limits.batchBytes)
  }
}
