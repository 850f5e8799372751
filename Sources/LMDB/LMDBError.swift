internal import CLMDB

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// An LMDB call that failed: which one, on which environment, and LMDB's or the system's code.
package struct LMDBError: Error, Equatable, CustomStringConvertible {
  package var operation: String
  package var path: String
  package var code: Int32

  package init(operation: String, path: String, code: Int32) {
    self.operation = operation
    self.path = path
    self.code = code
  }

  /// The code of opening a file that this process has open already.
  static let openTwice = EBUSY

  /// The code of opening a file for reading to which nothing has been committed yet.
  static let empty = ENODATA

  /// The file was made and nothing has been committed to it.
  package var isEmpty: Bool { code == Self.empty }
  /// There is no more address space for the map.
  var isOutOfMemory: Bool { code == ENOMEM }
  /// Nothing is wrong with what was there before, and the next transaction may succeed.
  var isHarmless: Bool {
    [ENOSPC, EDQUOT, EFBIG, ENOMEM, MDB_MAP_FULL, MDB_TXN_FULL, MDB_BAD_TXN].contains(code)
  }
  /// The file is damaged, or no LMDB file.
  package var isCorrupt: Bool {
    code == MDB_CORRUPTED || code == MDB_PAGE_NOTFOUND || code == MDB_INVALID
  }

  package var description: String {
    let reason = String(cString: mdb_strerror(code))
    let advice =
      switch code {
      case ENOMEM: "; the process may not have more address space (ulimit -v)"
      case MDB_READERS_FULL: "; \(Environment.maxReaders) are reading at once, which is the limit"
      case Self.openTwice: "; this process has it open already"
      case MDB_CORRUPTED, MDB_PAGE_NOTFOUND, MDB_INVALID:
        "; the file is damaged: move it away and rebuild the tables by reading the log again"
      case ENOSPC, EDQUOT: "; free some space or choose another place with --data-dir"
      case EFBIG: "; raise the limit of a file's size (ulimit -f)"
      case EACCES where path.hasSuffix("-lock"):
        "; those who only read need the right to write this file, too: ask its owner for it, or read "
          + "a copy that grouse backup makes"
      case EIO:
        "; the disk fails, and nothing more is written until the tables are opened anew"
      default: ""
      }
    return "cannot \(operation) \(path): \(reason)\(advice)"
  }
}
