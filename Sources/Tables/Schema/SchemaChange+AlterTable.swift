internal import CQL

// ALTER TABLE (`AlterTableStatement`).
extension SchemaChange {
  mutating func alterTable(_ alter: AlterTable) throws(TableError) {
    let keyspace = try self.keyspace(of: alter.name.keyspace)
    try SystemKeyspace.check(.alter, keyspace, table: alter.name.table)
    let name = TableName(keyspace: keyspace, table: alter.name.table)
    guard var table = schema.tables[name] else {
      throw .invalid("Table '\(keyspace).\(name.table)' doesn't exist")
    }
    switch alter.change {
    case .add(let columns):
      let wasCounter = table.isCounter
      try Table.check(columnCount: table.columns.count + columns.count)
      for column in columns { try table.add(column, in: schema.scope(keyspace)) }
      try table.checkCounters(wasCounter: wasCounter)
    case .drop(let columns, let time):
      for column in columns { try table.drop(column, at: time ?? timestamp) }
    case .rename(let renamings):
      for renaming in renamings { try table.rename(renaming) }
    case .type: throw .invalid("Altering column types is no longer supported")
    case .options(let options):
      if options.contains(where: { $0.name == "id" }) {
        throw configuration("Cannot alter table id.")
      }
      try table.options.set(options)
      if table.isCounter, table.options.defaultTimeToLive > 0 {
        throw .invalid("Cannot set default_time_to_live on a table with counters")
      }
    }
    schema.tables[name] = table
  }
}

extension Table {
  fileprivate mutating func add(
    _ column: CreateTable.Column, in scope: TypeScope
  ) throws(TableError) {
    let type = try DataType(column.type, in: scope)
    let kind = column.isStatic ? Column.Kind.static : .regular
    guard self.column(column.name) == nil else {
      throw .invalid("Column with name '\(column.name)' already exists")
    }
    if column.isStatic, clusteringKey.isEmpty { throw .invalid(Table.uselessStatics) }
    if type.hasNestedCells {
      throw .invalid(
        "Non-frozen UDTs with nested non-frozen collections are not supported for column "
          + column.name)
    }
    var id = columns.reduce(UInt32(0)) { max($0, $1.id + 1) }
    id = droppedColumns.reduce(id) { max($0, $1.column.id + 1) }
    if let dropped = droppedColumns.first(where: { $0.column.name == column.name }) {
      try checkReturn(of: dropped.column, as: type, kind)
      // The same cells again: what of them went with the column, its time tells.
      id = dropped.column.id
    }
    insert(
      Column(
        id: id, name: column.name, type: type, kind: kind, position: 0, isDescending: false))
  }

  private func checkReturn(
    of dropped: Column, as type: DataType, _ kind: Column.Kind
  ) throws(TableError) {
    guard type.withoutUserTypes.holdsValues(of: dropped.type) else {
      throw .invalid(
        "Cannot re-add previously dropped column '\(dropped.name)' of type \(type.name), "
          + "incompatible with previous type \(dropped.type.name)")
    }
    guard kind == dropped.kind else {
      throw .invalid(
        "Cannot re-add previously dropped column '\(dropped.name)' of kind "
          + "\("\(kind)".uppercased()), incompatible with previous kind "
          + "\("\(dropped.kind)".uppercased())")
    }
    if isCounter {
      throw .invalid("Cannot re-add previously dropped counter column \(dropped.name)")
    }
  }

  /// Puts a column outside the key where the order of `SELECT *` has it.
  private mutating func insert(_ column: Column) {
    let group = column.kind == .static ? staticColumns : regularColumns
    let place = group.firstIndex { $0.name > column.name } ?? group.endIndex
    columns.insert(column, at: place)
  }

  fileprivate mutating func drop(_ name: String, at time: Int64) throws(TableError) {
    guard let column = column(name) else {
      throw .invalid("Column \(name) was not found in table '\(fullName.cql)'")
    }
    if column.isKey { throw .invalid("Cannot drop PRIMARY KEY column \(name)") }
    if case .multiCell(.user) = column.type {
      throw .invalid("Cannot drop non-frozen column \(name) of user type \(column.type.name)")
    }
    let dependent = indexes.filter { $0.columnID == column.id }.map(\.name)
    guard dependent.isEmpty else {
      throw .invalid(
        "Cannot drop column \(name) because it has dependent secondary indexes "
          + "(\(dependent.joined(separator: ", ")))")
    }
    columns.removeAll { $0.id == column.id }
    // What went with it once, and may have been swept away since, does not come back by a drop of
    // an earlier time.
    let former = droppedColumns.first { $0.column.name == name }?.time ?? .min
    var dropped = DroppedColumn(column: column, time: max(time, former))
    dropped.column.type = column.type.withoutUserTypes
    droppedColumns.removeAll { $0.column.name == name }
    droppedColumns.append(dropped)
    droppedColumns.sort { $0.column.name < $1.column.name }
  }

  fileprivate mutating func rename(_ renaming: Renaming) throws(TableError) {
    guard let place = columns.firstIndex(where: { $0.name == renaming.name }) else {
      throw .invalid("Column \(renaming.name) was not found in table \(fullName.cql)")
    }
    guard columns[place].isKey else {
      throw .invalid("Cannot rename non PRIMARY KEY column \(renaming.name)")
    }
    guard column(renaming.newName) == nil else {
      throw .invalid(
        "Cannot rename column \(renaming.name) to \(renaming.newName) in table "
          + "'\(fullName.cql)'; another column with that name already exists")
    }
    let dependent = indexes.filter { $0.columnID == columns[place].id }.map(\.name)
    guard dependent.isEmpty else {
      throw .invalid(
        "Can't rename column \(renaming.name) because it has dependent secondary indexes "
          + "(\(dependent.joined(separator: ", ")))")
    }
    columns[place].name = renaming.newName
  }
}

extension DataType {
  /// This type with tuples instead of user-defined types, as it can be kept when those are gone.
  var withoutUserTypes: DataType {
    switch self {
    case .user(let type): .tuple(type.fields.map { $0.type.whole.withoutUserTypes })
    case .list(let element): .list(element.withoutUserTypes)
    case .set(let element): .set(element.withoutUserTypes)
    case .map(let key, let value): .map(key.withoutUserTypes, value.withoutUserTypes)
    case .tuple(let fields): .tuple(fields.map(\.withoutUserTypes))
    case .multiCell(let whole): .multiCell(whole.withoutUserTypes)
    default: self
    }
  }

  /// Whether every value of another type is one of this type (Cassandra's
  /// `AbstractType.isValueCompatibleWith`).
  func holdsValues(of other: DataType) -> Bool {
    if self == other { return true }
    switch (self, other) {
    case (.multiCell(.list(let own)), .multiCell(.list(let others))):
      return own.holdsValues(of: others)
    case (.multiCell(.set(let own)), .multiCell(.set(let others))): return own.sorts(as: others)
    case (.multiCell(.map(let key, let value)), .multiCell(.map(let otherKey, let otherValue))):
      return key.sorts(as: otherKey) && value.holdsValues(of: otherValue)
    case (.multiCell, _), (_, .multiCell), (.counter, _), (_, .counter): return false
    case (.blob, _): return true
    case (.text, .ascii), (.uuid, .timeuuid), (.date, .int), (.time, .bigint): return true
    case (.bigint, .timestamp), (.timestamp, .bigint): return true
    case (.varint, .int), (.varint, .bigint), (.varint, .timestamp): return true
    case (.list(let own), .list(let others)): return own.holdsValues(of: others)
    case (.set(let own), .set(let others)): return own.sorts(as: others)
    case (.map(let key, let value), .map(let otherKey, let otherValue)):
      return key.sorts(as: otherKey) && value.holdsValues(of: otherValue)
    case (.tuple(let own), .tuple(let others)):
      return own.count >= others.count && zip(own, others).allSatisfy { $0.holdsValues(of: $1) }
    default: return false
    }
  }

  /// Whether values of another type are of this type and in the same order, as paths of cells and
  /// the elements of sets must be (Cassandra's `AbstractType.isCompatibleWith`).
  private func sorts(as other: DataType) -> Bool {
    if self == other { return true }
    switch (self, other) {
    case (.blob, .text), (.blob, .ascii), (.text, .ascii): return true
    case (.list(let own), .list(let others)), (.set(let own), .set(let others)):
      return own.sorts(as: others)
    case (.map(let key, let value), .map(let otherKey, let otherValue)):
      return key.sorts(as: otherKey) && value.sorts(as: otherValue)
    case (.tuple(let own), .tuple(let others)):
      return own.count >= others.count && zip(own, others).allSatisfy { $0.sorts(as: $1) }
    default: return false
    }
  }
}
