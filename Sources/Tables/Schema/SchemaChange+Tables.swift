internal import CQL

// CREATE, DROP and TRUNCATE of tables.
extension SchemaChange {
  mutating func createTable(_ create: CreateTable) throws(TableError) {
    let keyspace = try self.keyspace(of: create.name.keyspace)
    try SystemKeyspace.check(.create, keyspace)
    try requireKeyspace(keyspace)
    let name = TableName(keyspace: keyspace, table: create.name.table)
    guard schema.tables[name] == nil else {
      if create.ifNotExists { return }
      throw .exists(table: name)
    }
    schema.tables[name] = try Table(
      create, in: schema.scope(keyspace), id: schema.newID(),
      uuid: .ofTime(microseconds: timestamp))
  }

  mutating func dropTable(_ drop: Drop) throws(TableError) {
    let keyspace = try self.keyspace(of: drop.name.keyspace)
    try SystemKeyspace.check(.drop, keyspace, table: drop.name.table)
    let name = TableName(keyspace: keyspace, table: drop.name.table)
    guard schema.tables.removeValue(forKey: name) != nil || drop.ifExists else {
      throw .invalid("Table '\(keyspace).\(name.table)' doesn't exist")
    }
  }

  /// The table goes on under other numbers, which have no rows and no entries.
  mutating func truncate(_ table: Table) {
    var table = table
    table.id = schema.newID()
    for number in table.indexes.indices {
      table.indexes[number].id = schema.newID()
      table.indexes[number].isBuilt = true
    }
    schema.tables[table.fullName] = table
  }
}
