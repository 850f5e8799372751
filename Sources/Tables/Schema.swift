package import CQL

/// A column of a table.
package struct Column: Hashable, Sendable {
  /// The part a column plays in the primary key.
  package enum Kind: UInt8, Sendable {
    case partitionKey = 0
    case clustering = 1
    case regular = 2
    /// One value for all rows of a partition.
    case `static` = 3
  }

  /// The number its cells carry; never given again to another column of the table.
  var id: UInt32
  package var name: String
  package var type: DataType
  package var kind: Kind
  /// The place within its key; 0 for a column outside the key.
  package var position: Int
  package var isDescending: Bool
}

/// A secondary index on one column.
package struct Index: Hashable, Sendable {
  /// What of its column's values an index finds rows by.
  package enum Target: UInt8, Sendable {
    /// The value, or each value in a collection that is not frozen.
    case values = 0
    /// Each key of a map that is not frozen.
    case keys = 1
    /// Each key with its value of a map that is not frozen.
    case entries = 2
    /// A frozen collection as a whole.
    case full = 3
  }

  /// The number its entries begin with; never given again.
  var id: UInt32
  package var name: String
  var columnID: UInt32
  package var target: Target
  /// False while rows older than the index may be missing in it: writers keep it, no reader asks it.
  package var isBuilt = true
}

/// A table's definition.
package struct Table: Hashable, Sendable {
  package var keyspace: String
  package var name: String
  var id: UInt32
  /// Partition key, clustering columns, static ones by name, then the regular ones by name: the
  /// order of `SELECT *`.
  package var columns: [Column]
  package var indexes: [Index]
  /// The WITH clause's options as CQL, without the clustering order.
  package var options: String

  /// The columns that decide which partition a row is in, in order.
  package var partitionKey: ArraySlice<Column> { columns.prefix { $0.kind == .partitionKey } }
  /// The columns that order the rows of a partition, in order; may be empty.
  package var clusteringKey: ArraySlice<Column> {
    columns[partitionKey.endIndex...].prefix { $0.kind == .clustering }
  }
  /// The columns that all rows of a partition share, by name.
  package var staticColumns: ArraySlice<Column> {
    columns[clusteringKey.endIndex...].prefix { $0.kind == .static }
  }
  /// The columns that each row has of its own, by name.
  package var regularColumns: ArraySlice<Column> { columns[staticColumns.endIndex...] }

  func column(_ name: String) -> Column? { columns.first { $0.name == name } }
  func column(id: UInt32) -> Column? { columns.first { $0.id == id } }

  /// A column that a statement names. Thrown: Cassandra's error for one there is not.
  func required(_ name: String) throws(TableError) -> Column {
    guard let found = column(name) else { throw .invalid("Undefined column name \(name)") }
    return found
  }

  /// The CREATE TABLE statement that makes this table, and those that make its indexes.
  package var cql: String {
    let key = partitionKey.map { CQLIdentifier.quoted($0.name) }.joined(separator: ", ")
    let clustering = clusteringKey.map { ", " + CQLIdentifier.quoted($0.name) }.joined()
    let partition = partitionKey.count > 1 ? "(\(key))" : key
    var lines = columns.map { "    \(CQLIdentifier.quoted($0.name)) \($0.type.name)" }
    lines.append("    PRIMARY KEY (\(partition)\(clustering))")
    var with: [String] = []
    if !clusteringKey.isEmpty {
      let order = clusteringKey.map {
        "\(CQLIdentifier.quoted($0.name)) \($0.isDescending ? "DESC" : "ASC")"
      }
      with.append("CLUSTERING ORDER BY (\(order.joined(separator: ", ")))")
    }
    if !options.isEmpty { with.append(options) }
    let table = "\(CQLIdentifier.quoted(keyspace)).\(CQLIdentifier.quoted(name))"
    var text = "CREATE TABLE \(table) (\n" + lines.joined(separator: ",\n") + "\n)"
    if !with.isEmpty { text += " WITH " + with.joined(separator: "\n    AND ") }
    text += ";"
    for index in indexes {
      guard let target = column(id: index.columnID) else { continue }
      text +=
        "\n\nCREATE INDEX \(CQLIdentifier.quoted(index.name)) ON \(table) "
        + "(\(CQLIdentifier.quoted(target.name)));"
    }
    return text
  }
}

extension Table {
  /// Makes the definition that a CREATE TABLE describes.
  init(_ statement: CreateTable, in scope: TypeScope, id: UInt32) throws(TableError) {
    self.init(
      keyspace: scope.keyspace, name: statement.name.table, id: id, columns: [], indexes: [],
      options: "")
    options = statement.options
      .map { "\(CQLIdentifier.quoted($0.name)) = \($0.value.cql)" }.joined(separator: " AND ")
    let keys = statement.partitionKey + statement.clusteringKey
    for key in keys where !statement.columns.contains(where: { $0.name == key }) {
      throw .invalid("Unknown definition \(key) referenced in PRIMARY KEY")
    }
    guard Set(keys).count == keys.count else {
      throw .invalid("A column stands twice in the PRIMARY KEY")
    }
    for ordering in statement.clusteringOrder
    where !statement.clusteringKey.contains(ordering.column) {
      throw .invalid("Only clustering key columns can be defined in CLUSTERING ORDER directive")
    }
    var ids: [String: UInt32] = [:]
    for (number, column) in statement.columns.enumerated() {
      guard ids.updateValue(UInt32(number), forKey: column.name) == nil else {
        throw .invalid("Duplicate column '\(column.name)' declaration for table '\(name)'")
      }
      if column.isStatic, statement.clusteringKey.isEmpty {
        throw .invalid(
          "Static columns are only useful (and thus allowed) if the table has at least one "
            + "clustering column")
      }
    }
    func add(_ names: [String], _ kind: Column.Kind) throws(TableError) {
      for (position, name) in names.enumerated() {
        guard let column = statement.columns.first(where: { $0.name == name }),
          let id = ids[name]
        else { continue }
        let descending = statement.clusteringOrder.contains { $0.column == name && $0.descending }
        let type = try DataType(column.type, in: scope)
        try Table.check(type, of: name, kind)
        columns.append(
          Column(
            id: id, name: name, type: type, kind: kind,
            position: keys.contains(name) ? position : 0, isDescending: descending))
      }
    }
    try add(statement.partitionKey, .partitionKey)
    try add(statement.clusteringKey, .clustering)
    let others = statement.columns.filter { !keys.contains($0.name) }
    try add(others.filter(\.isStatic).map(\.name).sorted(), .static)
    try add(others.filter { !$0.isStatic }.map(\.name).sorted(), .regular)
  }

  /// Cassandra's rules for the types of key columns, and what rows cannot hold yet.
  private static func check(
    _ type: DataType, of column: String, _ kind: Column.Kind
  ) throws(TableError) {
    guard kind == .partitionKey || kind == .clustering else {
      return
    }
    if case .multiCell(let whole) = type {
      var kind = "collection"
      if case .user = whole { kind = "user-defined" }
      throw .invalid(
        "Invalid non-frozen \(kind) type \(type.name) for PRIMARY KEY column '\(column)'")
    }
    if type == .counter {
      throw .invalid("counter type is not supported for PRIMARY KEY column '\(column)'")
    }
    if type.containsDuration {
      throw .invalid("duration type is not supported for PRIMARY KEY column '\(column)'")
    }
  }
}

/// All keyspaces and tables: an immutable value, replaced whole when a definition changes.
package struct Schema: Sendable {
  /// Keyspaces with the statement that makes each.
  package var keyspaces: [String: String] = [:]
  package var tables: [TableName: Table] = [:]
  /// User-defined types; every name has its keyspace.
  package var types: [QualifiedName: UserType] = [:]
  /// Grows with every change while the tables are open.
  var version = 0

  /// The table that a statement names, in `current` where it names no keyspace.
  func table(_ name: TableName, current: String?) throws(TableError) -> Table {
    guard let keyspace = name.keyspace ?? current else {
      throw .invalid(
        "No keyspace has been specified. USE a keyspace, or explicitly specify "
          + "keyspace.tablename")
    }
    guard keyspaces[keyspace] != nil else { throw .invalid("keyspace \(keyspace) does not exist") }
    guard let table = tables[TableName(keyspace: keyspace, table: name.table)] else {
      throw .invalid("table \(name.table) does not exist")
    }
    return table
  }

  /// The types that statements may name in a keyspace.
  func scope(_ keyspace: String) -> TypeScope {
    let own = types.values.filter { $0.keyspace == keyspace }
    return TypeScope(
      keyspace: keyspace, types: Dictionary(own.map { ($0.name, $0) }) { first, _ in first })
  }

  var nextID: UInt32 {
    let used = tables.values.flatMap { [$0.id] + $0.indexes.map(\.id) }
    return (used.max() ?? 0) + 1
  }
}
