internal import CQL

/// A row of a system table as it must stand there.
struct SystemRow: Hashable, Sendable {
  let table: TableName
  /// Columns that are not here are null.
  let values: [String: [UInt8]]

  init(_ table: TableName, _ values: [String: [UInt8]]) {
    self.table = table
    self.values = values
  }

  init(_ keyspace: String, _ table: String, _ values: [String: [UInt8]]) {
    self.init(TableName(keyspace: keyspace, table: table), values)
  }
}

// What the definitions of a schema are in the rows of `system_schema`, `system_virtual_schema` and
// `system."IndexInfo"`.

extension Keyspace {
  var systemRows: [SystemRow] {
    if isVirtual {
      return [SystemRow("system_virtual_schema", "keyspaces", ["keyspace_name": bytes(name)])]
    }
    return [
      SystemRow(
        "system_schema", "keyspaces",
        [
          "keyspace_name": bytes(name), "durable_writes": bytes(hasDurableWrites),
          "replication": bytes(replication.map),
        ])
    ]
  }
}

extension UserType {
  var systemRows: [SystemRow] {
    [
      SystemRow(
        "system_schema", "types",
        [
          "keyspace_name": bytes(keyspace), "type_name": bytes(name),
          "field_names": bytes(list: fields.map(\.name)),
          "field_types": bytes(list: fields.map(\.type.name)),
        ])
    ]
  }
}

extension Table {
  var systemRows: [SystemRow] {
    if SystemKeyspace.virtual.contains(keyspace) {
      let row = named(["comment": options[.comment].systemBytes])
      return [SystemRow("system_virtual_schema", "tables", row)]
        + columns.map { SystemRow("system_virtual_schema", "columns", named($0.systemValues)) }
    }
    return [SystemRow("system_schema", "tables", named(tableValues))]
      + columns.map { SystemRow("system_schema", "columns", named($0.systemValues)) }
      + droppedColumns.map {
        SystemRow("system_schema", "dropped_columns", named($0.systemValues))
      }
      + indexes.flatMap(systemRows)
  }

  private func named(_ values: [String: [UInt8]]) -> [String: [UInt8]] {
    values.merging(["keyspace_name": bytes(keyspace), "table_name": bytes(name)]) { $1 }
  }

  private var tableValues: [String: [UInt8]] {
    var values = [
      "id": uuid.bytes, "flags": bytes(list: isCounter ? ["compound", "counter"] : ["compound"]),
      // Of options that are gone, for clients of older versions.
      "read_repair_chance": bytes(0.0), "dclocal_read_repair_chance": bytes(0.0),
    ]
    for option in TableOption.allCases { values[option.rawValue] = options[option].systemBytes }
    // Cassandra has a value here only where change data are captured.
    if options[.cdc] == .flag(false) { values["cdc"] = nil }
    return values
  }

  private func systemRows(_ index: Index) -> [SystemRow] {
    let row = SystemRow(
      "system_schema", "indexes",
      named([
        "index_name": bytes(index.name), "kind": bytes("COMPOSITES"),
        "options": bytes(["target": target(of: index)]),
      ]))
    guard index.isBuilt else { return [row] }
    // What is called the table's name there is the keyspace's.
    let built = SystemRow(
      "system", "IndexInfo",
      ["table_name": bytes(keyspace), "index_name": bytes(index.name)])
    return [row, built]
  }

  /// What an index is on, as CREATE INDEX has it.
  func target(of index: Index) -> String {
    guard let column = column(id: index.columnID) else { return "" }
    let name = CQLIdentifier.quoted(column.name)
    switch index.target {
    case .values: return column.type.isMultiCellCollection ? "values(\(name))" : name
    case .keys, .entries, .full: return "\(index.target)(\(name))"
    }
  }
}

extension Column {
  fileprivate var systemValues: [String: [UInt8]] {
    let order = kind == .clustering ? (isDescending ? "desc" : "asc") : "none"
    return [
      "column_name": bytes(name), "column_name_bytes": bytes(name),
      "clustering_order": bytes(order), "kind": bytes(kind.systemName),
      "position": bigEndian(Int32(isKey ? position : -1)), "type": bytes(type.name),
    ]
  }
}

extension DroppedColumn {
  fileprivate var systemValues: [String: [UInt8]] {
    [
      "column_name": bytes(column.name), "dropped_time": bigEndian(time / 1_000),
      "kind": bytes(column.kind.systemName), "type": bytes(column.type.name),
    ]
  }
}

extension Column.Kind {
  fileprivate var systemName: String { self == .partitionKey ? "partition_key" : "\(self)" }
}

extension TableOptions.Value {
  fileprivate var systemBytes: [UInt8] {
    switch self {
    case .integer(let number): bigEndian(number)
    case .real(let number): bytes(number)
    case .text(let text): bytes(text)
    case .flag(let flag): bytes(flag)
    case .map(let map): bytes(map)
    }
  }
}

// Values in the native encoding.
private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
private func bytes(_ flag: Bool) -> [UInt8] { [flag ? 1 : 0] }
private func bytes(_ number: Double) -> [UInt8] { bigEndian(number.bitPattern) }
private func bytes(list: [String]) -> [UInt8] { LiteralEncoder.collection(list.map(bytes)) }
private func bytes(_ map: [String: String]) -> [UInt8] {
  let sorted = map.sorted { $0.key < $1.key }
  return LiteralEncoder.collection(
    sorted.flatMap { [bytes($0.key), bytes($0.value)] }, count: sorted.count)
}
