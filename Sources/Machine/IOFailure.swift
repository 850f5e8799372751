#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A system call on a file or directory that failed: what was tried, where, and why.
package struct IOFailure: Error, Equatable, CustomStringConvertible {
  /// What was being done, as a verb: "open", "write", "sync".
  package var operation: String
  package var path: String
  /// The system's `errno`.
  package var code: Int32

  package init(_ operation: String, _ path: String, code: Int32? = nil) {
    self.operation = operation
    self.path = path
    self.code = code ?? errno
  }

  /// The disk, the quota or the file-size limit is used up.
  package var isOutOfSpace: Bool { code == ENOSPC || code == EDQUOT || code == EFBIG }

  /// There is no such file or directory.
  package var isMissing: Bool { code == ENOENT }

  package var description: String { fault + advice }

  /// What is wrong, without advice.
  package var fault: String { "cannot \(operation) \(path): \(reason)" }

  private var reason: String {
    switch code {
    case ENOENT: "no such file or directory"
    case EISDIR: "it is a directory"
    case ENOTDIR: "a part of the path is not a directory"
    case EACCES, EPERM: "permission denied"
    case ENOSPC: "no space left on the disk"
    case EDQUOT: "the disk quota is used up"
    case EROFS: "the file system is read-only"
    case EEXIST: "it exists already"
    case EFBIG: "the file would be larger than the process may write"
    case ESPIPE: "it is a pipe or a device, not a file"
    case EIO: "the disk reported an input/output error"
    default: String(cString: strerror(code))
    }
  }

  private var advice: String {
    switch code {
    case ENOSPC, EDQUOT: "; free some space or choose another place with --data-dir"
    case EFBIG: "; raise the limit of a file's size (ulimit -f)"
    case EMFILE, ENFILE: "; raise the limit of open files (ulimit -n)"
    default: ""
    }
  }
}

extension IOFailure {
  /// A path is longer than the system takes.
  package var isOfLongName: Bool { code == ENAMETOOLONG }
}
