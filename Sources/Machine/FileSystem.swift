/// The door to the disk. Engines receive one and open files only through it, so that tests can put
/// a simulated disk in its place and fail or freeze it at any write.
package protocol FileSystem: Sendable {
  /// Opens a file. Thrown: `IOFailure`.
  func open(_ path: String, _ mode: OpenMode) throws(IOFailure) -> any File
  /// The names in a directory, sorted, without `.` and `..`.
  func list(_ directory: String) throws(IOFailure) -> [String]
  /// Creates a directory (mode 0700) and the missing ones above it; an existing one is fine.
  func createDirectory(_ path: String) throws(IOFailure)
  /// Whether there is a file or directory that this process can see.
  func exists(_ path: String) -> Bool
  /// Whether there is a directory; false for all else.
  func isDirectory(_ path: String) -> Bool
  /// Renames, replacing what was at `to`; atomic, durable after `syncDirectory`.
  func rename(_ from: String, to: String) throws(IOFailure)
  /// Removes a file, or a directory with all that is in it.
  func remove(_ path: String) throws(IOFailure)
  /// Makes creations, renames and removals in a directory durable.
  func syncDirectory(_ path: String) throws(IOFailure)
}

/// How a file is opened.
package enum OpenMode: Sendable {
  /// For reading; it must exist.
  case read
  /// For reading; it must exist and be a plain file. A pipe or a device is refused, not waited for.
  case readPlain
  /// For reading and writing; created with mode 0600 where it is missing.
  case readWrite
}

/// An open file with positioned reads and writes. Reads may run beside a write; writes are the
/// caller's to order. Closed when the last reference goes.
package protocol File: AnyObject, Sendable {
  /// The path it was opened by, for messages.
  var path: String { get }
  /// The system's descriptor, for handing bytes on without copying them; nil where there is none.
  /// It belongs to the file: use it only while the file is held, and close it never.
  var descriptor: Int32? { get }
  /// The size in bytes.
  func size() throws(IOFailure) -> Int64
  /// Reads up to `buffer.count` bytes from `position`; fewer only at the end of the file.
  func read(into buffer: UnsafeMutableRawBufferPointer, at position: Int64) throws(IOFailure) -> Int
  /// Writes all of `bytes` at `position`.
  func write(_ bytes: UnsafeRawBufferPointer, at position: Int64) throws(IOFailure)
  /// Makes the file `size` bytes long: cuts it, or adds zeros.
  func truncate(to size: Int64) throws(IOFailure)
  /// Asks the disk to set room aside for writes behind the end, which makes them faster; the size
  /// stays. A hint: nothing is wrong where it is not heard. `truncate` gives back what is unused.
  func reserve(_ bytes: Int64, at position: Int64)
  /// Returns when everything written is on the disk (`fdatasync`; `F_FULLFSYNC` on macOS).
  func sync() throws(IOFailure)
}

extension FileSystem {
  /// The whole of a small file.
  package func readAll(
    _ path: String, _ mode: OpenMode = .read, limit: Int = 64 << 20
  ) throws(IOFailure) -> [UInt8] {
    let file = try open(path, mode)
    let size = min(Int(try file.size()), limit)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)
    defer { buffer.deallocate() }
    let read = try file.read(into: buffer, at: 0)
    return [UInt8](buffer.prefix(read))
  }

  /// Creates a directory and the missing ones above it so that they are there after a crash.
  package func createDurableDirectory(_ path: String) throws(IOFailure) {
    let parent = Path.parent(of: path)
    guard !exists(path), parent != path else { return try createDirectory(path) }
    try createDurableDirectory(parent)
    try createDirectory(path)
    try syncDirectory(parent)
  }

  /// Replaces a small file's content so that after a crash it is the old or the new, never a mix:
  /// written beside, synced, renamed, directory synced.
  package func replace(_ path: String, with bytes: [UInt8]) throws(IOFailure) {
    let beside = path + ".tmp"
    let file = try open(beside, .readWrite)
    try file.truncate(to: 0)
    try file.write(bytes, at: 0)
    try file.sync()
    try rename(beside, to: path)
    try syncDirectory(Path.parent(of: path))
  }
}

extension File {
  /// None: a file that only the program knows.
  package var descriptor: Int32? { nil }

  /// Passes over the hint.
  package func reserve(_ bytes: Int64, at position: Int64) {}

  /// Writes all of an array at `position`.
  package func write(_ bytes: [UInt8], at position: Int64) throws(IOFailure) {
    try bytes.withUnsafeBytes { buffer in
      Result { () throws(IOFailure) in try write(buffer, at: position) }
    }.get()
  }
}

/// Paths as plain strings, joined and cut.
package enum Path {
  /// `directory/name`.
  package static func join(_ directory: String, _ name: String) -> String {
    directory.hasSuffix("/") ? directory + name : directory + "/" + name
  }

  /// All before the last slash; `.` where there is none.
  package static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// The same place without slashes at its end.
  package static func withoutTrailingSlashes(_ path: String) -> String {
    let end = path.lastIndex { $0 != "/" } ?? path.startIndex
    return path.isEmpty ? path : String(path[...end])
  }

  /// All after the last slash.
  package static func name(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return path }
    return String(path[path.index(after: slash)...])
  }
}
