internal import CQL

// CREATE TABLE, with the checks of Cassandra's `CreateTableStatement`, in its order.
extension Table {
  /// Makes the definition that a CREATE TABLE describes.
  init(
    _ statement: CreateTable, in scope: TypeScope, id: UInt32, uuid: UniqueID
  ) throws(TableError) {
    self.init(
      keyspace: scope.keyspace, name: statement.name.table, id: id, uuid: uuid, columns: [])
    let written = statement.name.cql
    guard statement.primaryKeys == 1 else {
      throw statement.primaryKeys == 0
        ? .invalid("No PRIMARY KEY specifed for table '\(written)' (exactly one required)")
        : .invalid("Multiple PRIMARY KEY specified for table '\(written)' (exactly one required)")
    }
    if let wanted = try UniqueID(statement.options) { self.uuid = wanted }
    options = try TableOptions(statement.options)
    let keys = statement.partitionKey + statement.clusteringKey
    try Table.check(columnCount: statement.columns.count)
    var found: [String: Column] = [:]
    for (number, column) in statement.columns.enumerated() {
      let type = try DataType(column.type, in: scope)
      let declared = Column(
        id: UInt32(number), name: column.name, type: type,
        kind: column.isStatic ? .static : .regular, position: 0, isDescending: false)
      guard found.updateValue(declared, forKey: column.name) == nil else {
        throw .invalid("Duplicate column '\(column.name)' declaration for table '\(written)'")
      }
    }
    try Table.checkNesting(found.values.sorted { $0.name < $1.name })
    try takeKeys(statement, &found)
    try takeOrder(statement)
    let others = found.values.sorted { $0.name < $1.name }
    if statement.clusteringKey.isEmpty, others.contains(where: { $0.kind == .static }) {
      throw .invalid(Table.uselessStatics)
    }
    columns += others.filter { $0.kind == .static } + others.filter { $0.kind == .regular }
    if columns.contains(where: { $0.type == .counter }) {
      guard columns.allSatisfy({ keys.contains($0.name) || $0.type == .counter }) else {
        throw .invalid("Cannot mix counter and non counter columns in the same table")
      }
      if options.defaultTimeToLive > 0 {
        throw .invalid("Cannot set default_time_to_live on a table with counters")
      }
    }
    try checkName()
  }

  static func check(columnCount count: Int) throws(TableError) {
    guard count <= Limits.tableColumns else {
      throw .invalid(
        "A table of \(count) columns has more than the limit of \(Limits.tableColumns)")
    }
  }

  static let uselessStatics =
    "Static columns are only useful (and thus allowed) if the table has at least one clustering "
    + "column"

  private static func checkNesting(_ columns: [Column]) throws(TableError) {
    for column in columns where column.type.hasNestedCells {
      throw .invalid("Non-frozen UDTs with nested non-frozen collections are not supported")
    }
  }

  /// Moves the key's columns to `columns`.
  private mutating func takeKeys(
    _ statement: CreateTable, _ found: inout [String: Column]
  ) throws(TableError) {
    let keys = statement.partitionKey + statement.clusteringKey
    for (number, key) in keys.enumerated() {
      guard var column = found.removeValue(forKey: key) else {
        throw columns.contains { $0.name == key }
          ? .invalid("Duplicate column '\(key)' in PRIMARY KEY clause for table '\(name)'")
          : .invalid("Unknown column '\(key)' referenced in PRIMARY KEY for table '\(name)'")
      }
      try Table.checkKey(column)
      let isPartitionKey = number < statement.partitionKey.count
      column.kind = isPartitionKey ? .partitionKey : .clustering
      column.position = isPartitionKey ? number : number - statement.partitionKey.count
      column.isDescending = statement.clusteringOrder.contains {
        $0.column == key && $0.descending
      }
      columns.append(column)
    }
  }

  private static func checkKey(_ column: Column) throws(TableError) {
    if case .multiCell(let whole) = column.type {
      let kind = whole.isFrozenCollection ? "collection" : "user-defined"
      throw .invalid(
        "Invalid non-frozen \(kind) type \(column.type.name) for PRIMARY KEY column "
          + "'\(column.name)'")
    }
    if column.type == .counter {
      throw .invalid("counter type is not supported for PRIMARY KEY column '\(column.name)'")
    }
    if column.type.containsDuration {
      throw .invalid("duration type is not supported for PRIMARY KEY column '\(column.name)'")
    }
    if column.kind == .static {
      throw .invalid("Static column '\(column.name)' cannot be part of the PRIMARY KEY")
    }
  }

  /// The CLUSTERING ORDER must name a beginning of the clustering columns, in their order.
  private func takeOrder(_ statement: CreateTable) throws(TableError) {
    let order = statement.clusteringOrder.map(\.column)
    var named: Set<String> = []
    for column in order where !named.insert(column).inserted {
      throw .invalid(
        "Duplicate column '\(column)' in CLUSTERING ORDER BY clause for table "
          + "'\(statement.name.cql)'")
    }
    guard order.count <= statement.clusteringKey.count else {
      throw .invalid("Only clustering columns can be defined in CLUSTERING ORDER directive")
    }
    for (named, wanted) in zip(order, statement.clusteringKey) where named != wanted {
      throw order.contains(wanted)
        ? .invalid(
          "The order of columns in the CLUSTERING ORDER directive must match that of the "
            + "clustering columns (\(wanted) must appear before \(named))")
        : .invalid("Missing CLUSTERING ORDER for column \(wanted)")
    }
  }

  /// Cassandra's `TableMetadata.validate`.
  func checkName() throws(TableError) {
    guard SchemaChange.isPlain(name), name.utf8.count <= Limits.nameBytes else {
      throw wrong(
        "Table name must not be empty, more than \(Limits.nameBytes) characters long, or contain "
          + "non-alphanumeric-underscore characters (got \"\(name)\")")
    }
  }

  /// Cassandra's `TableMetadata.validate` after a column was added.
  func checkCounters(wasCounter: Bool) throws(TableError) {
    for column in columns where !column.isKey && (column.type == .counter) != wasCounter {
      throw wasCounter
        ? wrong("Cannot have a non counter column (\"\(column.name)\") in a counter table")
        : wrong("Cannot have a counter column (\"\(column.name)\") in a non counter table")
    }
  }

  private func wrong(_ what: String) -> TableError { configuration("\(keyspace).\(name): \(what)") }
}

extension UniqueID {
  /// What WITH ID asks for; nil where it does not.
  init?(_ options: [Option]) throws(TableError) {
    guard let option = options.first(where: { $0.name == "id" }) else { return nil }
    let text = try Property(option).text()
    guard let bytes = Hex.bytes(text.replacing("-", with: "")), let id = UniqueID(bytes),
      id.description == text.lowercased()
    else { throw configuration("Invalid table id") }
    self = id
  }
}

extension DataType {
  /// Whether this is a user-defined type, not frozen, with a field that is not either.
  var hasNestedCells: Bool {
    guard case .multiCell(.user(let type)) = self else { return false }
    return type.fields.contains {
      if case .multiCell = $0.type { true } else { false }
    }
  }
}
