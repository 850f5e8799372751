internal import Bytes
internal import LMDB

/// A file of an earlier version of the format, which is taken on as it stands unless it holds
/// something that this version holds otherwise (see FORMAT.md).
struct FormerFormat {
  let version: Int
  let path: String
  let schema: Schema

  /// Thrown: what the file holds that is held otherwise now, and what to do.
  func check(_ environment: Environment) throws(TableError) {
    for table in schema.userTables { try check(table) }
    let tables = schema.tables.values
    let byID = Dictionary(tables.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    try environment.read(mapping: TableError.init) { transaction throws(TableError) in
      let cursor = try stored { () throws(LMDBError) in
        try transaction.database("rows").cursor()
      }
      var entry = try stored { () throws(LMDBError) in try cursor.first() }
      while let found = entry {
        try check(found.key, byID[RowKey.table(found.key)])
        entry = try stored { () throws(LMDBError) in try cursor.next() }
      }
    }
  }

  /// Version 1 had another order of the collections in keys, and none before 4 had one component
  /// for equal numbers, or one for an empty value.
  private func check(_ table: Table) throws(TableError) {
    for column in table.clusteringKey {
      let hasParts = !column.type.parts.isEmpty
      if column.type.hasSpellings || hasParts && (version == 1 || hasMarks(column.type)) {
        throw refused(
          "the clustering column \(column.name) of type \(column.type.name)", table,
          "copy that table's rows with the program that wrote it, drop it there, and make it anew "
            + "with this one")
      }
    }
    for index in table.indexes {
      guard let column = table.column(id: index.columnID) else { continue }
      let hasParts = !column.type.parts.isEmpty
      guard hasMarks(column.type) || column.type.hasSpellings || version == 1 && hasParts else {
        continue
      }
      throw refused(
        "the index \(index.name) on values of type \(column.type.name)", table,
        "drop that index with the program that wrote it, and create it anew with this one")
    }
  }

  private func hasMarks(_ type: DataType) -> Bool { type.contains { $0.sizeBeforeMark != nil } }

  /// Versions before 3 had partition keys of any length in the rows' keys, and before 4 nothing
  /// stood behind the least value of a type.
  private func check(_ key: UnsafeRawBufferPointer, _ table: Table?) throws(TableError) {
    let length = RowKey.partitionLength(key)
    let advice =
      "copy that table's rows with the program that wrote it, delete them there, and insert them "
      + "with this one"
    if version < 3, length > RowKey.partitionStart + RowKey.partitionKeyBytes + 2 {
      throw refused(
        "a partition key of more than \(RowKey.partitionKeyBytes) bytes", table, advice)
    }
    guard let table, length > 0, key[length - 1] == RowKey.Class.row else { return }
    if let column = leastColumn(key, from: length, table) {
      throw refused("a row with the least value of \(column.name)", table, advice)
    }
  }

  /// The first clustering column of a row that has the least value of its type.
  private func leastColumn(
    _ key: UnsafeRawBufferPointer, from start: Int, _ table: Table
  ) -> Column? {
    var reader = ByteReader(key, offset: start)
    var value = ByteBuffer()
    for column in table.clusteringKey {
      if let size = column.type.sizeBeforeMark {
        guard let run = try? reader.run(size) else { return nil }
        if run.allSatisfy({ $0 == (column.isDescending ? 0xFF : 0) }) { return column }
      } else {
        value.removeAll()
        let isRead = column.type.readComponent(
          &reader, descending: column.isDescending, into: &value)
        if !isRead { return nil }
      }
    }
    return nil
  }

  private func refused(_ what: String, _ table: Table?, _ advice: String) -> TableError {
    let name = table.map { "\($0.keyspace).\($0.name)" } ?? "a table"
    return TableError(
      .serverError,
      "\(path) has format version \(version), with \(what) in \(name), which this program's "
        + "\(Tables.formatVersion) holds otherwise: \(advice)")
  }
}
