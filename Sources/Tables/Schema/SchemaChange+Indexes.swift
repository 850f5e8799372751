internal import CQL

// CREATE and DROP INDEX (`CreateIndexStatement`, `DropIndexStatement`, `IndexTarget`).
extension SchemaChange {
  private func checkIsNotCustom(_ create: CreateIndex) throws(TableError) {
    guard create.isCustom else {
      if create.indexClass != nil {
        throw .invalid("Cannot specify index class for a non-CUSTOM index")
      }
      if !create.options.isEmpty {
        throw .invalid("Cannot specify options for a non-CUSTOM index")
      }
      return
    }
    if create.indexClass == nil {
      throw .invalid("CUSTOM index requires specifying the index class")
    }
    throw .unsupported("A custom index")
  }

  mutating func createIndex(_ create: CreateIndex) throws(TableError) {
    let keyspace = try self.keyspace(of: create.table.keyspace)
    try SystemKeyspace.check(.alter, keyspace, table: create.table.table)
    try checkIsNotCustom(create)
    try requireKeyspace(keyspace)
    let tableName = TableName(keyspace: keyspace, table: create.table.table)
    guard var table = schema.tables[tableName] else {
      throw .invalid("Table '\(tableName.table)' doesn't exist")
    }
    if let name = create.name, schema.index(name, in: keyspace) != nil {
      if create.ifNotExists { return }
      throw .invalid("Index '\(name)' already exists")
    }
    if table.isCounter { throw .invalid("Secondary indexes on counter tables aren't supported") }
    guard let written = create.targets.first else {
      throw .invalid("Only CUSTOM indexes can be created without specifying a target column")
    }
    guard create.targets.count == 1 else {
      throw .invalid("Only CUSTOM indexes support multiple columns")
    }
    let column = try table.required(written.column)
    let target = try SchemaChange.target(written, column, table)
    let name = create.name ?? freeIndexName(table.name, column.name, in: keyspace)
    if let same = table.indexes.first(where: { $0.columnID == column.id && $0.target == target }) {
      if create.ifNotExists { return }
      throw .invalid("Index \(name) is a duplicate of existing index \(same.name)")
    }
    guard SchemaChange.isPlain(name) else { throw configuration("Illegal index name \(name)") }
    table.indexes.append(
      Index(
        id: schema.newID(), name: name, columnID: column.id, target: target, isBuilt: false))
    schema.tables[tableName] = table
  }

  mutating func dropIndex(_ drop: Drop) throws(TableError) {
    let keyspace = try self.keyspace(of: drop.name.keyspace)
    let name = drop.name.table
    guard let (table, index) = schema.index(name, in: keyspace) else {
      if drop.ifExists { return }
      throw .invalid("Index '\(keyspace).\(name)' doesn't exist'")
    }
    try SystemKeyspace.check(.alter, keyspace, table: table.name)
    schema.tables[table.fullName]?.indexes.removeAll { $0.id == index.id }
  }

  private func freeIndexName(_ table: String, _ column: String, in keyspace: String) -> String {
    let plain = "\(table)_\(column)_idx".filter { SchemaChange.isPlain(String($0)) }
    var name = plain
    var number = 0
    while schema.index(name, in: keyspace) != nil {
      number += 1
      name = "\(plain)_\(number)"
    }
    return name
  }

  /// What of the column is indexed. Thrown: where it cannot be.
  private static func target(
    _ written: CreateIndex.Target, _ column: Column, _ table: Table
  ) throws(TableError) -> Index.Target {
    let type = column.type
    let name = column.name
    if type.containsDuration {
      throw .invalid("Secondary indexes are not supported on \(type.durationHolder)")
    }
    if column.kind == .partitionKey, table.partitionKey.count == 1 {
      throw .invalid("Cannot create secondary index on the only partition key column \(name)")
    }
    let isCollection = type.isFrozenCollection || type.isMultiCellCollection
    // On a collection, no word means its values.
    let word = written.word ?? (isCollection ? "values" : nil)
    if type.isFrozenCollection, let word, word != "full" {
      throw .invalid(
        "Cannot create \(word)() index on frozen column \(name). Frozen collections are immutable "
          + "and must be fully indexed by using the 'full(\(name))' modifier")
    }
    if !type.isFrozenCollection, word == "full" {
      throw .invalid("full() indexes can only be created on frozen collections")
    }
    if !isCollection, let word {
      throw .invalid(
        "Cannot create \(word)() index on \(name). Non-collection columns only support simple "
          + "indexes")
    }
    if let word, word == "keys" || word == "entries" {
      guard case .multiCell(.map) = type else {
        throw .invalid("Cannot create index on \(word) of column \(name) with non-map type")
      }
    }
    if case .multiCell(.user) = type {
      throw .invalid("Cannot create index on non-frozen UDT column \(name)")
    }
    switch written {
    case .column, .values: return .values
    case .keys: return .keys
    case .entries: return .entries
    case .full: return .full
    }
  }
}

extension CreateIndex.Target {
  fileprivate var column: String {
    switch self {
    case .column(let name), .values(let name), .keys(let name), .entries(let name),
      .full(let name):
      name
    }
  }

  fileprivate var word: String? {
    switch self {
    case .column: nil
    case .values: "values"
    case .keys: "keys"
    case .entries: "entries"
    case .full: "full"
    }
  }
}
