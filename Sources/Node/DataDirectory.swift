internal import Bytes
package import CommitLog
internal import Machine
internal import Posts
package import SupportDesk
package import Tables

/// What is wrong with a data directory.
package enum DataDirectoryError: Error, CustomStringConvertible {
  case missing(String)
  case notADirectory(String)
  case newerFormat(path: String, found: Int, known: Int)
  case unreadable(path: String)

  package var description: String {
    switch self {
    case .missing(let path):
      "there is no data directory \(path) yet; name another with --data-dir, or make it: "
        + "`grouse demo` fills it with sample posts, `produce` and `topics create` begin its log, "
        + "`cql` its tables, `train` its models, `run` and `collect` take in posts"
    case .notADirectory(let path): "\(path) is no directory; name another with --data-dir"
    case .newerFormat(let path, let found, let known):
      "\(path) has format version \(found), newer than this program's \(known): "
        + "use the program that wrote it, or a newer one"
    case .unreadable(let path): "\(path) cannot be read: it names no format version"
    }
  }
}

/// A data directory: its lock, its format version, and the paths of what it holds. The lock is
/// given back when this and the engines opened with it are gone.
package struct DataDirectory: Sendable {
  /// The version of the directory's layout that this program writes.
  package static let formatVersion = 1

  /// What lies in a data directory.
  static let lockName = "LOCK"
  static let formatName = "grouse.json"
  static let logName = "log"
  static let tablesName = "tables"
  static let modelsName = "models"
  static let workbenchName = "workbench.sqlite"

  package let path: String
  /// Held while this process writes; nil where it only reads.
  private let lock: DirectoryLock?

  /// Where the commit log lies.
  package var logPath: String { Path.join(path, Self.logName) }
  /// Where the tables lie.
  package var tablesPath: String { Path.join(path, Self.tablesName) }
  /// The models kept here.
  package var models: ModelRegistry { Self.registry(in: path) }

  /// The models of a data directory that may not be there yet. Thrown: where it is there and cannot
  /// be read.
  package static func models(in path: String) throws -> ModelRegistry {
    if LocalDisk().exists(path) { return try DataDirectory(reading: path).models }
    return registry(in: path)
  }

  /// The models kept in a folder that is a data directory or may become one.
  package static func registry(in path: String) -> ModelRegistry {
    ModelRegistry(Path.join(path, modelsName), workbench: Path.join(path, workbenchName))
  }

  /// Opens for writing, making it where it is missing. `purpose` tells others who holds it.
  package init(writing path: String, purpose: String) throws {
    self.path = path
    let disk = LocalDisk()
    if disk.exists(path), !disk.isDirectory(path) { throw DataDirectoryError.notADirectory(path) }
    try disk.createDurableDirectory(path)
    try Self.checkFormat(path, disk)
    lock = try DirectoryLock(Path.join(path, Self.lockName), purpose: purpose)
    try Self.writeFormat(path, disk)
  }

  /// Opens for reading, beside a process that writes or alone.
  package init(reading path: String) throws {
    self.path = path
    lock = nil
    let disk = LocalDisk()
    guard disk.exists(path) else { throw DataDirectoryError.missing(path) }
    guard disk.isDirectory(path) else { throw DataDirectoryError.notADirectory(path) }
    try Self.checkFormat(path, disk)
  }

  /// Whether another process holds the directory at this moment.
  package static func holder(of path: String) -> String? {
    DirectoryLock.holder(of: Path.join(path, lockName))
  }

  private static func checkFormat(_ path: String, _ disk: LocalDisk) throws {
    let file = Path.join(path, formatName)
    guard disk.exists(file) else { return }
    let bytes = try disk.readAll(file, limit: 1 << 20)
    let text = bytes.withUnsafeBytes { try? JSONObject($0).topLevelField(named: "format") }
    guard let found = text.flatMap({ Int($0) }) else {
      throw DataDirectoryError.unreadable(path: file)
    }
    guard found <= formatVersion else {
      throw DataDirectoryError.newerFormat(path: file, found: found, known: formatVersion)
    }
  }

  private static func writeFormat(_ path: String, _ disk: LocalDisk) throws {
    let file = Path.join(path, formatName)
    guard !disk.exists(file) else { return }
    let cluster = Entropy.identifier().map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
    let text =
      "{\"format\": \(formatVersion), \"cluster_id\": \(JSONString.quote(cluster)), "
      + "\"node_id\": 1}\n"
    try disk.replace(file, with: Array(text.utf8))
  }

  /// The log, for writing.
  package func openLog(_ configuration: Configuration) throws -> CommitLog {
    var settings = configuration.log
    settings.clusterID = try clusterID()
    return try CommitLog(logPath, configuration: settings, lock: lock)
  }

  /// The cluster's identifier in `grouse.json` as Kafka writes such: 16 bytes in 22 characters.
  private func clusterID() throws -> String? {
    let bytes = try LocalDisk().readAll(Path.join(path, Self.formatName), limit: 1 << 20)
    let text = bytes.withUnsafeBytes { try? JSONObject($0).topLevelField(named: "cluster_id") }
    guard let digits = text.map({ Array($0.utf8) }), digits.count == 32 else { return nil }
    let identifier = stride(from: 0, to: 32, by: 2).compactMap {
      UInt8(String(decoding: digits[$0..<($0 + 2)], as: UTF8.self), radix: 16)
    }
    return identifier.count == 16 ? Base64URL.encode(identifier) : nil
  }

  /// The log, for reading beside a writer.
  package func readLog(_ configuration: Configuration) throws -> CommitLog {
    try CommitLog(readingOnly: logPath, configuration: configuration.log)
  }

  /// The tables, for writing.
  package func openTables(_ configuration: Configuration) throws -> Tables {
    var options = Tables.Options()
    options.durability = configuration.tablesDurability
    options.lock = lock
    return try Tables(tablesPath, options: options)
  }

  /// Whether there are tables yet. A file of no length is what a kill has left of making them.
  private var hasTables: Bool {
    let file = Path.join(tablesPath, Tables.fileName)
    guard LocalDisk().exists(file) else { return false }
    // What cannot be looked at is there: whoever opens it says why not.
    guard let size = try? LocalDisk().open(file, .read).size() else { return true }
    return size > 0
  }

  /// The tables, for writing; nil where there are none yet.
  package func openExistingTables(_ configuration: Configuration) throws -> Tables? {
    hasTables ? try openTables(configuration) : nil
  }

  /// Writes the tables anew without the room that deleted rows have left; nil where there are none
  /// yet. Needs a directory opened for writing, in which nobody reads the tables.
  package func compactTables(
    progress: @escaping @Sendable (TablesCompaction.Progress) -> Void = { _ in }
  ) throws -> TablesCompaction? {
    guard hasTables, let lock else { return nil }
    return try Tables.compact(tablesPath, lock: lock, progress: progress)
  }

  /// The tables, for reading beside a writer; nil where there are none yet.
  package func readTables() throws -> Tables? {
    guard hasTables else { return nil }
    var options = Tables.Options()
    options.isReadOnly = true
    do throws(TableError) { return try Tables(tablesPath, options: options) } catch {
      if error.isOfEmptyFile { return nil }
      throw error
    }
  }
}
