internal import Machine
internal import Synchronization

/// The files that this process has open. Closing one of two environments on the same file would
/// take away the locks of the other (`fcntl(2)` locks belong to the process), so there is never a
/// second one.
enum OpenFiles {
  private static let paths = Mutex<Set<String>>([])

  /// Notes a file as open; returns its name for `remove`. Thrown: it is open already.
  static func insert(_ path: String) throws(LMDBError) -> String {
    let resolved = LocalDisk().resolved(path)
    guard paths.withLock({ $0.insert(resolved).inserted }) else {
      throw LMDBError(operation: "open", path: path, code: LMDBError.openTwice)
    }
    return resolved
  }

  static func remove(_ resolved: String) { _ = paths.withLock { $0.remove(resolved) } }
}
