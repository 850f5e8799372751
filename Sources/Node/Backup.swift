internal import CommitLog
internal import Machine
internal import SupportDesk
internal import Tables

/// A copy of a data directory, made while another process may write to it. To restore it is to use
/// it as a data directory.
///
/// The tables are copied before the log: the offsets that they name are in the log that is copied
/// then. The copy is made under another name beside its place, synced, and renamed once it is
/// whole.
package struct Backup: Sendable {
  package private(set) var tableBytes: Int64 = 0
  package private(set) var logBytes: Int64 = 0
  package private(set) var partitions = 0
  package private(set) var models = 0

  /// What is being copied, and how many bytes of how many are done, where that is known.
  package enum Progress: Sendable {
    case tables(done: Int64, total: Int64)
    case log(done: Int64)
  }

  /// Why there is no backup.
  package enum Refusal: Error, CustomStringConvertible {
    case notEmpty(String)
    case inside(String)
    case beingMade(String, by: String)

    package var description: String {
      switch self {
      case .notEmpty(let path):
        "\(path) is not empty; name a folder that is, or one that does not exist"
      case .inside(let path): "\(path) lies in the data directory; name a folder outside"
      case .beingMade(let path, let holder): "a backup to \(path) is being made by \(holder)"
      }
    }
  }

  /// Copies `source` to `target`.
  package init(
    of source: DataDirectory, to target: String, _ configuration: Configuration,
    progress: @escaping @Sendable (Progress) -> Void = { _ in }
  ) throws {
    let disk = LocalDisk()
    try Self.check(target, outside: source.path, disk)
    let draft = target + ".unfinished"
    if let holder = DirectoryLock.holder(of: Path.join(draft, DataDirectory.lockName)) {
      throw Refusal.beingMade(target, by: holder)
    }
    if disk.exists(draft) { try disk.remove(draft) }
    try disk.createDurableDirectory(draft)
    do {
      let lock = try DirectoryLock(
        Path.join(draft, DataDirectory.lockName), purpose: "grouse backup")
      try withExtendedLifetime(lock) {
        try copy(source, to: draft, configuration, progress)
        try disk.syncDirectory(draft)
        try disk.rename(draft, to: target)
      }
      try disk.syncDirectory(Path.parent(of: target))
    } catch {
      try? disk.remove(draft)
      throw error
    }
  }

  private static func check(
    _ target: String, outside source: String, _ disk: LocalDisk
  ) throws {
    let isEmpty = try !disk.exists(target) || disk.isDirectory(target) && disk.list(target).isEmpty
    guard isEmpty else { throw Refusal.notEmpty(target) }
    let place = disk.resolved(target)
    if place == disk.resolved(source) || place.hasPrefix(disk.resolved(source) + "/") {
      throw Refusal.inside(target)
    }
  }

  private mutating func copy(
    _ source: DataDirectory, to draft: String, _ configuration: Configuration,
    _ progress: @escaping @Sendable (Progress) -> Void
  ) throws {
    try copyTables(source, to: Path.join(draft, DataDirectory.tablesName), progress)
    let log = try LogCopy(
      of: source.logPath, to: Path.join(draft, DataDirectory.logName),
      configuration: configuration.log
    ) { progress(.log(done: $0)) }
    logBytes = log.bytes
    partitions = log.partitions
    models = try source.models.copy(to: DataDirectory.registry(in: draft))
    let format = Path.join(source.path, DataDirectory.formatName)
    if LocalDisk().exists(format) {
      try LocalDisk().copy(format, to: Path.join(draft, DataDirectory.formatName))
    }
  }

  private mutating func copyTables(
    _ source: DataDirectory, to target: String,
    _ progress: @escaping @Sendable (Progress) -> Void
  ) throws {
    guard let tables = try source.readTables() else { return }
    let file = Path.join(target, Tables.fileName)
    try FileGrowth.watch(file) { done in
      progress(.tables(done: done, total: Int64(tables.usedBytes)))
    } during: {
      try tables.copy(to: target)
    }
    tableBytes = try LocalDisk().open(file, .read).size()
  }
}
