internal import Tables

/// The tables of a session: open for reading until a statement has to write.
struct OpenTables {
  private let access: TableAccess
  private var tables: Tables?
  private var isWriting = false

  init(_ access: TableAccess) { self.access = access }

  mutating func open(writing: Bool) throws -> Tables {
    if let tables, isWriting || !writing { return tables }
    // LMDB wants a file opened once a process: the reader goes before the writer comes.
    close()
    let opened = try writing ? access.write() : access.read()
    tables = opened
    isWriting = writing
    return opened
  }

  /// Gives the directory back to whoever else wants to write.
  mutating func close() {
    tables = nil
    isWriting = false
  }
}
