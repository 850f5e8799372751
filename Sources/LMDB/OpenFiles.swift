internal import CLMDB
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The files that this process has open. Closing one of two environments on the same file would
/// take away the locks of the other (`fcntl(2)` locks belong to the process), so there is never a
/// second one.
enum OpenFiles {
  private static let paths = Mutex<Set<String>>([])

  /// Notes a file as open; returns its name for `remove`. Thrown: it is open already.
  static func insert(_ path: String) throws(LMDBError) -> String {
    let resolved = resolve(path)
    guard paths.withLock({ $0.insert(resolved).inserted }) else {
      throw LMDBError(operation: "open", path: path, code: LMDBError.openTwice)
    }
    return resolved
  }

  static func remove(_ resolved: String) { _ = paths.withLock { $0.remove(resolved) } }

  /// The path without links; of a file that is not there yet, its folder's.
  private static func resolve(_ path: String) -> String {
    if let found = absolute(path) { return found }
    guard let slash = path.lastIndex(of: "/") else { return (absolute(".") ?? ".") + "/" + path }
    let folder = String(path[...slash])
    return (absolute(folder) ?? folder) + path[slash...]
  }

  private static func absolute(_ path: String) -> String? {
    guard let found = realpath(path, nil) else { return nil }
    defer { free(found) }
    return String(cString: found)
  }
}
