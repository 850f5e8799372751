internal import Bytes
internal import CQL
internal import Listeners
internal import Tables

/// Statements that others want executed where the tables are open for writing.
struct TableRoutes: Sendable {
  let tables: Tables

  /// Bytes of a request: the longest statement, quoted as JSON, and rows to be bound to it.
  private static let bodyLimit = 32 << 20

  var routes: [Route] {
    [
      Route("POST", "/cql", bodyLimit: Self.bodyLimit) { request in
        do {
          return .json(try execute(request))
        } catch let error as TableError {
          throw InterfaceError(error.status, error.message, error.details)
        }
      }
    ]
  }

  private func execute(_ request: InterfaceRequest) throws -> JSON {
    let body = try request.object()
    try body.checkFields("statement", "keyspace", "rows", "form", "page_rows")
    let form = try body.optionalText("form") ?? "json"
    guard ["json", "native"].contains(form) else {
      throw InterfaceError.malformed("\"form\" must be json or native")
    }
    let pageRows = try body.optionalInteger("page_rows") ?? Self.pageRows
    guard (1...Self.pageRows).contains(pageRows) else {
      throw InterfaceError.malformed("\"page_rows\" must be 1 to \(Self.pageRows)")
    }
    let text = try body.requiredText("statement")
    let statement = try tables.prepare(text, keyspace: try body.optionalText("keyspace"))
    let page: Page
    if let rows = body["rows"] {
      try execute(statement, rows: rows)
      page = Page(columns: [], rows: [])
    } else {
      guard statement.markers.isEmpty else {
        throw TableError.invalid("Invalid amount of bind variables")
      }
      page = try tables.execute(statement, BoundValues(), pageRows: pageRows)
    }
    return form == "native" ? page.nativeJSON : page.readableJSON
  }

  private static let pageRows = 5_000

  /// Executes the statement once for each row of bound values, all in one transaction.
  private func execute(_ statement: PreparedStatement, rows: JSON) throws {
    let bound = try (rows.elements ?? []).map { row in
      guard let cells = row.elements.flatMap({ Cells.decode($0) }) else {
        throw InterfaceError.malformed("\"rows\" must be arrays of values in base 64, or null")
      }
      return cells
    }
    try tables.write { transaction throws(TableError) in
      var values = BoundValues()
      for row in bound {
        values.removeAll()
        for value in row {
          if let value { values.append(value) } else { values.appendNull() }
        }
        _ = try transaction.execute(statement, values)
      }
    }
  }
}
