internal import Tables

/// Where the rows go that COPY reads: one statement, with each row's values bound to it.
enum RowSink {
  case here(Tables, PreparedStatement)
  case elsewhere(any StatementExecutor, String)

  init(_ writer: TableWriter, _ statement: String) throws {
    switch writer {
    case .here(let tables): self = .here(tables, try tables.prepare(statement))
    case .elsewhere(let executor): self = .elsewhere(executor, statement)
    }
  }

  /// Writes rows in one transaction.
  func write(_ rows: [[[UInt8]?]]) throws {
    switch self {
    case .elsewhere(let executor, let statement): try executor.execute(statement, rows: rows)
    case .here(let tables, let statement):
      try tables.write { transaction throws(TableError) in
        var values = BoundValues()
        for row in rows {
          values.removeAll()
          for value in row {
            if let value { values.append(value) } else { values.appendNull() }
          }
          try transaction.execute(statement, values)
        }
      }
    }
  }
}
