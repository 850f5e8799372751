internal import LMDB
package import Machine

/// What a compaction of the tables has done.
package struct TablesCompaction: Sendable {
  package var bytesBefore: Int64
  package var bytesAfter: Int64
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

  /// Writes the file of the tables in `directory` anew without the room that deleted rows have
  /// left, and puts it into the old one's place, which a crash leaves whole. `lock` is the right to
  /// write there; `progress` hears from another thread how many bytes are written of how many at
  /// most. Thrown: also where another process reads the tables.
  package static func compact(
    _ directory: String, lock: DirectoryLock,
    progress: @escaping @Sendable (_ done: Int64, _ total: Int64) -> Void = { _, _ in }
  ) throws(TableError) -> TablesCompaction {
    let path = Path.join(directory, fileName)
    let beside = Path.join(directory, compactedName)
    try removeUnfinished(in: directory)
    let before = try onDisk { () throws(IOFailure) in try LocalDisk().open(path, .read).size() }
    do throws(TableError) {
      try copyCompacted(directory, lock, to: beside, progress)
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
      return TablesCompaction(bytesBefore: before, bytesAfter: after)
    } catch {
      try? removeUnfinished(in: directory)
      throw error
    }
  }

  private static func copyCompacted(
    _ directory: String, _ lock: DirectoryLock, to target: String,
    _ progress: @escaping @Sendable (Int64, Int64) -> Void
  ) throws(TableError) {
    var options = Options()
    options.lock = lock
    let tables = try Tables(directory, options: options)
    // What was dropped or truncated shall not be copied.
    tables.finishHousekeeping()
    let total = Int64(tables.usedBytes)
    try stored { () throws(LMDBError) in
      try FileGrowth.watch(target) {
        progress($0, total)
      } during: { () throws(LMDBError) in
        try tables.environment.copy(to: target, compacting: true)
      }
    }
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
