internal import Bytes
internal import CQL
internal import LMDB

/// The definitions in the database `schema` (see FORMAT.md).
enum SchemaStore {
  static func load(_ transaction: borrowing Transaction) throws(TableError) -> Schema {
    let schema = try stored { () throws(LMDBError) in
      let cursor = try transaction.database("schema").cursor()
      var entries: [(key: String, value: [UInt8])] = []
      var entry = try cursor.first()
      while let found = entry {
        entries.append((String(decoding: found.key, as: UTF8.self), [UInt8](found.value)))
        entry = try cursor.next()
      }
      return entries
    }
    var loaded = SystemTables.schema
    // Tables name types, and types name each other.
    var types: [(name: QualifiedName, value: [UInt8])] = []
    for (key, value) in schema where key.hasPrefix("type/") {
      let parts = names(in: key)
      guard parts.count == 3 else { throw damaged(key) }
      types.append((QualifiedName(keyspace: parts[1], parts[2]), value))
    }
    try load(types, into: &loaded)
    for (key, value) in schema {
      let parts = names(in: key)
      switch (parts.first, parts.count) {
      case ("keyspace", 2): loaded.keyspaces[parts[1]] = try keyspace(value, name: parts[1])
      case ("table", 3):
        let table = try decode(value, in: loaded.scope(parts[1]), name: parts[2])
        if SystemKeyspace.contains(parts[1]) {
          // Of these, only what a client may do is kept: to truncate them.
          loaded.tables[table.fullName]?.id = table.id
        } else {
          loaded.tables[table.fullName] = table
        }
        let used = ([table.id] + table.indexes.map(\.id)).reduce(0, max)
        loaded.nextID = max(loaded.nextID, used + 1)
      case ("type", 3), ("purge", 2), ("build", 2), ("state", 1), ("node", 1): break
      default: throw damaged(key)
      }
    }
    if let state = schema.first(where: { $0.key == "state" })?.value {
      try decode(state: state, into: &loaded)
    }
    return loaded
  }

  /// What stands between the slashes of a key; a type's name, the last, may have some itself.
  private static func names(in key: String) -> [String] {
    key.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
  }

  /// Reads the types in rounds: in each those that name only types already read.
  private static func load(
    _ types: [(name: QualifiedName, value: [UInt8])], into schema: inout Schema
  ) throws(TableError) {
    var left = types
    while !left.isEmpty {
      let before = left.count
      var failure: TableError?
      var next: [(name: QualifiedName, value: [UInt8])] = []
      for type in left {
        do throws(TableError) {
          schema.types[type.name] = try decode(
            type.value, in: schema.scope(type.name.keyspace ?? ""), type: type.name.name)
        } catch {
          failure = error
          next.append(type)
        }
      }
      left = next
      if let failure, left.count == before { throw failure }
    }
  }

  /// Writes what differs, and the schema's own state.
  static func save(
    _ difference: SchemaDifference, _ transaction: borrowing Transaction
  ) throws(TableError) {
    for name in difference.keyspaces {
      let keyspace = difference.new.keyspaces[name]
      try set("keyspace/\(name)", keyspace.map { [1] + Array($0.cql.utf8) }, transaction)
    }
    for name in difference.tables {
      let table = difference.new.tables[name]
      try set("table/\(name.keyspace ?? "")/\(name.table)", table.map(encode), transaction)
    }
    for name in difference.types {
      let type = difference.new.types[name]
      try set("type/\(name.keyspace ?? "")/\(name.name)", type.map(encode), transaction)
    }
    try saveState(difference.new, transaction)
  }

  /// Writes what is of the schema as a whole.
  static func saveState(
    _ schema: Schema, _ transaction: borrowing Transaction
  ) throws(TableError) {
    var bytes = ByteBuffer(capacity: 64)
    bytes.append(1)
    bytes.append(bigEndian: SystemTables.layout)
    bytes.append(bigEndian: schema.nextID)
    bytes.append(schema.versionID.bytes)
    bytes.append(schema.hostID.bytes)
    bytes.append(bigEndian: schema.changedAt)
    bytes.append(bigEndian: schema.generation)
    try set("state", bytes.toArray(), transaction)
  }

  /// When the definitions last changed, microseconds since 1970: never twice the same.
  static func changeTime(_ transaction: borrowing Transaction) throws(TableError) -> Int64 {
    let state = try stored { () throws(LMDBError) in
      try transaction.database("schema").get(Array("state".utf8)).map { [UInt8]($0) }
    }
    var schema = Schema()
    if let state { try decode(state: state, into: &schema) }
    return schema.changedAt
  }

  private static func decode(
    state: [UInt8], into schema: inout Schema
  ) throws(TableError) {
    do {
      try state.withUnsafeBytes { raw throws in
        var reader = ByteReader(raw)
        guard try reader.integer(UInt8.self) == 1 else { throw damaged("state") }
        schema.systemLayout = try reader.integer()
        schema.nextID = try reader.integer()
        guard let version = UniqueID(try reader.run(16)), let host = UniqueID(try reader.run(16))
        else { throw damaged("state") }
        schema.versionID = version
        schema.hostID = host
        schema.changedAt = try reader.integer()
        schema.generation = try reader.integer()
      }
    } catch { throw damaged("state") }
  }

  private static func keyspace(_ value: [UInt8], name: String) throws(TableError) -> Keyspace {
    var text = String(decoding: value.dropFirst(), as: UTF8.self)
    // Once, it needed no options.
    if !text.contains(" WITH ") { text += " WITH durable_writes = true" }
    guard case .createKeyspace(let create)? = try? CQLParser.parse(text) else {
      throw damaged("keyspace/\(name)")
    }
    do throws(TableError) { return try Keyspace(create) } catch {
      // Once, any replication was taken; it never had an effect.
      return Keyspace(name: name, replication: .simple(1))
    }
  }

  private static func encode(_ type: UserType) -> [UInt8] {
    var bytes = ByteBuffer(capacity: 256)
    bytes.append(1)
    bytes.append(varint: UInt64(type.fields.count))
    for text in type.fields.flatMap({ [$0.name, $0.type.name] }) {
      bytes.append(varint: UInt64(text.utf8.count))
      bytes.append(utf8: text)
    }
    return bytes.toArray()
  }

  static func get(
    _ key: String, _ transaction: borrowing Transaction
  ) throws(TableError) -> [UInt8]? {
    try stored { () throws(LMDBError) in
      try transaction.database("schema").get(Array(key.utf8))
    }
  }

  /// The numbers n of which there is an entry `<what>/<n>`.
  static func numbers(
    noted what: String, _ transaction: borrowing Transaction
  ) throws(TableError) -> [UInt32] {
    let prefix = Array("\(what)/".utf8)
    return try stored { () throws(LMDBError) in
      let cursor = try transaction.database("schema").cursor()
      var numbers: [UInt32] = []
      var entry = try prefix.borrowed { prefix throws(LMDBError) in try cursor.seek(prefix) }
      while let found = entry, found.key.starts(with: prefix) {
        let digits = String(decoding: found.key[prefix.count...], as: UTF8.self)
        if let number = UInt32(digits) { numbers.append(number) }
        entry = try cursor.next()
      }
      return numbers
    }
  }

  /// Sets an entry, or removes it where the value is nil.
  static func set(
    _ key: String, _ value: [UInt8]?, _ transaction: borrowing Transaction
  ) throws(TableError) {
    try stored { () throws(LMDBError) in
      let database = try transaction.database("schema")
      if let value {
        try database.put(Array(key.utf8), value)
      } else {
        _ = try database.remove(Array(key.utf8))
      }
    }
  }

  private static func encode(_ table: Table) -> [UInt8] {
    var bytes = ByteBuffer(capacity: 512)
    func append(_ text: String) {
      bytes.append(varint: UInt64(text.utf8.count))
      bytes.append(utf8: text)
    }
    func append(_ column: Column) {
      bytes.append(varint: UInt64(column.id))
      append(column.name)
      append(column.type.name)
      bytes.append(column.kind.rawValue)
      bytes.append(varint: UInt64(column.position))
      bytes.append(column.isDescending ? 1 : 0)
    }
    bytes.append(2)
    bytes.append(bigEndian: table.id)
    bytes.append(varint: UInt64(table.columns.count))
    for column in table.columns { append(column) }
    bytes.append(varint: UInt64(table.indexes.count))
    for index in table.indexes {
      bytes.append(bigEndian: index.id)
      append(index.name)
      bytes.append(varint: UInt64(index.columnID))
      bytes.append(index.target.rawValue)
      bytes.append(index.isBuilt ? 1 : 0)
    }
    append(table.options.changed)
    bytes.append(table.uuid.bytes)
    bytes.append(varint: UInt64(table.droppedColumns.count))
    for dropped in table.droppedColumns {
      append(dropped.column)
      bytes.append(bigEndian: dropped.time)
    }
    return bytes.toArray()
  }

  private static func decode(
    _ value: [UInt8], in scope: TypeScope, name: String
  ) throws(TableError) -> Table {
    let keyspace = scope.keyspace
    do {
      return try value.withUnsafeBytes { raw throws in
        var reader = ByteReader(raw)
        func text() throws -> String {
          String(decoding: try reader.run(Int(clamping: try reader.varint())), as: UTF8.self)
        }
        func column() throws -> Column {
          let id = UInt32(truncatingIfNeeded: try reader.varint())
          let columnName = try text()
          let type = try SchemaStore.type(try text(), in: scope)
          guard let kind = Column.Kind(rawValue: try reader.integer()) else { throw damaged(name) }
          return Column(
            id: id, name: columnName, type: type, kind: kind,
            position: Int(truncatingIfNeeded: try reader.varint()),
            isDescending: try reader.integer(UInt8.self) == 1)
        }
        let version = try reader.integer(UInt8.self)
        guard version == 1 || version == 2 else { throw damaged(name) }
        let id = try reader.integer(UInt32.self)
        var columns: [Column] = []
        for _ in 0..<(try reader.varint()) { columns.append(try column()) }
        var indexes: [Index] = []
        for _ in 0..<(try reader.varint()) {
          var index = Index(
            id: try reader.integer(), name: try text(),
            columnID: UInt32(truncatingIfNeeded: try reader.varint()), target: .values)
          if version == 1 {
            // Then an index on a frozen collection was made without a word for it.
            let column = columns.first { $0.id == index.columnID }
            if column?.type.isFrozenCollection ?? false { index.target = .full }
          } else {
            guard let target = Index.Target(rawValue: try reader.integer()) else {
              throw damaged(name)
            }
            index.target = target
            index.isBuilt = try reader.integer(UInt8.self) == 1
          }
          indexes.append(index)
        }
        var table = Table(
          keyspace: keyspace, name: name, id: id, uuid: .named("\(keyspace).\(name).\(id)"),
          columns: columns, indexes: indexes, options: try options(try text(), version))
        guard version > 1 else { return table }
        guard let uuid = UniqueID(try reader.run(16)) else { throw damaged(name) }
        table.uuid = uuid
        for _ in 0..<(try reader.varint()) {
          table.droppedColumns.append(
            DroppedColumn(column: try column(), time: try reader.integer()))
        }
        return table
      }
    } catch {
      throw damaged("table/\(keyspace)/\(name)")
    }
  }

  private static func decode(
    _ value: [UInt8], in scope: TypeScope, type name: String
  ) throws(TableError) -> UserType {
    do {
      return try value.withUnsafeBytes { raw throws in
        var reader = ByteReader(raw)
        func text() throws -> String {
          String(decoding: try reader.run(Int(clamping: try reader.varint())), as: UTF8.self)
        }
        guard try reader.integer(UInt8.self) == 1 else { throw damaged(name) }
        var fields: [UserType.Field] = []
        for _ in 0..<(try reader.varint()) {
          let name = try text()
          fields.append(.init(name: name, type: try SchemaStore.type(try text(), in: scope)))
        }
        return UserType(keyspace: scope.keyspace, name: name, fields: fields)
      }
    } catch {
      throw damaged("type/\(scope.keyspace)/\(name)")
    }
  }

  /// The options of a definition, which are CQL.
  private static func options(_ text: String, _ version: UInt8) throws -> TableOptions {
    if text.isEmpty { return TableOptions() }
    guard
      case .createTable(let probe) = try CQLParser.parse(
        "CREATE TABLE t (c int PRIMARY KEY) WITH \(text)")
    else { throw damaged(text) }
    var options = TableOptions()
    if version > 1 {
      try options.set(probe.options)
    } else {
      // Once, any option was taken: those that can be none are left out.
      for option in probe.options { try? options.set([option]) }
    }
    return options
  }

  /// The type of a definition, which is CQL.
  private static func type(_ text: String, in scope: TypeScope) throws -> DataType {
    guard
      case .createTable(let probe) = try CQLParser.parse(
        "CREATE TABLE t (c \(text) PRIMARY KEY)"),
      let column = probe.columns.first
    else { throw damaged(text) }
    return try DataType(column.type, in: scope)
  }

  private static func damaged(_ key: String) -> TableError {
    TableError(.serverError, "the definition \(key) in tables/data.mdb cannot be read")
  }
}
