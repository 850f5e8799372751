package import Tables

/// Where verdicts are kept and asked for, in CQL: the second of the application's two ports.
///
/// Values are bound in the encodings of Cassandra's native protocol. All methods may be called from
/// any thread and may block on the disk.
package protocol TableStore: Sendable {
  /// Parses and plans a statement, to be executed any number of times.
  func prepare(_ statement: String) throws -> PreparedStatement
  /// Executes a statement without markers.
  @discardableResult
  func execute(_ statement: String) throws -> Page
  /// Executes a SELECT, from `page` on where there was one before.
  func execute(
    _ statement: PreparedStatement, _ values: borrowing BoundValues, from page: PagingState?
  ) throws -> Page
  /// Lets the two tables of each pair, each with its keyspace, take each other's names at one
  /// moment; `body` changes the state in the same one, or says false and nothing is done.
  func exchange(
    _ pairs: [(String, String)], _ body: (any StateAccess) throws -> Bool
  ) throws -> Bool
  /// Lets `body` read and write; all of it, the checkpoint included, is there when this returns, or
  /// nothing of it where `body` throws.
  func commit(_ body: (any TableTransaction) throws -> Void) throws
  /// The bytes that a transaction kept under a name.
  func state(_ name: String) throws -> [UInt8]?
  /// The same for a name that is no text.
  func state(_ name: [UInt8]) throws -> [UInt8]?
  /// What is kept under the first `limit` names from `lower` up to, not including, `upper`.
  func states(
    from lower: [UInt8], to upper: [UInt8], limit: Int
  ) throws -> [(name: [UInt8], bytes: [UInt8])]
}

/// The state of queries inside a transaction.
package protocol StateAccess {
  /// The bytes kept under a name, those set in this transaction included; nil where there are none.
  func state(_ name: [UInt8]) throws -> [UInt8]?
  /// Keeps bytes under a name: a query's checkpoint or state; nil takes away what is there.
  func setState(_ name: [UInt8], _ bytes: [UInt8]?) throws
}

extension StateAccess {
  /// The same for a name that is text.
  package func state(_ name: String) throws -> [UInt8]? { try state(Array(name.utf8)) }

  /// The same for a name that is text.
  package func setState(_ name: String, _ bytes: [UInt8]?) throws {
    try setState(Array(name.utf8), bytes)
  }
}

/// What can be done inside `TableStore.commit`.
package protocol TableTransaction: StateAccess {
  /// Executes a prepared statement; a SELECT sees what was written so far.
  @discardableResult
  func execute(_ statement: PreparedStatement, _ values: borrowing BoundValues) throws -> Page
}
