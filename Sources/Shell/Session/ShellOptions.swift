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
  /// Opens them for writing, making them where there are none. Thrown: who else writes, among
  /// others.
  package var write: () throws -> Tables

  package init(read: @escaping () throws -> Tables, write: @escaping () throws -> Tables) {
    self.read = read
    self.write = write
  }
}
