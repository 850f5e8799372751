import Machine
import Synchronization

/// The machine's disk, counting the syncs of files.
final class CountingDisk: FileSystem {
  private let disk = LocalDisk()
  private let count = Atomic<Int>(0)

  /// Syncs so far.
  var syncs: Int { count.load(ordering: .relaxed) }

  func open(_ path: String, _ mode: OpenMode) throws(IOFailure) -> any File {
    CountingFile(try disk.open(path, mode), self)
  }

  func list(_ directory: String) throws(IOFailure) -> [String] { try disk.list(directory) }
  func createDirectory(_ path: String) throws(IOFailure) { try disk.createDirectory(path) }
  func exists(_ path: String) -> Bool { disk.exists(path) }
  func isDirectory(_ path: String) -> Bool { disk.isDirectory(path) }
  func rename(_ from: String, to: String) throws(IOFailure) { try disk.rename(from, to: to) }
  func remove(_ path: String) throws(IOFailure) { try disk.remove(path) }
  func syncDirectory(_ path: String) throws(IOFailure) { try disk.syncDirectory(path) }

  private final class CountingFile: File {
    private let file: any File
    private let owner: CountingDisk

    init(_ file: any File, _ owner: CountingDisk) {
      self.file = file
      self.owner = owner
    }

    var path: String { file.path }
    func size() throws(IOFailure) -> Int64 { try file.size() }
    func read(
      into buffer: UnsafeMutableRawBufferPointer, at position: Int64
    ) throws(IOFailure) -> Int { try file.read(into: buffer, at: position) }
    func write(_ bytes: UnsafeRawBufferPointer, at position: Int64) throws(IOFailure) {
      try file.write(bytes, at: position)
    }
    func truncate(to size: Int64) throws(IOFailure) { try file.truncate(to: size) }
    func reserve(_ bytes: Int64, at position: Int64) { file.reserve(bytes, at: position) }
    func sync() throws(IOFailure) {
      owner.count.add(1, ordering: .relaxed)
      try file.sync()
    }
  }
}
