package import Machine
internal import Synchronization

/// The machine's own disk, of whose writes to logs some fail, having written a part; and the n-th
/// sync of a log, from where on no sync succeeds.
package final class FailingDisk: FileSystem {
  private let below = LocalDisk()
  private let random: Mutex<SeededRandom>
  private let share: Double
  private let shareOfCuts: Double
  private let syncsLeft: Atomic<Int>
  private let isFailing = Atomic(false)
  private let tried = Atomic(0)
  private let refused = Atomic(0)

  /// `share` of the writes fail, from 0 to 1, and `shareOfCuts` of the times that a file is cut.
  package init(
    share: Double, shareOfCuts: Double = 0, syncsUntilFailure: Int = .max, seed: UInt64
  ) {
    self.share = share
    self.shareOfCuts = shareOfCuts
    syncsLeft = Atomic(syncsUntilFailure)
    random = Mutex(SeededRandom(seed: seed))
  }

  /// Writes to `.log` files so far, and how many of them failed.
  package var writes: (all: Int, failed: Int) {
    (tried.load(ordering: .relaxed), refused.load(ordering: .relaxed))
  }

  /// Lets the faults begin, or ends them.
  package func fail(_ isFailing: Bool) { self.isFailing.store(isFailing, ordering: .releasing) }

  package func open(_ path: String, _ mode: OpenMode) throws(IOFailure) -> any File {
    FailingFile(try below.open(path, mode), self)
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

  package func syncDirectory(_ path: String) throws(IOFailure) { try below.syncDirectory(path) }

  /// How many of `count` bytes are written before the write fails; nil where it does not.
  private func bytesBeforeFailure(_ count: Int) -> Int? {
    tried.add(1, ordering: .relaxed)
    guard isFailing.load(ordering: .acquiring) else { return nil }
    let part = random.withLock { random in
      Double.random(in: 0..<1, using: &random) < share
        ? Int.random(in: 0..<max(count, 1), using: &random) : nil
    }
    if part != nil { refused.add(1, ordering: .relaxed) }
    return part
  }

  private var failsToCut: Bool {
    guard isFailing.load(ordering: .acquiring) else { return false }
    return random.withLock { random in Double.random(in: 0..<1, using: &random) < shareOfCuts }
  }

  private var failsToSync: Bool {
    isFailing.load(ordering: .acquiring)
      && syncsLeft.subtract(1, ordering: .relaxed).newValue < 0
  }

  private final class FailingFile: File {
    private let below: any File
    private let disk: FailingDisk
    private let isLog: Bool

    init(_ below: any File, _ disk: FailingDisk) {
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
      if isLog, let part = disk.bytesBeforeFailure(bytes.count) {
        try below.write(UnsafeRawBufferPointer(rebasing: bytes[..<part]), at: position)
        throw IOFailure("write", path, code: 28)
      }
      try below.write(bytes, at: position)
    }

    func truncate(to size: Int64) throws(IOFailure) {
      if isLog, disk.failsToCut { throw IOFailure("truncate", path, code: 5) }
      try below.truncate(to: size)
    }

    func reserve(_ bytes: Int64, at position: Int64) { below.reserve(bytes, at: position) }

    func sync() throws(IOFailure) {
      if isLog, disk.failsToSync { throw IOFailure("sync", path, code: 5) }
      try below.sync()
    }
  }
}
