#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A socket in the file system that becomes reachable in one step, when it listens and when only
/// its owner may connect.
package struct SocketFile: Sendable {
  /// Where clients find it.
  package let path: String
  /// A folder that nobody else may enter, in which the socket is made.
  private let nursery: String

  /// Where the socket is to be bound.
  package var draft: String { nursery + "/s" }

  /// Bytes that the system takes for a socket's path, one of them for its end.
  package static let pathLimit = MemoryLayout.size(ofValue: sockaddr_un().sun_path)

  /// Prepares a socket at `path`. Thrown: that the path is too long (`ENAMETOOLONG`), among others.
  package init(_ path: String) throws(IOFailure) {
    self.path = path
    nursery = Path.join(Path.parent(of: path), ".sock")
    guard max(path.utf8.count, nursery.utf8.count + 2) < Self.pathLimit else {
      throw IOFailure("bind", path, code: ENAMETOOLONG)
    }
    // What a killed process has left.
    clear()
    guard mkdir(nursery, 0o700) == 0 else { throw IOFailure("create", nursery) }
  }

  /// Lets clients find the socket, which is bound and listens. One that a killed process has left
  /// in its place is gone.
  package func publish() throws(IOFailure) {
    defer { clear() }
    guard chmod(draft, 0o600) == 0 else { throw IOFailure("change the mode of", draft) }
    guard rename(draft, path) == 0 else { throw IOFailure("rename", draft) }
  }

  /// Takes the socket away.
  package func remove() {
    unlink(path)
    clear()
  }

  private func clear() {
    unlink(draft)
    rmdir(nursery)
  }
}
