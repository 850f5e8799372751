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

  /// Versions before 3 had partition keys of any length in the rows' keys. Thrown: where one is
  /// longer than they may be now.
  static func checkKeys(
    _ environment: Environment, _ version: Int, _ schema: Schema, _ path: String
  ) throws(TableError) {
    let longest = RowKey.partitionStart + RowKey.partitionKeyBytes + 2
    let id = try environment.read(mapping: TableError.init) { transaction throws(TableError) in
      try stored { () throws(LMDBError) -> UInt32? in
        let cursor = try transaction.database("rows").cursor()
        var entry = try cursor.first()
        while let found = entry {
          if found.key.count > longest, RowKey.partitionLength(found.key) > longest {
            return RowKey.table(found.key)
          }
          entry = try cursor.next()
        }
        return nil
      }
    }
    guard let id else { return }
    let name = schema.tables.values.first { $0.id == id }.map { "\($0.keyspace).\($0.name)" }
    throw TableError(
      .serverError,
      "\(path) has format version \(version), with a partition key of more than "
        + "\(RowKey.partitionKeyBytes) bytes in \(name ?? "a table"): copy that table's rows with "
        + "the program that wrote it, delete them there, and insert them with this one")
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
