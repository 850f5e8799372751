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

  /// The map is full: the data has reached the size given when the environment was opened.
  package var isMapFull: Bool { code == MDB_MAP_FULL }
  /// The file is damaged, or no LMDB file.
  package var isCorrupt: Bool {
    code == MDB_CORRUPTED || code == MDB_PAGE_NOTFOUND || code == MDB_INVALID
  }

  package var description: String {
    let reason = String(cString: mdb_strerror(code))
    let advice =
      switch code {
      case MDB_MAP_FULL: "; raise tables.map-size-gib and start again"
      case MDB_READERS_FULL: "; too many processes are reading at once"
      case MDB_CORRUPTED, MDB_PAGE_NOTFOUND, MDB_INVALID:
        "; the file is damaged: move it away and rebuild the tables by reading the log again"
      case ENOSPC, EDQUOT: "; free some space or choose another place with --data-dir"
      // LMDB's word for a write that was cut short.
      case EIO:
        "; the disk is full or fails: free some space or choose another place with --data-dir"
      default: ""
      }
    return "cannot \(operation) \(path): \(reason)\(advice)"
  }
}
