internal import Tables

/// The tables of a session: open for reading until a statement has to write.
struct OpenTables {
  private let access: TableAccess
  private var tables: Tables?
  private var isWriting = false
  /// Who writes, where that is another process.
  private var executor: (any StatementExecutor)?

  init(_ access: TableAccess) { self.access = access }

  /// The tables, to read.
  mutating func open() throws -> Tables {
    if let tables { return tables }
    let opened = try access.read()
    tables = opened
    return opened
  }

  /// Who writes.
  mutating func writer() throws -> TableWriter {
    if let executor { return .elsewhere(executor) }
    if let tables, isWriting { return .here(tables) }
    // LMDB wants a file opened once a process: the reader goes before the writer comes.
    close()
    let writer = try access.write()
    switch writer {
    case .here(let opened):
      tables = opened
      isWriting = true
    case .elsewhere(let found): executor = found
    }
    return writer
  }

  /// Gives the directory back to whoever else wants to write.
  mutating func close() {
    tables = nil
    isWriting = false
    executor = nil
  }
}
