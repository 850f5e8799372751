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
    guard Self.takeLock(descriptor) else {
      let code = errno
      // What was opened is closed once, by `deinit`, which runs behind a throw too.
      let holder = Self.readHolder(descriptor)
      guard code == EWOULDBLOCK else { throw .failed(IOFailure("lock", path, code: code)) }
      throw .held(path: path, holder: holder)
    }
    let text = Array("\(purpose) (process \(getpid()))".utf8)
    _ = ftruncate(descriptor, 0)
    _ = pwrite(descriptor, text, text.count, 0)
  }

  deinit { close(descriptor) }

  /// Takes the lock. Who only looks whether it is held has it for a moment: that is waited for.
  private static func takeLock(_ descriptor: Int32) -> Bool {
    let pause = Signal()
    for _ in 0..<20 {
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
      guard errno == EWOULDBLOCK else { return false }
      pause.wait(since: pause.generation, milliseconds: 1)
    }
    return flock(descriptor, LOCK_EX | LOCK_NB) == 0
  }

  /// Who holds the lock; nil where nobody does. Changes nothing.
  package static func holder(of path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    if flock(descriptor, LOCK_SH | LOCK_NB) == 0 || errno != EWOULDBLOCK { return nil }
    return readHolder(descriptor)
  }

  private static func readHolder(_ descriptor: Int32) -> String {
    var content = [UInt8](repeating: 0, count: 256)
    let count = pread(descriptor, &content, content.count, 0)
    return count > 0 ? String(decoding: content.prefix(count), as: UTF8.self) : "another process"
  }
}
