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

  /// Brings the rows that describe definitions from one schema to another.
  func update(_ difference: SchemaDifference) throws(TableError) {
    let rows = difference.systemRows
    let kept = Set(rows.written.map(identity))
    for row in rows.removed where !kept.contains(identity(row)) {
      try execute(row, isRemoval: true)
    }
    for row in rows.written { try write(row) }
  }

  /// The row without what may change in it.
  private func identity(_ row: SystemRow) -> SystemRow {
    let key = SystemStatement.all[row.table]?.key ?? []
    return SystemRow(row.table, row.values.filter { key.contains($0.key) })
  }

  func write(_ row: SystemRow) throws(TableError) {
    try execute(row, isRemoval: false)
  }

  private func execute(_ row: SystemRow, isRemoval: Bool) throws(TableError) {
    guard let statement = SystemStatement.all[row.table] else {
      throw TableError(.serverError, "\(row.table.cql) is no table of the system")
    }
    var values = BoundValues()
    if isRemoval { values.append(timestamp) }
    for column in isRemoval ? statement.key : statement.columns {
      if let bytes = row.values[column] { values.append(bytes) } else { values.appendNull() }
    }
    if !isRemoval { values.append(timestamp) }
    try transaction.execute(isRemoval ? statement.delete : statement.insert, values)
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
