internal import CQL
internal import Machine

/// Writes the system's rows, by the statements that anybody's rows are written by.
struct SystemWriter {
  private let transaction: WriteTransaction
  /// Microseconds since 1970, later than at any change before.
  private let timestamp: Int64

  init(_ transaction: WriteTransaction, at timestamp: Int64) {
    self.transaction = transaction
    self.timestamp = timestamp
  }

  /// Ends it, before what it writes is committed.
  func close() { transaction.close() }

  /// Brings the rows that describe definitions from one schema to another.
  func update(_ difference: SchemaDifference) throws(TableError) {
    let rows = difference.systemRows
    var former = Dictionary(rows.removed.map { (identity($0), $0) }) { first, _ in first }
    for row in rows.written { try write(row, over: former.removeValue(forKey: identity(row))) }
    for row in former.values { try remove(row) }
  }

  /// The row without what may change in it.
  private func identity(_ row: SystemRow) -> SystemRow {
    let key = SystemStatement.all[row.table]?.key ?? []
    return SystemRow(row.table, row.values.filter { key.contains($0.key) })
  }

  /// Writes a row. What is null in it is deleted only where the former one has a value, as a
  /// deletion is something to be kept.
  func write(_ row: SystemRow, over former: SystemRow? = nil) throws(TableError) {
    let statement = try statement(row)
    var values = BoundValues()
    for column in statement.columns {
      if let bytes = row.values[column] {
        values.append(bytes)
      } else if former?.values[column] != nil {
        values.appendNull()
      } else {
        values.appendUnset()
      }
    }
    values.append(timestamp)
    try transaction.execute(statement.insert, values)
    try transaction.flush()
  }

  private func remove(_ row: SystemRow) throws(TableError) {
    let statement = try statement(row)
    var values = BoundValues()
    values.append(timestamp)
    for column in statement.key { values.append(row.values[column] ?? []) }
    try transaction.execute(statement.delete, values)
    try transaction.flush()
  }

  private func statement(_ row: SystemRow) throws(TableError) -> SystemStatement {
    guard let statement = SystemStatement.all[row.table] else {
      throw TableError(.serverError, "\(row.table.cql) is no table of the system")
    }
    return statement
  }
}

/// The statements that write one table of the system.
private struct SystemStatement: Sendable {
  let columns: [String]
  let key: [String]
  let insert: PreparedStatement
  let delete: PreparedStatement

  static let all: [TableName: SystemStatement] = Dictionary(
    SystemTables.written.compactMap { name in
      guard let table = SystemTables.schema.tables[name],
        let statement = try? SystemStatement(table)
      else { return nil }
      return (name, statement)
    }, uniquingKeysWith: { first, _ in first })

  private init(_ table: Table) throws(TableError) {
    func prepare(_ text: String) throws(TableError) -> PreparedStatement {
      let statement: Statement
      do throws(CQLSyntaxError) { statement = try CQLParser.parse(text) } catch {
        throw TableError(.serverError, "\(error)")
      }
      return try PreparedStatement(statement, SystemTables.schema, nil, .system)
    }
    columns = table.columns.map(\.name)
    key = table.columns.filter(\.isKey).map(\.name)
    let names = columns.map(CQLIdentifier.quoted).joined(separator: ", ")
    let markers = columns.map { _ in "?" }.joined(separator: ", ")
    insert = try prepare(
      "INSERT INTO \(table.fullName.cql) (\(names)) VALUES (\(markers)) USING TIMESTAMP ?")
    let conditions = key.map { "\(CQLIdentifier.quoted($0)) = ?" }.joined(separator: " AND ")
    delete = try prepare(
      "DELETE FROM \(table.fullName.cql) USING TIMESTAMP ? WHERE \(conditions)")
  }
}
