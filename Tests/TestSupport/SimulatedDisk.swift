package import Machine
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A disk in memory that can crash, fill up, and fail at any operation.
///
/// Writes are durable after the file's sync, names after `syncDirectory`. A sync that fails loses
/// what it was to write for good, as Linux does: the next sync succeeds and writes nothing of it.
package final class SimulatedDisk: FileSystem {
  /// An operation that is to fail.
  package struct Fault: Sendable {
    /// Counted from 1 over all operations that can throw.
    package var operation: Int
    package var code: Int32
    /// Every later operation fails as well.
    package var isPersistent: Bool

    package init(operation: Int, code: Int32 = EIO, isPersistent: Bool = false) {
      self.operation = operation
      self.code = code
      self.isPersistent = isPersistent
    }
  }

  fileprivate struct State: Sendable {
    var image = DiskImage()
    var operations = 0
    var fault: Fault?
    var hasFailed = false
    var capacity: Int?
    var random: SeededRandom
    /// Counts the crashes: files opened before one are dead.
    var era = 0
  }

  private let state: Mutex<State>

  package init(seed: UInt64) { state = Mutex(State(random: SeededRandom(seed: seed))) }

  private init(_ copy: State) { state = Mutex(copy) }

  /// Another disk in the same state, with a chance of its own where a seed is given.
  package func copy(seed: UInt64? = nil) -> SimulatedDisk {
    var copy = state.withLock { $0 }
    if let seed { copy.random = SeededRandom(seed: seed) }
    return SimulatedDisk(copy)
  }

  /// Operations so far, or since `arm`.
  package var operations: Int { state.withLock { $0.operations } }
  /// The armed fault has struck.
  package var hasFailed: Bool { state.withLock { $0.hasFailed } }

  /// Counts operations from here and fails as told; nil: none.
  package func arm(_ fault: Fault?) {
    state.withLock {
      $0.fault = fault
      $0.operations = 0
      $0.hasFailed = false
    }
  }

  /// The bytes all files together may hold; nil: no limit.
  package func limit(to capacity: Int?) { state.withLock { $0.capacity = capacity } }

  /// The bytes in all files that have a name or are open.
  package var used: Int {
    state.withLock { $0.image.files.values.reduce(0) { $0 + $1.live.count } }
  }

  /// The machine stops. Files open before are dead; faults are disarmed.
  package func crash(_ tail: CrashTail) {
    state.withLock {
      $0.image.crash(tail, &$0.random)
      $0.era += 1
      $0.fault = nil
    }
  }

  /// The process ends without a word: the system still has everything that was written.
  package func endProcess() {
    state.withLock {
      $0.era += 1
      $0.fault = nil
    }
  }

  /// Runs an operation that may be told to fail; `failing` does then what remains of it.
  fileprivate func perform<Result>(
    _ operation: String, _ path: String,
    failing: (inout sending State) -> Void = { _ in },
    _ body: (inout sending State) throws(IOFailure) -> Result
  ) throws(IOFailure) -> Result {
    try state.withLock { state throws(IOFailure) in
      state.operations += 1
      if let fault = state.fault,
        fault.isPersistent
          ? state.operations >= fault.operation : state.operations == fault.operation
      {
        state.hasFailed = true
        failing(&state)
        throw IOFailure(operation, path, code: fault.code)
      }
      return try body(&state)
    }
  }

  package func open(_ path: String, _ mode: OpenMode) throws(IOFailure) -> any File {
    try perform("open", path) { state throws(IOFailure) in
      if let node = state.image.node(path) {
        guard state.image.files[node] != nil else { throw IOFailure("read", path, code: EISDIR) }
        return SimulatedFile(disk: self, path: path, node: node, era: state.era)
      }
      let parent = state.image.node(Path.parent(of: path))
      guard case .readWrite = mode, let parent, state.image.directories[parent] != nil else {
        throw IOFailure("open", path, code: ENOENT)
      }
      let node = state.image.makeFile()
      state.image.link([(Path.name(of: path), node)], in: parent)
      return SimulatedFile(disk: self, path: path, node: node, era: state.era)
    }
  }

  package func list(_ directory: String) throws(IOFailure) -> [String] {
    try perform("list", directory) { state throws(IOFailure) in
      guard let node = state.image.node(directory) else {
        throw IOFailure("list", directory, code: ENOENT)
      }
      guard let entries = state.image.directories[node]?.live else {
        throw IOFailure("list", directory, code: ENOTDIR)
      }
      return entries.keys.sorted()
    }
  }

  package func createDirectory(_ path: String) throws(IOFailure) {
    try perform("create directory", path) { state throws(IOFailure) in
      var node = 0
      for name in path.split(separator: "/") where name != "." {
        if let next = state.image.directories[node]?.live[String(name)] {
          node = next
        } else {
          let made = state.image.makeDirectory()
          state.image.link([(String(name), made)], in: node)
          node = made
        }
        guard state.image.directories[node] != nil else {
          throw IOFailure("create directory", path, code: ENOTDIR)
        }
      }
    }
  }

  package func exists(_ path: String) -> Bool { state.withLock { $0.image.node(path) != nil } }

  package func isDirectory(_ path: String) -> Bool {
    state.withLock { state in
      state.image.node(path).map { state.image.directories[$0] != nil } ?? false
    }
  }

  package func rename(_ from: String, to: String) throws(IOFailure) {
    try perform("rename", from) { state throws(IOFailure) in
      let image = state.image
      guard let node = image.node(from), let source = image.node(Path.parent(of: from)),
        let target = image.node(Path.parent(of: to)), image.directories[target] != nil
      else { throw IOFailure("rename", from, code: ENOENT) }
      if let old = image.node(to), let entries = image.directories[old]?.live, !entries.isEmpty {
        throw IOFailure("rename", from, code: ENOTEMPTY)
      }
      if source == target {
        state.image.link([(Path.name(of: from), nil), (Path.name(of: to), node)], in: source)
      } else {
        state.image.link([(Path.name(of: to), node)], in: target)
        state.image.link([(Path.name(of: from), nil)], in: source)
      }
    }
  }

  /// One operation a file, as on a real disk: a removal can end half-way.
  package func remove(_ path: String) throws(IOFailure) {
    if isDirectory(path) {
      for name in try list(path) { try remove(Path.join(path, name)) }
    }
    try perform("remove", path) { state throws(IOFailure) in
      guard state.image.node(path) != nil, let parent = state.image.node(Path.parent(of: path))
      else { throw IOFailure("remove", path, code: ENOENT) }
      state.image.link([(Path.name(of: path), nil)], in: parent)
    }
  }

  package func syncDirectory(_ path: String) throws(IOFailure) {
    try perform("sync", path) { state throws(IOFailure) in
      guard let node = state.image.node(path), state.image.directories[node] != nil else {
        throw IOFailure("open", path, code: ENOENT)
      }
      state.image.sync(directory: node)
    }
  }
}

private final class SimulatedFile: File {
  private let disk: SimulatedDisk
  let path: String
  private let node: Int
  private let era: Int

  init(disk: SimulatedDisk, path: String, node: Int, era: Int) {
    self.disk = disk
    self.path = path
    self.node = node
    self.era = era
  }

  private func perform<Result>(
    _ operation: String, failing: (inout sending SimulatedDisk.State) -> Void = { _ in },
    _ body: (inout sending SimulatedDisk.State) throws(IOFailure) -> Result
  ) throws(IOFailure) -> Result {
    try disk.perform(operation, path, failing: failing) { state throws(IOFailure) in
      guard state.era == era else { throw IOFailure(operation, path, code: EBADF) }
      return try body(&state)
    }
  }

  func size() throws(IOFailure) -> Int64 {
    try perform("look at") { state throws(IOFailure) in
      Int64(state.image.files[node]?.live.count ?? 0)
    }
  }

  func read(
    into buffer: UnsafeMutableRawBufferPointer, at position: Int64
  ) throws(IOFailure) -> Int {
    try perform("read") { state throws(IOFailure) in
      guard position >= 0 else { throw IOFailure("read", path, code: EINVAL) }
      let bytes = state.image.files[node]?.live ?? []
      let count = max(min(buffer.count, bytes.count - Int(position)), 0)
      if count > 0 {
        bytes.withUnsafeBytes {
          buffer.copyMemory(from: .init(rebasing: $0[Int(position)...].prefix(count)))
        }
      }
      return count
    }
  }

  func write(_ bytes: UnsafeRawBufferPointer, at position: Int64) throws(IOFailure) {
    let content = [UInt8](bytes)
    try perform(
      "write",
      failing: { state in
        let part = Int.random(in: 0...content.count, using: &state.random)
        state.image.change(node, .write(at: Int(position), Array(content.prefix(part))))
      },
      { state throws(IOFailure) in
        guard position >= 0 else { throw IOFailure("write", path, code: EINVAL) }
        let size = state.image.files[node]?.live.count ?? 0
        let growth = max(Int(position) + content.count - size, 0)
        let used = state.image.files.values.reduce(0) { $0 + $1.live.count }
        let excess = state.capacity.map { max(used + growth - $0, 0) } ?? 0
        let fitting = max(content.count - excess, 0)
        if growth == 0 || excess == 0 {
          state.image.change(node, .write(at: Int(position), content))
        } else {
          state.image.change(node, .write(at: Int(position), Array(content.prefix(fitting))))
          throw IOFailure("write", path, code: ENOSPC)
        }
      })
  }

  func truncate(to size: Int64) throws(IOFailure) {
    try perform("truncate") { state throws(IOFailure) in
      guard size >= 0 else { throw IOFailure("truncate", path, code: EINVAL) }
      state.image.change(node, .truncate(Int(size)))
    }
  }

  func sync() throws(IOFailure) {
    try perform(
      "sync", failing: { $0.image.failToSync(file: node, &$0.random) },
      { $0.image.sync(file: node) })
  }
}
