internal import LMDB
package import Machine

/// What a compaction of the tables has done.
package struct TablesCompaction: Sendable {
  package var bytesBefore: Int64
  package var bytesAfter: Int64
  /// Rows, records and range tombstones that went or got smaller.
  package var purged: Int

  /// How far one is that is under way.
  package enum Progress: Sendable {
    /// Rows, records and range tombstones looked at for what has expired or been deleted.
    case sweeping(Int)
    /// Bytes written, of how many at most; heard from another thread.
    case copying(Int64, of: Int64)
  }
}

/// Copies of all tables.
extension Tables {
  /// The name of the file in a directory of tables.
  package static let fileName = "data.mdb"

  /// Bytes of the file that are in use.
  package var usedBytes: Int { environment.sizes.used }

  /// Copies the tables into `directory`, which is made, in one consistent state while writing goes
  /// on, and syncs the copy.
  package func copy(to directory: String) throws(TableError) {
    try onDisk { () throws(IOFailure) in
      try LocalDisk().createDirectory(directory)
      try LocalDisk().syncDirectory(Path.parent(of: directory))
    }
    try stored { () throws(LMDBError) in
      try environment.copy(to: Path.join(directory, Self.fileName), compacting: false)
    }
    try onDisk { () throws(IOFailure) in try LocalDisk().syncDirectory(directory) }
  }

  /// Takes out of the tables in `directory` what has expired and what was deleted longer ago than
  /// its table's `gc_grace_seconds`, writes their file anew without the room that this and other
  /// rows have left, and puts it into the old one's place, which a crash leaves whole. `lock` is
  /// the right to write there. Thrown: also where another process reads the tables.
  package static func compact(
    _ directory: String, lock: DirectoryLock,
    progress: @escaping @Sendable (TablesCompaction.Progress) -> Void = { _ in }
  ) throws(TableError) -> TablesCompaction {
    let path = Path.join(directory, fileName)
    let beside = Path.join(directory, compactedName)
    try removeUnfinished(in: directory)
    let before = try onDisk { () throws(IOFailure) in try LocalDisk().open(path, .read).size() }
    do throws(TableError) {
      let purged = try copyCompacted(directory, lock, to: beside, progress)
      let after = try onDisk { () throws(IOFailure) in
        try LocalDisk().open(beside, .read).size()
      }
      let isDone = try onDisk { () throws(IOFailure) in
        try Environment.replace(path, with: beside)
      }
      guard isDone else {
        throw TableError(
          .serverError,
          "\(path) is being read by another process and stays as it is; try again when that has "
            + "ended")
      }
      return TablesCompaction(bytesBefore: before, bytesAfter: after, purged: purged)
    } catch {
      try? removeUnfinished(in: directory)
      throw error
    }
  }

  private static func copyCompacted(
    _ directory: String, _ lock: DirectoryLock, to target: String,
    _ progress: @escaping @Sendable (TablesCompaction.Progress) -> Void
  ) throws(TableError) -> Int {
    var options = Options()
    options.lock = lock
    let tables = try Tables(directory, options: options)
    // What was dropped or truncated shall not be copied, nor what is dead.
    tables.finishHousekeeping()
    let purged = try tables.sweepAll { progress(.sweeping($0)) }
    let total = Int64(tables.usedBytes)
    try stored { () throws(LMDBError) in
      try FileGrowth.watch(target) {
        progress(.copying($0, of: total))
      } during: { () throws(LMDBError) in
        try tables.environment.copy(to: target, compacting: true)
      }
    }
    return purged
  }

  /// Removes what a compaction that was killed has left.
  static func removeUnfinished(in directory: String) throws(TableError) {
    let beside = Path.join(directory, compactedName)
    guard LocalDisk().exists(beside) else { return }
    try onDisk { () throws(IOFailure) in try LocalDisk().remove(beside) }
  }

  private static let compactedName = "data.mdb.compacted"
}

/// Runs work on files, turning its error into a statement's.
func onDisk<Result>(_ body: () throws(IOFailure) -> Result) throws(TableError) -> Result {
  do { return try body() } catch { throw TableError(.serverError, "\(error)") }
}
