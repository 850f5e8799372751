internal import CQL
package import SupportDesk
package import Tables

/// The application's table store, embedded: the tables in the data directory.
package struct EmbeddedTableStore: TableStore {
  private let tables: Tables

  package init(_ tables: Tables) { self.tables = tables }

  package func prepare(_ statement: String) throws -> PreparedStatement {
    try tables.prepare(statement)
  }

  @discardableResult
  package func execute(_ statement: String) throws -> Page { try tables.execute(statement) }

  package func execute(
    _ statement: PreparedStatement, _ values: borrowing BoundValues, from page: PagingState?
  ) throws -> Page {
    try tables.execute(statement, values, from: page)
  }

  package func exchange(
    _ pairs: [(String, String)], _ body: (any StateAccess) throws -> Bool
  ) throws -> Bool {
    func name(_ text: String) -> TableName {
      let parts = text.split(separator: ".", maxSplits: 1).map(String.init)
      return TableName(keyspace: parts.first ?? "", table: parts.last ?? "")
    }
    var failure: (any Error)?
    do {
      return try tables.exchange(pairs.map { (name($0.0), name($0.1)) }) {
        editor throws(TableError) in
        do { return try body(EmbeddedState(editor: editor)) } catch {
          failure = error
          throw (error as? TableError) ?? TableError(.serverError, "\(error)")
        }
      }
    } catch {
      throw failure ?? error
    }
  }

  package func commit(_ body: (any TableTransaction) throws -> Void) throws {
    // The tables' own errors are typed; an error of `body` travels beside them.
    var failure: (any Error)?
    do {
      try tables.write { transaction throws(TableError) in
        do { try body(EmbeddedTransaction(transaction: transaction)) } catch {
          failure = error
          throw (error as? TableError) ?? TableError(.serverError, "\(error)")
        }
      }
    } catch {
      throw failure ?? error
    }
  }

  package func state(_ name: String) throws -> [UInt8]? { try tables.state(name) }

  package func state(_ name: [UInt8]) throws -> [UInt8]? { try tables.state(name) }

  package func states(
    from lower: [UInt8], to upper: [UInt8], limit: Int
  ) throws -> [(name: [UInt8], bytes: [UInt8])] {
    try tables.states(from: lower, to: upper, limit: limit)
  }
}

/// A transaction of the embedded tables.
private struct EmbeddedTransaction: TableTransaction {
  let transaction: WriteTransaction

  func execute(
    _ statement: PreparedStatement, _ values: borrowing BoundValues
  ) throws -> Page {
    try transaction.execute(statement, values)
  }

  func setState(_ name: [UInt8], _ bytes: [UInt8]?) throws {
    try transaction.setState(name, bytes)
  }

  func state(_ name: [UInt8]) throws -> [UInt8]? { try transaction.state(name) }
}

/// The state inside a transaction that changes definitions.
private struct EmbeddedState: StateAccess {
  let editor: StateEditor

  func state(_ name: [UInt8]) throws -> [UInt8]? { try editor.get(name) }
  func setState(_ name: [UInt8], _ bytes: [UInt8]?) throws { try editor.set(name, bytes) }
}
