internal import CQL

// CREATE, ALTER and DROP KEYSPACE (`CreateKeyspaceStatement`, `AlterKeyspaceStatement`,
// `DropKeyspaceStatement`, `KeyspaceAttributes`).
extension SchemaChange {
  mutating func createKeyspace(_ create: CreateKeyspace) throws(TableError) {
    let name = create.name
    if SystemKeyspace.local.contains(name.lowercased()) {
      throw .invalid("System keyspace '\(name)' is not user-modifiable")
    }
    if SystemKeyspace.virtual.contains(name.lowercased()) {
      throw .invalid("Virtual keyspace '\(name)' is not user-modifiable")
    }
    guard SchemaChange.isPlain(name), name.utf8.count <= Limits.nameBytes else {
      throw .invalid(
        "Keyspace name must not be empty, more than \(Limits.nameBytes) characters long, or "
          + "contain non-alphanumeric-underscore characters (got '\(name)')")
    }
    let keyspace = try Keyspace(create)
    guard schema.keyspaces[name] == nil else {
      if create.ifNotExists { return }
      throw .exists(keyspace: name)
    }
    schema.keyspaces[name] = keyspace
  }

  mutating func alterKeyspace(_ alter: AlterKeyspace) throws(TableError) {
    try SystemKeyspace.check(.alter, alter.name)
    let options = try KeyspaceOptions(alter.options)
    guard var keyspace = schema.keyspaces[alter.name] else {
      throw .invalid("Keyspace '\(alter.name)' doesn't exist")
    }
    if let map = options.replication {
      keyspace.replication = try Replication(map, keyspace: alter.name)
    }
    if let flag = options.durableWrites { keyspace.hasDurableWrites = flag }
    schema.keyspaces[alter.name] = keyspace
  }

  mutating func dropKeyspace(_ drop: Drop) throws(TableError) {
    let name = drop.name.table
    try SystemKeyspace.check(.drop, name)
    guard schema.keyspaces.removeValue(forKey: name) != nil else {
      if drop.ifExists { return }
      throw .invalid("Keyspace '\(name)' doesn't exist")
    }
    schema.tables = schema.tables.filter { $0.value.keyspace != name }
    schema.types = schema.types.filter { $0.value.keyspace != name }
  }
}

extension Keyspace {
  /// The keyspace that a CREATE KEYSPACE makes.
  init(_ create: CreateKeyspace) throws(TableError) {
    let options = try KeyspaceOptions(create.options)
    name = create.name
    hasDurableWrites = options.durableWrites ?? true
    guard let map = options.replication else {
      throw .invalid("Missing mandatory option 'replication'")
    }
    replication = try Replication(map, keyspace: name)
  }
}

/// The options of a keyspace as written.
private struct KeyspaceOptions {
  var replication: [String: String]?
  var durableWrites: Bool?

  init(_ options: [Option]) throws(TableError) {
    for option in options {
      switch option.name {
      case "replication":
        let map = try Property(option).map()
        guard map["class"] != nil else {
          throw configuration("Missing replication strategy class")
        }
        replication = map
      case "durable_writes": durableWrites = try Property(option).flag()
      default: throw TableError(.syntaxError, "Unknown property '\(option.name)'")
      }
    }
  }
}
