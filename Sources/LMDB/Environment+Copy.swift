internal import CLMDB
package import Machine

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Copies of the whole file.
extension Environment {
  /// Copies the file to `target`, where nothing may be yet, in one consistent state while writing
  /// goes on, and syncs it. `compacting` leaves out the pages that are not in use. What is freed by
  /// writers meanwhile is used again only after the copy.
  package func copy(to target: String, compacting: Bool) throws(LMDBError) {
    gate.enter()
    defer { gate.leave() }
    try checkMap()
    let flags = compacting ? UInt32(MDB_CP_COMPACT) : 0
    try check(
      faults.guarding { mdb_env_copy2(handle, target, flags) }, "copy to \(target) the file", path)
    // LMDB lets the umask decide; posts are nobody else's business.
    try check(chmod(target, 0o600) == 0 ? 0 : errno, "restrict the copy of", path)
    do throws(IOFailure) { try LocalDisk().open(target, .readWrite).sync() } catch {
      throw LMDBError(operation: "copy to \(target) the file", path: path, code: error.code)
    }
  }

  /// Puts `file`, which is synced, into the place of the one at `path`, which must not be open;
  /// false where another process has it open. After a crash it is the one or the other.
  package static func replace(_ path: String, with file: String) throws(IOFailure) -> Bool {
    let folder = Path.parent(of: path)
    guard let use = try DirectoryUse(replacing: folder) else { return false }
    try withExtendedLifetime(use) { () throws(IOFailure) in
      try LocalDisk().rename(file, to: path)
      try LocalDisk().syncDirectory(folder)
    }
    return true
  }
}
