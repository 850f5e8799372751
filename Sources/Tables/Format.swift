internal import LMDB

/// The version of the format that a file has.
enum Format {
  private static let key = Array("format".utf8)

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

  /// Version 1 had another order of the collections in keys. Thrown: where there are some.
  static func checkFirstVersion(_ schema: Schema, _ path: String) throws(TableError) {
    for table in schema.userTables {
      let indexed = table.indexes.map(\.columnID)
      for column in table.columns where column.kind == .clustering || indexed.contains(column.id) {
        guard column.type.parts.isEmpty else {
          throw TableError(
            .serverError,
            "\(path) has format version 1, whose order of collections is not this program's: "
              + "drop \(table.keyspace).\(table.name), which has the collection \(column.name) in "
              + "a key or an index, with the program that wrote it")
        }
      }
    }
  }

  static func write(_ transaction: borrowing Transaction) throws(TableError) {
    try stored { () throws(LMDBError) in
      try transaction.database("meta").put(key, Array("\(Tables.formatVersion)".utf8))
    }
  }
}
