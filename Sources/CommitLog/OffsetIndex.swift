internal import Bytes
internal import Machine
internal import Synchronization

/// A segment's sparse index from offsets to positions (see FORMAT.md). Any thread may look up
/// while one appends.
final class OffsetIndex: Sendable {
  struct Entry: Equatable {
    /// The last offset of the batch at `position`, less the segment's base offset.
    var relativeOffset: Int32
    var position: Int32
  }

  static let entrySize = 8

  private let file: (any File)?
  private let entries: Mutex<[Entry]>

  /// An index kept in `file`, or in memory only.
  init(file: (any File)?, entries: [Entry] = []) {
    self.file = file
    self.entries = Mutex(entries)
  }

  /// The entries in `file`, or nil where they cannot be those of a log of `logSize` bytes.
  static func load(_ file: any File, logSize: Int64) throws(IOFailure) -> [Entry]? {
    let size = Int(try file.size())
    guard size % entrySize == 0 else { return nil }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 8)
    defer { buffer.deallocate() }
    guard try file.read(into: buffer, at: 0) == size else { return nil }
    var entries: [Entry] = []
    var reader = ByteReader(UnsafeRawBufferPointer(buffer))
    while let offset = try? reader.integer(Int32.self),
      let position = try? reader.integer(Int32.self)
    {
      let last = entries.last ?? Entry(relativeOffset: -1, position: -1)
      guard offset > last.relativeOffset, position > last.position, position < logSize else {
        return nil
      }
      entries.append(Entry(relativeOffset: offset, position: position))
    }
    return entries
  }

  /// Adds an entry at the end.
  func append(_ entry: Entry) throws(IOFailure) {
    let count = entries.withLock { $0.count }
    if let file {
      var bytes = ByteBuffer(capacity: Self.entrySize)
      bytes.append(bigEndian: entry.relativeOffset)
      bytes.append(bigEndian: entry.position)
      try file.write(bytes.toArray(), at: Int64(count * Self.entrySize))
    }
    entries.withLock { $0.append(entry) }
  }

  /// Replaces everything, in memory and in the file.
  func rewrite(_ fresh: [Entry]) throws(IOFailure) {
    if let file {
      var bytes = ByteBuffer(capacity: fresh.count * Self.entrySize)
      for entry in fresh {
        bytes.append(bigEndian: entry.relativeOffset)
        bytes.append(bigEndian: entry.position)
      }
      try file.truncate(to: 0)
      try file.write(bytes.toArray(), at: 0)
    }
    entries.withLock { $0 = fresh }
  }

  func sync() throws(IOFailure) { try file?.sync() }

  var all: [Entry] { entries.withLock { $0 } }

  /// The last entry whose batch ends before `relativeOffset`.
  func entry(before relativeOffset: Int64) -> Entry? {
    entries.withLock { entries in
      var low = 0
      var high = entries.count
      while low < high {
        let middle = (low + high) / 2
        if Int64(entries[middle].relativeOffset) < relativeOffset {
          low = middle + 1
        } else {
          high = middle
        }
      }
      return low == 0 ? nil : entries[low - 1]
    }
  }
}
