package import CQL
package import LMDB

/// A statement that failed, with the error code of Cassandra's native protocol.
package struct TableError: Error, Equatable, CustomStringConvertible {
  /// Codes as in the native protocol, section 9.
  package enum Code: Int, Sendable {
    case serverError = 0x0000
    case protocolError = 0x000A
    case functionFailure = 0x1400
    case syntaxError = 0x2000
    case unauthorized = 0x2100
    case invalid = 0x2200
    case configuration = 0x2300
    case alreadyExists = 0x2400
  }

  package var code: Code
  package var message: String
  /// What exists already, with code 0x2400: for a keyspace, its table is the empty string.
  package var existing: TableName?
  /// What LMDB said, where it was LMDB that failed.
  package var storage: LMDBError?

  package init(_ code: Code, _ message: String) {
    self.code = code
    // Some of Cassandra's messages hold what was sent, however long; the protocol's strings do not.
    let isLong = message.utf8.count > Limits.messageBytes
    self.message = isLong ? String(message.prefix(Limits.messageBytes / 4)) + "…" : message
  }

  /// What a statement is refused with by its grammar.
  package init(_ error: CQLSyntaxError) {
    self.init(error.isOfValue ? .invalid : .syntaxError, "\(error)")
  }

  package init(_ error: LMDBError) {
    code = .serverError
    message = "\(error)"
    storage = error
  }

  /// The tables were opened for reading, and whoever was to make them was ended before.
  package var isOfEmptyFile: Bool { storage?.isEmpty == true }

  /// A SELECT that was asked to end.
  package static let cancelled = TableError(.serverError, "The statement was cancelled")

  /// A statement that is well formed and cannot be executed.
  package static func invalid(_ message: String) -> TableError { TableError(.invalid, message) }

  /// A row of a result, or a value in it, that would take more memory than one may.
  static let oversizedResult = TableError.invalid(
    "A row of the result is larger than \(Limits.resultRowBytes) bytes: select less of it")

  /// A statement, or a part of one, that Cassandra has and these tables have not.
  package static func unsupported(_ feature: String) -> TableError {
    .invalid("\(feature) is not supported")
  }

  static func exists(keyspace: String) -> TableError {
    var error = TableError(.alreadyExists, "Cannot add existing keyspace \"\(keyspace)\"")
    error.existing = TableName(keyspace: keyspace, table: "")
    return error
  }

  static func exists(table: TableName) -> TableError {
    var error = TableError(
      .alreadyExists,
      "Cannot add already existing table \"\(table.table)\" to keyspace "
        + "\"\(table.keyspace ?? "")\"")
    error.existing = table
    return error
  }

  package var description: String { message }
}

/// Runs LMDB work, turning its error into a statement's.
func stored<Result: ~Copyable>(_ body: () throws(LMDBError) -> Result) throws(TableError) -> Result
{
  do { return try body() } catch { throw TableError(error) }
}
