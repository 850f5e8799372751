package import CQL

/// A keyspace's definition.
package struct Keyspace: Hashable, Sendable {
  package var name: String
  package var replication: Replication
  package var hasDurableWrites = true

  /// Whether its tables are views of what the server knows, not stored at clients' wish.
  package var isVirtual: Bool { SystemKeyspace.virtual.contains(name) }
}

/// All keyspaces, tables and types, those of the system among them: an immutable value, replaced
/// whole when a definition changes.
package struct Schema: Sendable {
  package var keyspaces: [String: Keyspace] = [:]
  package var tables: [TableName: Table] = [:]
  /// User-defined types; every name has its keyspace.
  package var types: [QualifiedName: UserType] = [:]
  /// Grows with every change while the tables are open.
  var version = 0
  /// Another with every change: what clients compare.
  package var versionID = UniqueID.named("")
  /// The number that the next table or index gets.
  var nextID: UInt32 = 1
  /// The node's, for ever.
  package var hostID = UniqueID.named("")
  /// When it changed last, microseconds since 1970.
  var changedAt: Int64 = 0
  /// When the file was first opened, seconds since 1970.
  var generation: Int32 = 0
  /// The layout that the system's rows in the file have; 0: there are none.
  var systemLayout: UInt32 = 0

  /// The table that a statement names, in `current` where it names no keyspace.
  func table(_ name: TableName, current: String?) throws(TableError) -> Table {
    guard let keyspace = name.keyspace ?? current else {
      throw .noKeyspace
    }
    // Cassandra has it, so that its absence is no mistake of the client's.
    if keyspace == "system_views" { throw .unsupported("The keyspace system_views") }
    guard keyspaces[keyspace] != nil else { throw .invalid("keyspace \(keyspace) does not exist") }
    guard let table = tables[TableName(keyspace: keyspace, table: name.table)] else {
      throw .invalid("table \(name.table) does not exist")
    }
    return table
  }

  /// The tables of a keyspace, of all where it is nil, by name.
  package func tables(of keyspace: String?) -> [Table] {
    tables.values.filter { keyspace == nil || $0.keyspace == keyspace }
      .sorted { ($0.keyspace, $0.name) < ($1.keyspace, $1.name) }
  }

  /// The tables that users have made.
  package var userTables: [Table] {
    tables.values.filter { !SystemKeyspace.contains($0.keyspace) }
  }

  /// The types that statements may name in a keyspace.
  func scope(_ keyspace: String) -> TypeScope {
    let own = types.values.filter { $0.keyspace == keyspace }
    return TypeScope(
      keyspace: keyspace, types: Dictionary(own.map { ($0.name, $0) }) { first, _ in first })
  }

  /// A number that no table or index has had.
  mutating func newID() -> UInt32 {
    defer { nextID += 1 }
    return nextID
  }

  /// The table that has an index of a name, and the index.
  func index(_ name: String, in keyspace: String) -> (table: Table, index: Index)? {
    for table in tables.values where table.keyspace == keyspace {
      if let index = table.indexes.first(where: { $0.name == name }) { return (table, index) }
    }
    return nil
  }
}

extension TableError {
  static let noKeyspace = TableError.invalid(
    "No keyspace has been specified. USE a keyspace, or explicitly specify keyspace.tablename")
}
