package import Machine
internal import Synchronization

/// The machine's own disk, whose syncs of logs are counted, or left out where what they wait for
/// does not matter.
package final class WatchedDisk: FileSystem {
  private let below = LocalDisk()
  private let isSyncing: Bool
  private let written = Atomic<Int64>(0)
  private let synced = Atomic<Int64>(0)
  private let count = Atomic(0)

  /// Without syncing, a crash of the machine would lose everything; one of the process nothing.
  package init(syncing: Bool = true) { isSyncing = syncing }

  /// Syncs of `.log` files so far.
  package var syncs: Int { count.load(ordering: .sequentiallyConsistent) }
  /// Where what was written to a `.log` file before its last sync ended.
  package var syncedBytes: Int64 { synced.load(ordering: .sequentiallyConsistent) }

  package func open(_ path: String, _ mode: OpenMode) throws(IOFailure) -> any File {
    WatchedFile(try below.open(path, mode), self)
  }

  package func list(_ directory: String) throws(IOFailure) -> [String] {
    try below.list(directory)
  }

  package func createDirectory(_ path: String) throws(IOFailure) {
    try below.createDirectory(path)
  }

  package func exists(_ path: String) -> Bool { below.exists(path) }

  package func isDirectory(_ path: String) -> Bool { below.isDirectory(path) }

  package func rename(_ from: String, to: String) throws(IOFailure) {
    try below.rename(from, to: to)
  }

  package func remove(_ path: String) throws(IOFailure) { try below.remove(path) }

  package func syncDirectory(_ path: String) throws(IOFailure) {
    if isSyncing { try below.syncDirectory(path) }
  }

  private final class WatchedFile: File {
    private let below: any File
    private let disk: WatchedDisk
    private let isLog: Bool

    init(_ below: any File, _ disk: WatchedDisk) {
      self.below = below
      self.disk = disk
      isLog = below.path.hasSuffix(".log")
    }

    var path: String { below.path }
    var descriptor: Int32? { below.descriptor }

    func size() throws(IOFailure) -> Int64 { try below.size() }

    func read(
      into buffer: UnsafeMutableRawBufferPointer, at position: Int64
    ) throws(IOFailure) -> Int { try below.read(into: buffer, at: position) }

    func write(_ bytes: UnsafeRawBufferPointer, at position: Int64) throws(IOFailure) {
      try below.write(bytes, at: position)
      if isLog {
        disk.written.store(position + Int64(bytes.count), ordering: .sequentiallyConsistent)
      }
    }

    func truncate(to size: Int64) throws(IOFailure) { try below.truncate(to: size) }

    func reserve(_ bytes: Int64, at position: Int64) { below.reserve(bytes, at: position) }

    func sync() throws(IOFailure) {
      guard disk.isSyncing else { return }
      let covered = disk.written.load(ordering: .sequentiallyConsistent)
      try below.sync()
      guard isLog else { return }
      disk.synced.max(covered, ordering: .sequentiallyConsistent)
      disk.count.add(1, ordering: .sequentiallyConsistent)
    }
  }
}
