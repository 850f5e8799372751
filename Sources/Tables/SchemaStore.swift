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
    var loaded = Schema()
    // Tables name types, and types name each other.
    var types: [(name: QualifiedName, value: [UInt8])] = []
    for (key, value) in schema where key.hasPrefix("type/") {
      let parts = key.split(separator: "/").map(String.init)
      guard parts.count == 3 else { throw damaged(key) }
      types.append((QualifiedName(keyspace: parts[1], parts[2]), value))
    }
    try load(types, into: &loaded)
    for (key, value) in schema {
      let parts = key.split(separator: "/", maxSplits: 2).map(String.init)
      switch (parts.first, parts.count) {
      case ("keyspace", 2):
        loaded.keyspaces[parts[1]] = String(decoding: value.dropFirst(), as: UTF8.self)
      case ("table", 3):
        let table = try decode(value, in: loaded.scope(parts[1]), name: parts[2])
        loaded.tables[TableName(keyspace: parts[1], table: parts[2])] = table
      case ("type", 3): break
      default: throw damaged(key)
      }
    }
    return loaded
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

  static func save(
    keyspace: String, statement: String, _ transaction: borrowing Transaction
  ) throws(TableError) {
    try put("keyspace/\(keyspace)", [1] + Array(statement.utf8), transaction)
  }

  static func save(_ table: Table, _ transaction: borrowing Transaction) throws(TableError) {
    try put("table/\(table.keyspace)/\(table.name)", encode(table), transaction)
  }

  static func save(_ type: UserType, _ transaction: borrowing Transaction) throws(TableError) {
    var bytes = ByteBuffer(capacity: 256)
    bytes.append(1)
    bytes.append(varint: UInt64(type.fields.count))
    for text in type.fields.flatMap({ [$0.name, $0.type.name] }) {
      bytes.append(varint: UInt64(text.utf8.count))
      bytes.append(utf8: text)
    }
    try put("type/\(type.keyspace)/\(type.name)", bytes.toArray(), transaction)
  }

  static func remove(_ key: String, _ transaction: borrowing Transaction) throws(TableError) {
    _ = try stored { () throws(LMDBError) in
      try transaction.database("schema").remove(Array(key.utf8))
    }
  }

  private static func put(
    _ key: String, _ value: [UInt8], _ transaction: borrowing Transaction
  ) throws(TableError) {
    try stored { () throws(LMDBError) in
      try transaction.database("schema").put(Array(key.utf8), value)
    }
  }

  private static func encode(_ table: Table) -> [UInt8] {
    var bytes = ByteBuffer(capacity: 512)
    func append(_ text: String) {
      bytes.append(varint: UInt64(text.utf8.count))
      bytes.append(utf8: text)
    }
    bytes.append(2)
    bytes.append(bigEndian: table.id)
    bytes.append(varint: UInt64(table.columns.count))
    for column in table.columns {
      bytes.append(varint: UInt64(column.id))
      append(column.name)
      append(column.type.name)
      bytes.append(column.kind.rawValue)
      bytes.append(varint: UInt64(column.position))
      bytes.append(column.isDescending ? 1 : 0)
    }
    bytes.append(varint: UInt64(table.indexes.count))
    for index in table.indexes {
      bytes.append(bigEndian: index.id)
      append(index.name)
      bytes.append(varint: UInt64(index.columnID))
      bytes.append(index.target.rawValue)
      bytes.append(index.isBuilt ? 1 : 0)
    }
    append(table.options)
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
        let version = try reader.integer(UInt8.self)
        guard version == 1 || version == 2 else { throw damaged(name) }
        let id = try reader.integer(UInt32.self)
        var columns: [Column] = []
        for _ in 0..<(try reader.varint()) {
          let id = UInt32(truncatingIfNeeded: try reader.varint())
          let columnName = try text()
          let type = try SchemaStore.type(try text(), in: scope)
          guard let kind = Column.Kind(rawValue: try reader.integer()) else { throw damaged(name) }
          columns.append(
            Column(
              id: id, name: columnName, type: type, kind: kind,
              position: Int(try reader.varint()),
              isDescending: try reader.integer(UInt8.self) == 1))
        }
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
        return Table(
          keyspace: keyspace, name: name, id: id, columns: columns, indexes: indexes,
          options: try text())
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

extension Database {
  func get(_ key: [UInt8]) throws(LMDBError) -> [UInt8]? {
    try key.borrowed { key throws(LMDBError) in try get(key).map { [UInt8]($0) } }
  }

  func put(_ key: [UInt8], _ value: [UInt8]) throws(LMDBError) {
    try key.borrowed { key throws(LMDBError) in
      try value.borrowed { value throws(LMDBError) in try put(key, value) }
    }
  }

  func remove(_ key: [UInt8]) throws(LMDBError) -> Bool {
    try key.borrowed { key throws(LMDBError) in try remove(key) }
  }
}
