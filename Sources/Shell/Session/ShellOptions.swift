package import Tables

/// How a shell is to behave.
package struct ShellOptions: Sendable {
  /// Results as JSON, an object a row.
  package var json = false
  /// Whether the statements behind one that failed are run too.
  package var continuesAfterErrors = false
  package var keyspace: String?
  /// The program's name and version.
  package var program = "grouse"
  /// What the shell reads and writes: the data directory's path.
  package var place = ""

  package init() {}
}

/// The way to the tables, which are opened when a statement needs them.
package struct TableAccess {
  /// Opens them for reading. Thrown: that there are none yet, among others.
  package var read: () throws -> Tables
  /// Opens them for writing, making them where there are none, or finds who has. Thrown: who else
  /// writes, among others.
  package var write: () throws -> TableWriter

  package init(
    read: @escaping () throws -> Tables, write: @escaping () throws -> TableWriter
  ) {
    self.read = read
    self.write = write
  }
}

/// Who writes what a session's statements change.
package enum TableWriter {
  /// This process.
  case here(Tables)
  /// The one that has the tables open for writing.
  case elsewhere(any StatementExecutor)
}

/// A process that executes statements for this one.
package protocol StatementExecutor {
  /// Executes a statement without markers. Thrown: `TableError`, and why it cannot be asked.
  func execute(_ statement: String, keyspace: String?) throws -> Page
  /// Executes a statement once for each row of values, all in one transaction.
  func execute(_ statement: String, rows: [[[UInt8]?]]) throws
}
