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

  func setState(_ name: String, _ bytes: [UInt8]) throws {
    try transaction.setState(name, bytes)
  }

  func setState(_ name: [UInt8], _ bytes: [UInt8]?) throws {
    try transaction.setState(name, bytes)
  }

  func state(_ name: String) throws -> [UInt8]? { try transaction.state(name) }

  func state(_ name: [UInt8]) throws -> [UInt8]? { try transaction.state(name) }
}
