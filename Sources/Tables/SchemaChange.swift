internal import CQL
internal import LMDB

/// Carries out CREATE, DROP and TRUNCATE in one write transaction.
struct SchemaChange {
  var schema: Schema
  let keyspace: String?

  mutating func apply(
    _ statement: Statement, _ transaction: borrowing Transaction, _ maxKeySize: Int
  ) throws(TableError) {
    switch statement {
    case .createKeyspace(let create):
      guard schema.keyspaces[create.name] == nil else {
        if create.ifNotExists { return }
        throw TableError(.alreadyExists, "Keyspace '\(create.name)' already exists")
      }
      try checkName(create.name, "Keyspace")
      var plain = create
      plain.ifNotExists = false
      let cql = Statement.createKeyspace(plain).cql
      schema.keyspaces[create.name] = cql
      try SchemaStore.save(keyspace: create.name, statement: cql, transaction)
    case .createTable(let create): try createTable(create, transaction)
    case .createType(let create): try createType(create, transaction)
    case .alterType(let alter): try alterType(alter, transaction)
    case .createIndex(let create): try createIndex(create, transaction, maxKeySize)
    case .drop(let drop): try self.drop(drop, transaction)
    case .truncate(let name):
      try clear(try schema.table(name, current: keyspace), transaction)
    default: throw .invalid("The statement changes no definition")
    }
  }

  /// Cassandra's rule for names, which here also keeps them apart in the keys of `schema`.
  func checkName(_ name: String, _ what: String) throws(TableError) {
    let isPlain = name.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
        true
      default: false
      }
    }
    guard isPlain, !name.isEmpty, name.utf8.count <= Limits.nameBytes else {
      throw .invalid(
        "\(what) name must not be empty, more than \(Limits.nameBytes) characters long, or contain "
          + "non-alphanumeric-underscore characters (got \"\(name)\")")
    }
  }

  private mutating func createTable(
    _ create: CreateTable, _ transaction: borrowing Transaction
  ) throws(TableError) {
    guard let name = create.name.keyspace ?? keyspace else {
      throw .invalid(
        "No keyspace has been specified. USE a keyspace, or explicitly specify "
          + "keyspace.tablename")
    }
    guard schema.keyspaces[name] != nil else { throw .invalid("Keyspace '\(name)' doesn't exist") }
    let full = TableName(keyspace: name, table: create.name.table)
    guard schema.tables[full] == nil else {
      if create.ifNotExists { return }
      throw TableError(.alreadyExists, "Table '\(name).\(create.name.table)' already exists")
    }
    try checkName(create.name.table, "Table")
    let table = try Table(create, in: schema.scope(name), id: schema.nextID)
    schema.tables[full] = table
    try SchemaStore.save(table, transaction)
  }

  private mutating func createIndex(
    _ create: CreateIndex, _ transaction: borrowing Transaction, _ maxKeySize: Int
  ) throws(TableError) {
    var table = try schema.table(create.table, current: keyspace)
    if create.isCustom || create.indexClass != nil || !create.options.isEmpty {
      throw .unsupported("A custom index")
    }
    guard create.targets.count == 1 else {
      throw .invalid("Only CUSTOM indexes support multiple columns")
    }
    let (target, kind) = create.targets[0].parts
    let column = try table.required(target)
    let name = create.name ?? "\(table.name)_\(target)_idx"
    let isTaken = schema.tables.values.contains { other in
      other.keyspace == table.keyspace && other.indexes.contains { $0.name == name }
    }
    guard !isTaken else {
      if create.ifNotExists { return }
      throw .invalid("Index '\(name)' already exists")
    }
    if column.kind == .partitionKey, table.partitionKey.count == 1 {
      throw .invalid("Cannot create secondary index on the only partition key column \(target)")
    }
    if column.type.containsDuration {
      throw .invalid("Secondary indexes are not supported on \(column.type.durationHolder)")
    }
    try check(kind ?? .values, of: column)
    let index = Index(
      id: schema.nextID, name: name, columnID: column.id,
      target: kind ?? (column.type.isFrozenCollection ? .full : .values))
    table.indexes.append(index)
    schema.tables[TableName(keyspace: table.keyspace, table: table.name)] = table
    try SchemaStore.save(table, transaction)
    try IndexBuilder(table: table, index: index, column: column, maxKeySize: maxKeySize)
      .build(try Databases(transaction))
  }

  private mutating func drop(
    _ drop: Drop, _ transaction: borrowing Transaction
  ) throws(TableError) {
    switch drop.kind {
    case .keyspace:
      let name = drop.name.table
      guard schema.keyspaces.removeValue(forKey: name) != nil else {
        if drop.ifExists { return }
        throw TableError(.configuration, "Keyspace '\(name)' doesn't exist")
      }
      for table in schema.tables.values.filter({ $0.keyspace == name }) {
        try remove(table, transaction)
      }
      for type in schema.types.values.filter({ $0.keyspace == name }) {
        try remove(type, transaction)
      }
      try SchemaStore.remove("keyspace/\(name)", transaction)
    case .table:
      let table: Table
      do { table = try schema.table(drop.name, current: keyspace) } catch {
        if drop.ifExists { return }
        throw error
      }
      try remove(table, transaction)
    case .type: try dropType(drop, transaction)
    case .index:
      let space = drop.name.keyspace ?? keyspace
      guard
        var table = schema.tables.values.first(where: { table in
          table.keyspace == space && table.indexes.contains { $0.name == drop.name.table }
        }), let number = table.indexes.firstIndex(where: { $0.name == drop.name.table })
      else {
        if drop.ifExists { return }
        throw .invalid("Index '\(drop.name.table)' doesn't exist")
      }
      let index = table.indexes.remove(at: number)
      schema.tables[TableName(keyspace: table.keyspace, table: table.name)] = table
      try SchemaStore.save(table, transaction)
      try SchemaChange.clear(prefix: index.id, try Databases(transaction).indexes)
    }
  }

  private mutating func remove(
    _ table: Table, _ transaction: borrowing Transaction
  ) throws(TableError) {
    try clear(table, transaction)
    schema.tables[TableName(keyspace: table.keyspace, table: table.name)] = nil
    try SchemaStore.remove("table/\(table.keyspace)/\(table.name)", transaction)
  }

  private func clear(
    _ table: Table, _ transaction: borrowing Transaction
  ) throws(TableError) {
    let databases = try Databases(transaction)
    try SchemaChange.clear(prefix: table.id, databases.rows)
    for index in table.indexes { try SchemaChange.clear(prefix: index.id, databases.indexes) }
  }

  private static func clear(prefix: UInt32, _ database: Database) throws(TableError) {
    try stored { () throws(LMDBError) in
      let start = bigEndian(prefix)
      // A cursor's place is lost by a removal, so each turn looks for the first key anew.
      while let key = try start.borrowed({ start throws(LMDBError) in
        try database.cursor().seek(start).map { [UInt8]($0.key) }
      }), key.starts(with: start) {
        _ = try database.remove(key)
      }
    }
  }
}

/// Fills a new index from the rows there are.
private struct IndexBuilder {
  let table: Table
  let index: Index
  let column: Column
  let maxKeySize: Int

  func build(_ databases: Databases) throws(TableError) {
    let reader = RowReader(table, databases.rows, now: .min)
    reader.showsCovered = true
    reader.showsStaticRecords = true
    var entries = IndexEntries()
    try reader.scan(.all(table), reversed: false) { row throws(TableError) in
      try entries.append(index, row, maxKeySize: maxKeySize)
      return true
    }
    try entries.visit { entry throws(LMDBError) in
      try databases.indexes.put(entry, UnsafeRawBufferPointer(start: nil, count: 0))
    }
  }
}
