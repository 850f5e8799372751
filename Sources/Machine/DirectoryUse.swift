#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Says that the files of a directory are in use, for as long as it is held (`flock(2)` on the
/// directory itself): by any number of processes at once, or by one that puts other files in their
/// place.
package final class DirectoryUse: Sendable {
  private let descriptor: Int32

  /// Uses the directory's files beside others; waits while they are being replaced.
  package init(sharing directory: String) throws(IOFailure) {
    descriptor = systemOpen(directory)
    guard descriptor >= 0 else { throw IOFailure("open", directory) }
    // Where the file system knows no locks, nobody replaces anything either: see below.
    while flock(descriptor, LOCK_SH) != 0 && errno == EINTR {}
  }

  /// Has the directory's files for itself; nil where somebody uses them.
  package init?(replacing directory: String) throws(IOFailure) {
    descriptor = systemOpen(directory)
    guard descriptor >= 0 else { throw IOFailure("open", directory) }
    if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return }
    let code = errno
    if code != EWOULDBLOCK { throw IOFailure("lock", directory, code: code) }
    return nil
  }

  deinit { if descriptor >= 0 { close(descriptor) } }
}

private func systemOpen(_ path: String) -> Int32 {
  open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
}
