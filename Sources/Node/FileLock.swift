internal import Bytes
internal import Machine

/// The right to collect a file into a data directory: two who read it at once would each bring all
/// of it. It is given back when the process ends, however it ends.
struct FileLock {
  private let lock: DirectoryLock

  /// Thrown: `SourceError.collectedElsewhere`.
  init(_ path: String, in directory: String) throws {
    let folder = Path.join(directory, "collecting")
    let disk = LocalDisk()
    if !disk.exists(folder) { try disk.createDirectory(folder) }
    let name = Array(path.utf8).withUnsafeBytes { Murmur.hash3x128($0, signExtendedTail: false) }
    do throws(LockError) {
      lock = try DirectoryLock(
        Path.join(folder, String(name.0, radix: 16) + String(name.1, radix: 16)),
        purpose: "another grouse")
    } catch {
      guard case .held(_, let holder) = error else { throw error }
      throw SourceError.collectedElsewhere(path: path, holder: holder)
    }
  }
}
