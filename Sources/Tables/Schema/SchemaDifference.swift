internal import CQL

/// What is new, other or gone in one schema, seen from an older one.
struct SchemaDifference {
  let old: Schema
  let new: Schema
  private(set) var keyspaces: [String] = []
  private(set) var tables: [TableName] = []
  private(set) var types: [QualifiedName] = []

  init(from old: Schema, to new: Schema) {
    self.old = old
    self.new = new
    keyspaces = Self.differing(old.keyspaces, new.keyspaces)
    tables = Self.differing(old.tables, new.tables)
    types = Self.differing(old.types, new.types)
  }

  var isEmpty: Bool { keyspaces.isEmpty && tables.isEmpty && types.isEmpty }

  /// The numbers of tables and indexes whose rows and entries belong to nobody any more.
  var abandoned: Set<UInt32> {
    func numbers(_ schema: Schema) -> Set<UInt32> {
      Set(tables.compactMap { schema.tables[$0] }.flatMap { [$0.id] + $0.indexes.map(\.id) })
    }
    return numbers(old).subtracting(numbers(new))
  }

  /// The numbers of tables that have no rows yet.
  var made: Set<UInt32> {
    func numbers(_ schema: Schema) -> Set<UInt32> {
      Set(tables.compactMap { schema.tables[$0]?.id })
    }
    return numbers(new).subtracting(numbers(old))
  }

  /// The system's rows that must go, and those that must be written.
  var systemRows: (removed: [SystemRow], written: [SystemRow]) {
    func rows(_ schema: Schema) -> Set<SystemRow> {
      var rows: Set<SystemRow> = []
      for name in keyspaces { rows.formUnion(schema.keyspaces[name]?.systemRows ?? []) }
      for name in tables { rows.formUnion(schema.tables[name]?.systemRows ?? []) }
      for name in types { rows.formUnion(schema.types[name]?.systemRows ?? []) }
      return rows
    }
    let before = rows(old)
    let after = rows(new)
    return (Array(before.subtracting(after)), Array(after.subtracting(before)))
  }

  /// Whether the system's tables tell of it.
  var isTold: Bool {
    let rows = systemRows
    return (rows.removed + rows.written).contains { $0.table.keyspace != "system" }
  }

  private static func differing<Key: Hashable, Value: Equatable>(
    _ old: [Key: Value], _ new: [Key: Value]
  ) -> [Key] {
    old.keys.filter { new[$0] != old[$0] } + new.keys.filter { old[$0] == nil }
  }
}
