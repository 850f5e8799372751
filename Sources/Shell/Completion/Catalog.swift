internal import CQL
internal import Tables

/// The names that statements can be about.
struct Catalog: Equatable {
  struct Keyspace: Equatable {
    /// The columns of each table.
    var tables: [String: [String]] = [:]
    var types: [String] = []
  }

  var keyspaces: [String: Keyspace] = [:]

  init() {}

  init(_ schema: Schema) {
    for name in schema.keyspaces.keys { keyspaces[name] = Keyspace() }
    for (name, table) in schema.tables {
      keyspaces[table.keyspace, default: Keyspace()].tables[name.table] = table.columns.map(\.name)
    }
    for type in schema.types.values {
      keyspaces[type.keyspace, default: Keyspace()].types.append(type.name)
    }
  }
}
