internal import Bytes
internal import LMDB
internal import Machine

/// What a check of every row and index entry found.
package struct TablesCheck: Sendable {
  package var tables = 0
  /// Rows that a SELECT shows.
  package var rows = 0
  /// Deletions, and rows that are deleted or expired, which no sweep has taken away yet.
  package var tombstones = 0
  /// Rows, partition records and range tombstones that were read.
  package var keys = 0
  package var indexEntries = 0
  /// What is wrong, each with its table; empty where all is well.
  package var faults: [String] = []

  /// Reads every row, decodes it by its table's definition, and compares the indexes with the rows:
  /// all in one consistent state, beside any writer. Changes nothing.
  package init(_ tables: Tables, progress: (Int) -> Void = { _ in }) throws(TableError) {
    try tables.read { schema, transaction throws(TableError) in
      self.tables = schema.userTables.count
      let databases = Databases(transaction)
      let now = tables.clock.microseconds / 1_000_000
      var indexed = (rows: 0, missing: 0)
      for table in schema.userTables.sorted(by: { $0.id < $1.id }) {
        let size = tables.environment.maxKeySize
        try check(TableCheck(table, databases, maxKeySize: size), at: now, &indexed, progress)
      }
      // What is noted to be removed may still be there, and is nobody's.
      let removed = try SchemaStore.numbers(noted: "purge", transaction)
      let known = Set(schema.tables.values.map(\.id)).union(removed)
      try checkStrays(databases.rows, known)
      try checkIndexes(databases.indexes, indexed, removed)
      if schema.systemLayout == SystemTables.layout { try checkSystemRows(schema, databases) }
    }
  }

  private mutating func check(
    _ check: TableCheck, at now: Int64, _ indexed: inout (rows: Int, missing: Int),
    _ progress: (Int) -> Void
  ) throws(TableError) {
    var check = check
    let before = keys
    try check.run(at: now) { count in
      if (before + count) % 10_000 == 0 { progress(before + count) }
    }
    keys += check.keys
    rows += check.rows
    tombstones += check.tombstones
    indexed.rows += check.entries
    indexed.missing += check.missingEntries
    faults += check.faults
  }

  private mutating func checkStrays(
    _ database: Database, _ known: Set<UInt32>
  ) throws(TableError) {
    let found = try stored { () throws(LMDBError) in
      let cursor = try database.cursor()
      var strays: Set<UInt32> = []
      var entry = try cursor.first()
      while let next = entry {
        let id = RowKey.table(next.key)
        if !known.contains(id) { strays.insert(id) }
        guard let behind = KeyEncoding.successor(of: bigEndian(id)) else { return strays }
        entry = try behind.borrowed { behind throws(LMDBError) in try cursor.seek(behind) }
      }
      return strays
    }
    for id in found.sorted() { faults.append("rows of a table \(id) that no definition names") }
  }

  /// Every row's entries were looked up; entries beyond those belong to no row.
  private mutating func checkIndexes(
    _ database: Database, _ indexed: (rows: Int, missing: Int), _ removed: [UInt32]
  ) throws(TableError) {
    indexEntries = try stored { () throws(LMDBError) in try database.count() }
    for id in removed { indexEntries -= try count(id, database) }
    let strays = indexEntries - (indexed.rows - indexed.missing)
    if strays > 0 { faults.append("\(strays) index entries without their row") }
    if indexed.missing > 0 {
      faults.append("\(indexed.missing) rows are missing from their index")
    }
  }

  private func count(_ id: UInt32, _ database: Database) throws(TableError) -> Int {
    let prefix = bigEndian(id)
    let range = KeyRange(start: prefix, end: KeyEncoding.successor(of: prefix))
    return try stored { () throws(LMDBError) in
      let cursor = try database.cursor()
      var count = 0
      var entry = try prefix.borrowed { prefix throws(LMDBError) in try cursor.seek(prefix) }
      while let found = entry, range.contains(found.key) {
        count += 1
        entry = try cursor.next()
      }
      return count
    }
  }

  /// The rows that describe definitions must be those that the definitions make.
  private mutating func checkSystemRows(
    _ schema: Schema, _ databases: Databases
  ) throws(TableError) {
    let wanted = SchemaDifference(from: Schema(), to: schema).systemRows.written
    var missing = Set(wanted)
    var others = 0
    for name in SystemTables.written where name != SystemTables.local {
      guard let table = schema.tables[name] else { continue }
      let reader = RowReader(table, databases.rows, now: .max)
      try reader.scan(.all(table), reversed: false) { row throws(TableError) in
        var values: [String: [UInt8]] = [:]
        for column in table.columns {
          if let bytes = row[column] { values[column.name] = [UInt8](bytes) }
        }
        if missing.remove(SystemRow(name, values)) == nil { others += 1 }
        return true
      }
    }
    if missing.isEmpty, others == 0 { return }
    faults.append(
      "the system's tables do not tell what is defined: \(missing.count) rows are missing, "
        + "\(others) are not of any definition")
  }
}
