internal import CLMDB

/// The LMDB library that the program runs with.
package enum LMDBLibrary {
  /// Its version as it states it, e.g. "LMDB 0.9.24: (July 24, 2019)".
  package static var version: String { String(cString: mdb_version(nil, nil, nil)) }
}
