import Machine

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A fresh directory on the machine's own disk, removed with the last reference.
package final class TemporaryDirectory: Sendable {
  package let path: String

  package init() {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array(Path.join(parent, "grouse-test-XXXXXX").utf8CString)
    path = mkdtemp(&template).map { String(cString: $0) } ?? parent
  }

  deinit { try? LocalDisk().remove(path) }

  /// A path inside.
  package func callAsFunction(_ name: String) -> String { Path.join(path, name) }
}
