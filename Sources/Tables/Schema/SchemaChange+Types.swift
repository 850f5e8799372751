internal import CQL

// CREATE, ALTER and DROP TYPE.
extension SchemaChange {
  mutating func createType(_ create: CreateType) throws(TableError) {
    let keyspace = try self.keyspace(of: create.name.keyspace)
    try SystemKeyspace.check(.create, keyspace)
    try requireKeyspace(keyspace)
    let name = create.name.name
    guard schema.types[QualifiedName(keyspace: keyspace, name)] == nil else {
      if create.ifNotExists { return }
      throw .invalid("A user type with name '\(name)' already exists")
    }
    var type = UserType(keyspace: keyspace, name: name, fields: [])
    var names: Set<String> = []
    for field in create.fields {
      guard names.insert(field.name).inserted else {
        throw .invalid("Duplicate field name '\(field.name)' in type '\(name)'")
      }
      type.fields.append(try self.field(field, of: type))
    }
    try DataType.user(type).checkSize()
    schema.types[QualifiedName(keyspace: keyspace, name)] = type
  }

  mutating func alterType(_ alter: AlterType) throws(TableError) {
    let keyspace = try self.keyspace(of: alter.name.keyspace)
    try SystemKeyspace.check(.alter, keyspace, table: alter.name.name)
    guard var type = schema.types[QualifiedName(keyspace: keyspace, alter.name.name)] else {
      throw .invalid("Type \(keyspace).\(alter.name.name) doesn't exist")
    }
    let full = TableName(keyspace: keyspace, table: type.name).cql
    switch alter.change {
    case .add(let field):
      guard !type.fields.contains(where: { $0.name == field.name }) else {
        throw .invalid(
          "Cannot add field \(field.name) to type \(full): a field with name \(field.name) "
            + "already exists")
      }
      let added = try self.field(field, of: type)
      let change =
        "Cannot add new field \(field.name) of type \(field.type.cql) to user type \(full)"
      if added.type.uses(keyspace, type.name) {
        throw .invalid("\(change) as it would create a circular reference")
      }
      let keyed = tables(using: type) { $0.partitionKey }
      guard keyed.isEmpty else {
        throw .invalid(
          "\(change) as the type is being used in partition key by the following tables: "
            + keyed.map { "\($0.keyspace).\($0.name)" }.joined(separator: ", "))
      }
      type.fields.append(added)
    case .rename(let renamings):
      for renaming in renamings {
        guard let index = type.fields.firstIndex(where: { $0.name == renaming.name }) else {
          throw .invalid("Unkown field \(renaming.name) in user type \(full)")
        }
        type.fields[index].name = renaming.newName
      }
      for field in type.fields where type.fields.count(where: { $0.name == field.name }) > 1 {
        // Cassandra's message names the keyspace for the type.
        throw .invalid("Duplicate field name \(field.name) in type \(keyspace)")
      }
    case .type: throw .invalid("Altering field types is no longer supported")
    }
    try DataType.user(type).checkSize()
    for (name, other) in schema.types {
      let changed = other.replacing(type)
      try DataType.user(changed).checkSize()
      schema.types[name] = changed
    }
    schema.types[QualifiedName(keyspace: keyspace, type.name)] = type
    for (name, var table) in schema.tables where table.keyspace == keyspace {
      for index in table.columns.indices {
        table.columns[index].type = table.columns[index].type.replacing(type)
      }
      schema.tables[name] = table
    }
  }

  mutating func dropType(_ drop: Drop) throws(TableError) {
    let keyspace = try self.keyspace(of: drop.name.keyspace)
    try SystemKeyspace.check(.drop, keyspace)
    let name = drop.name.table
    guard let type = schema.types[QualifiedName(keyspace: keyspace, name)] else {
      if drop.ifExists { return }
      throw .invalid("Type '\(keyspace).\(name)' doesn't exist")
    }
    let users = schema.types.values.filter { other in
      other.name != name && other.fields.contains { $0.type.uses(keyspace, name) }
    }
    let refusal = "Cannot drop user type '\(keyspace).\(name)' as it is still used by"
    guard users.isEmpty else {
      throw .invalid("\(refusal) user types \(users.map(\.name).sorted().joined(separator: ", "))")
    }
    let tables = tables(using: type) { $0.columns[...] }
    guard tables.isEmpty else {
      throw .invalid("\(refusal) tables \(tables.map(\.name).joined(separator: ", "))")
    }
    schema.types[QualifiedName(keyspace: keyspace, name)] = nil
  }

  private func field(_ field: Field, of type: UserType) throws(TableError) -> UserType.Field {
    let found = try DataType(field.type, in: schema.scope(type.keyspace))
    if found == .counter { throw .invalid("A user type cannot contain counters") }
    if case .multiCell(.user) = found {
      throw .invalid("A user type cannot contain non-frozen UDTs")
    }
    return UserType.Field(name: field.name, type: found)
  }

  private func tables(
    using type: UserType, in columns: (Table) -> ArraySlice<Column>
  ) -> [Table] {
    schema.tables.values.filter { table in
      columns(table).contains { $0.type.uses(type.keyspace, type.name) }
    }.sorted { $0.name < $1.name }
  }
}
