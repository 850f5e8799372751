internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Waits, without asking again and again, until another process writes to a file below a directory:
/// by inotify(7) on Linux, elsewhere by looking ten times a second.
///
/// For one thread.
package final class FileChanges {
  private var descriptor: Int32
  private let directory: String
  private var changes: UInt64 = 0

  /// Watches `directory` and the folders in it.
  package init(in directory: String) {
    self.directory = directory
    #if os(Linux)
      descriptor = inotify_init1(Int32(IN_CLOEXEC | IN_NONBLOCK))
    #else
      descriptor = -1
    #endif
    watch()
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  private func watch() {
    #if os(Linux)
      let mask = UInt32(IN_MODIFY | IN_CREATE | IN_MOVED_TO | IN_DELETE)
      var isComplete = inotify_add_watch(descriptor, directory, mask) >= 0
      let disk = LocalDisk()
      for name in (try? disk.list(directory)) ?? [] {
        let path = Path.join(directory, name)
        if disk.isDirectory(path), inotify_add_watch(descriptor, path, mask) < 0 {
          isComplete = isComplete && !disk.exists(path)
        }
      }
      if !isComplete, descriptor >= 0 {
        // Too many watches, or none at all: from here on it looks for itself.
        close(descriptor)
        descriptor = -1
      }
    #endif
  }

  /// Counts what was noticed so far. Read it before looking at the files.
  package var generation: UInt64 {
    take()
    return changes
  }

  /// Returns once something has changed since `seen` was read, or `isStopped`.
  package func wait(since seen: UInt64, isStopped: () -> Bool) {
    while changes == seen, !isStopped() {
      var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      // A signal ends the wait, but not where another thread has taken it.
      if poll(&waiting, descriptor >= 0 ? 1 : 0, 100) == 0, descriptor < 0 { changes += 1 }
      take()
    }
  }

  /// Takes what the system has noticed.
  private func take() {
    guard descriptor >= 0 else { return }
    var events = [UInt8](repeating: 0, count: 4_096)
    var isChanged = false
    while read(descriptor, &events, events.count) > 0 { isChanged = true }
    guard isChanged else { return }
    changes += 1
    // A topic may have been made, whose folders are to be watched too.
    watch()
  }
}
