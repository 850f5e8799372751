internal import Bytes

/// Where a batch begins: an entry of `.index`.
struct OffsetEntry: IndexEntry {
  static let size = 8
  static let waiting = 511
  /// The last offset of the batch at `position`, less the segment's base offset.
  var relativeOffset: Int32
  var position: Int32

  init(relativeOffset: Int32, position: Int32) {
    self.relativeOffset = relativeOffset
    self.position = position
  }

  init(_ bytes: inout ByteReader) throws(ByteError) {
    relativeOffset = try bytes.integer()
    position = try bytes.integer()
  }

  func write(to bytes: inout ByteBuffer) {
    bytes.append(bigEndian: relativeOffset)
    bytes.append(bigEndian: position)
  }
}

/// The latest time so far: an entry of `.timeindex`.
struct TimeEntry: IndexEntry {
  static let size = 12
  static let waiting = 511
  /// Milliseconds since 1970; no record up to `relativeOffset` is later.
  var timestamp: Int64
  /// The last offset of the batch that has this time, less the segment's base offset.
  var relativeOffset: Int32

  init(timestamp: Int64, relativeOffset: Int32) {
    self.timestamp = timestamp
    self.relativeOffset = relativeOffset
  }

  init(_ bytes: inout ByteReader) throws(ByteError) {
    timestamp = try bytes.integer()
    relativeOffset = try bytes.integer()
  }

  func write(to bytes: inout ByteBuffer) {
    bytes.append(bigEndian: timestamp)
    bytes.append(bigEndian: relativeOffset)
  }
}

/// A transaction that was aborted: an entry of `.txnindex`.
package struct AbortedTransaction: IndexEntry, Hashable {
  static let size = 34
  /// None: whoever reads beside the process that writes, or behind its end, goes by the file.
  static let waiting = 0
  package var producerID: Int64
  package var firstOffset: Int64
  /// The offset of the marker that ends it.
  package var lastOffset: Int64
  /// The last stable offset once it was ended.
  package var lastStableOffset: Int64

  init(producerID: Int64, firstOffset: Int64, lastOffset: Int64, lastStableOffset: Int64) {
    self.producerID = producerID
    self.firstOffset = firstOffset
    self.lastOffset = lastOffset
    self.lastStableOffset = lastStableOffset
  }

  init(_ bytes: inout ByteReader) throws(ByteError) {
    _ = try bytes.integer(Int16.self)
    producerID = try bytes.integer()
    firstOffset = try bytes.integer()
    lastOffset = try bytes.integer()
    lastStableOffset = try bytes.integer()
  }

  func write(to bytes: inout ByteBuffer) {
    bytes.append(bigEndian: Int16(0))
    bytes.append(bigEndian: producerID)
    bytes.append(bigEndian: firstOffset)
    bytes.append(bigEndian: lastOffset)
    bytes.append(bigEndian: lastStableOffset)
  }
}
