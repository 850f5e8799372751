internal import Bytes
internal import Machine
internal import Synchronization

/// An entry of fixed size in one of a segment's indexes.
protocol IndexEntry: Equatable, Sendable {
  static var size: Int { get }
  /// How many entries may wait in memory until they reach the file.
  static var waiting: Int { get }
  /// Reads an entry from `size` bytes, whatever they are.
  init(_ bytes: inout ByteReader) throws(ByteError)
  func write(to bytes: inout ByteBuffer)
}

/// A file of entries that only grows (see FORMAT.md). The newest entries may wait in memory, a few
/// kilobytes at most, and reach the file together.
///
/// Nothing that the file says is believed: whoever looks an entry up compares it with the log. Any
/// thread may look up while one appends.
final class IndexFile<Entry: IndexEntry>: Sendable {
  let path: String
  private let disk: any FileSystem
  private let isWritable: Bool
  private let state: Mutex<State>

  private struct State {
    /// Nil where there is no file yet, or none that can be read.
    var file: (any File)?
    /// Entries in the file.
    var written: Int
    /// Entries behind those.
    var tail: [Entry] = []
    /// A sync failed: the system has forgotten that it was to write what is in the file.
    var needsRewrite = false
  }

  /// What opening found.
  enum Condition {
    case sound
    /// There is no file.
    case missing
    /// The length is no multiple of an entry's.
    case torn
  }

  /// Opens the index at `path`. For writing it is made where it is missing: at once, or with its
  /// first entry where it `isOptional`.
  static func open(
    _ path: String, _ disk: any FileSystem, writing: Bool, isOptional: Bool = false
  ) throws(IOFailure) -> (index: IndexFile, condition: Condition) {
    guard disk.exists(path) else {
      let file = writing && !isOptional ? try disk.open(path, .readWrite) : nil
      return (IndexFile(path, disk, writing, State(file: file, written: 0)), .missing)
    }
    let file = try disk.open(path, writing ? .readWrite : .read)
    let size = Int(try file.size())
    let count = size / Entry.size
    let isTorn = size % Entry.size != 0
    if isTorn, writing { try file.truncate(to: Int64(count * Entry.size)) }
    let index = IndexFile(path, disk, writing, State(file: file, written: count))
    return (index, isTorn ? .torn : .sound)
  }

  private init(_ path: String, _ disk: any FileSystem, _ isWritable: Bool, _ state: State) {
    self.path = path
    self.disk = disk
    self.isWritable = isWritable
    self.state = Mutex(state)
  }

  /// Makes the file, empty, where it is missing.
  func create() throws(IOFailure) {
    try state.withLock { state throws(IOFailure) in
      let file = try opened(&state)
      try file.truncate(to: 0)
      state.written = 0
      state.tail = []
    }
  }

  /// How many entries there are.
  var count: Int { state.withLock { $0.written + $0.tail.count } }

  /// Adds an entry. Where the disk does not take it now it waits, and `sync` says why.
  func append(_ entry: Entry) {
    state.withLock { state in
      state.tail.append(entry)
      if state.tail.count > Entry.waiting { try? flush(&state) }
    }
  }

  /// Hands all entries to the system.
  func flush() throws(IOFailure) {
    try state.withLock { state throws(IOFailure) in try flush(&state) }
  }

  /// Makes all entries durable. After a failure everything is written once more.
  func sync() throws(IOFailure) {
    let file = try state.withLock { state throws(IOFailure) in
      try flush(&state)
      if state.needsRewrite, let file = state.file {
        try Self.copy(file, bytes: state.written * Entry.size)
      }
      return state.file
    }
    guard isWritable, let file else { return }
    do throws(IOFailure) {
      try file.sync()
    } catch {
      state.withLock { $0.needsRewrite = true }
      throw error
    }
    state.withLock { $0.needsRewrite = false }
  }

  private static func copy(_ file: any File, bytes count: Int) throws(IOFailure) {
    var bytes = ByteBuffer(capacity: count)
    _ = try bytes.fill(upTo: count) { room throws(IOFailure) in try file.read(into: room, at: 0) }
    try bytes.withBytes { bytes throws(IOFailure) in try file.write(bytes, at: 0) }
  }

  /// Replaces everything: in the file, or in memory alone where that may not be written.
  func rewrite(_ fresh: [Entry]) throws(IOFailure) {
    try state.withLock { state throws(IOFailure) in
      if isWritable { try opened(&state).truncate(to: 0) } else { state.file = nil }
      state.written = 0
      state.tail = fresh
      try flush(&state)
    }
  }

  /// Forgets the entries behind the first `count`: in the file, or in memory alone where that may
  /// not be written.
  func truncate(to count: Int) throws(IOFailure) {
    try state.withLock { state throws(IOFailure) in
      if count >= state.written {
        state.tail.removeLast(max(state.written + state.tail.count - count, 0))
      } else {
        state.tail = []
        if isWritable { try state.file?.truncate(to: Int64(count * Entry.size)) }
        state.written = count
      }
    }
  }

  private func opened(_ state: inout State) throws(IOFailure) -> any File {
    if let file = state.file { return file }
    let file = try disk.open(path, .readWrite)
    state.file = file
    return file
  }

  private func flush(_ state: inout State) throws(IOFailure) {
    guard isWritable, !state.tail.isEmpty else { return }
    var bytes = ByteBuffer(capacity: state.tail.count * Entry.size)
    for entry in state.tail { entry.write(to: &bytes) }
    let file = try opened(&state)
    try bytes.withBytes { bytes throws(IOFailure) in
      try file.write(bytes, at: Int64(state.written * Entry.size))
    }
    state.written += state.tail.count
    state.tail.removeAll(keepingCapacity: true)
  }

  /// The last entry.
  func last() throws(IOFailure) -> Entry? { try last { _ in true } }

  /// The last of the entries at the beginning for which `holds`, found by halving: `holds` must be
  /// true up to some entry and false from there on, as entries rise.
  func last(where holds: (Entry) -> Bool) throws(IOFailure) -> Entry? {
    let (file, written, tail) = state.withLock { ($0.file, $0.written, $0.tail) }
    if let first = tail.first, holds(first) {
      let count = try Self.prefix(tail.count) { index throws(IOFailure) in holds(tail[index]) }
      return tail[count - 1]
    }
    guard let file, written > 0 else { return nil }
    let count = try Self.prefix(written) { index throws(IOFailure) in
      try Self.read(file, index).map(holds) ?? false
    }
    return count == 0 ? nil : try Self.read(file, count - 1)
  }

  /// How many of the entries at the beginning hold; see `last(where:)`.
  func count(where holds: (Entry) -> Bool) throws(IOFailure) -> Int {
    let (file, written, tail) = state.withLock { ($0.file, $0.written, $0.tail) }
    if let first = tail.first, holds(first) {
      return try written
        + Self.prefix(tail.count) { index throws(IOFailure) in holds(tail[index]) }
    }
    guard let file, written > 0 else { return 0 }
    return try Self.prefix(written) { index throws(IOFailure) in
      try Self.read(file, index).map(holds) ?? false
    }
  }

  /// All entries, for tools that look at every one.
  func all() throws(IOFailure) -> [Entry] {
    let (file, written, tail) = state.withLock { ($0.file, $0.written, $0.tail) }
    guard let file, written > 0 else { return tail }
    var bytes = ByteBuffer(capacity: written * Entry.size)
    _ = try bytes.fill(upTo: written * Entry.size) { room throws(IOFailure) in
      try file.read(into: room, at: 0)
    }
    return bytes.withBytes { bytes in
      var reader = ByteReader(bytes)
      var entries: [Entry] = []
      while reader.remaining >= Entry.size, let entry = try? Entry(&reader) {
        entries.append(entry)
      }
      return entries + tail
    }
  }

  /// How many of `count` indices from 0 on hold.
  private static func prefix(
    _ count: Int, _ holds: (Int) throws(IOFailure) -> Bool
  ) throws(IOFailure) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if try holds(middle) { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private static func read(_ file: any File, _ index: Int) throws(IOFailure) -> Entry? {
    try withUnsafeTemporaryAllocation(byteCount: Entry.size, alignment: 8) { buffer in
      Result { () throws(IOFailure) -> Entry? in
        let count = try file.read(into: buffer, at: Int64(index * Entry.size))
        var reader = ByteReader(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        return try? Entry(&reader)
      }
    }.get()
  }
}
