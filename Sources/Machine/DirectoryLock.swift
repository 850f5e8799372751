#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Another process holds the lock.
package enum LockError: Error, Equatable, CustomStringConvertible {
  case held(path: String, holder: String)
  case failed(IOFailure)

  package var description: String {
    switch self {
    case .held(let path, let holder):
      "the data directory \(Path.parent(of: path)) is in use by \(holder); "
        + "stop that process first, or choose another directory with --data-dir"
    case .failed(let failure): "\(failure)"
    }
  }
}

/// The right to write to a directory, held by one process at a time and given back by the system
/// when the process ends, however it ends (`flock(2)`).
package final class DirectoryLock: Sendable {
  private let descriptor: Int32

  /// Takes the lock at once or throws who has it. `purpose` is written into the file for the next
  /// one who asks, e.g. "grouse run".
  package init(_ path: String, purpose: String) throws(LockError) {
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .failed(IOFailure("open", path)) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let code = errno
      var content = [UInt8](repeating: 0, count: 256)
      let count = pread(descriptor, &content, content.count, 0)
      close(descriptor)
      guard code == EWOULDBLOCK else { throw .failed(IOFailure("lock", path, code: code)) }
      let holder = String(decoding: content.prefix(max(count, 0)), as: UTF8.self)
      throw .held(path: path, holder: holder.isEmpty ? "another process" : holder)
    }
    let text = Array("\(purpose) (process \(getpid()))".utf8)
    _ = ftruncate(descriptor, 0)
    _ = pwrite(descriptor, text, text.count, 0)
  }

  deinit { close(descriptor) }
}
