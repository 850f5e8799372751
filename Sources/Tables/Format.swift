internal import Bytes
internal import LMDB

/// The version of the format that a file has.
enum Format {
  private static let key = Array("format".utf8)
  private static let timestampKey = Array("timestamp".utf8)

  /// The version that the file says; nil in a new one. Thrown: a newer one than this program's.
  static func check(
    _ transaction: borrowing Transaction, _ path: String
  ) throws(TableError) -> Int? {
    let found = try stored { () throws(LMDBError) in try transaction.database("meta").get(key) }
    guard let found else { return nil }
    let text = String(decoding: found, as: UTF8.self)
    guard let version = Int(text), version <= Tables.formatVersion else {
      throw TableError(
        .serverError,
        "\(path) has format version \(text), newer than this program's "
          + "\(Tables.formatVersion); use the program that wrote it, or a newer one")
    }
    return version
  }

  /// The last timestamp that was given to a statement, microseconds since 1970; nil before the
  /// first.
  static func lastTimestamp(_ transaction: borrowing Transaction) throws(TableError) -> Int64? {
    let found = try stored { () throws(LMDBError) in
      try transaction.database("meta").get(timestampKey)
    }
    guard let found, found.count == 8 else { return nil }
    return found.reduce(0) { $0 << 8 | Int64($1) }
  }

  static func write(
    lastTimestamp: Int64, _ transaction: borrowing Transaction
  ) throws(TableError) {
    try stored { () throws(LMDBError) in
      try transaction.database("meta").put(timestampKey, bigEndian(lastTimestamp))
    }
  }

  static func write(_ transaction: borrowing Transaction) throws(TableError) {
    try stored { () throws(LMDBError) in
      try transaction.database("meta").put(key, Array("\(Tables.formatVersion)".utf8))
    }
  }
}
