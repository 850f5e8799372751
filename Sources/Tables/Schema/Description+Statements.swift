internal import CQL

// The statements that make what there is, letter by letter as Cassandra 4.0 prints them
// (`KeyspaceMetadata`, `TableMetadata`, `IndexMetadata`).

extension Keyspace {
  /// The CREATE KEYSPACE statement that makes this keyspace.
  package var cql: String {
    "CREATE KEYSPACE \(CQLIdentifier.quoted(name)) WITH replication = \(replication.cql)"
      // Two blanks, as Cassandra has there.
      + "  AND durable_writes = \(hasDurableWrites)"
  }

  var described: String {
    guard isVirtual else { return cql + ";" }
    return warning(of: "Keyspace", name, "VIRTUAL KEYSPACE \(CQLIdentifier.quoted(name));")
  }
}

extension Table {
  /// The CREATE TABLE statement that makes this table; with `withInternals` also its identifier,
  /// and the statements that dropped columns and added them again.
  package func described(withInternals: Bool = false) -> String {
    let isVirtual = SystemKeyspace.virtual.contains(keyspace)
    var text = isVirtual ? "VIRTUAL TABLE " : "CREATE TABLE "
    text += "\(fullName.cql) (\n    "
    text += lines(withInternals: withInternals).joined(separator: ",\n    ") + "\n) WITH "
    var clauses: [String] = []
    if withInternals { clauses.append("ID = \(uuid)") }
    if !clusteringKey.isEmpty {
      let order = clusteringKey.map {
        "\(CQLIdentifier.quoted($0.name)) \($0.isDescending ? "DESC" : "ASC")"
      }
      clauses.append("CLUSTERING ORDER BY (\(order.joined(separator: ", ")))")
    }
    clauses += isVirtual ? ["comment = \(options[.comment].cql)"] : options.cql
    text += clauses.joined(separator: "\n    AND ") + ";"
    if withInternals { text += returns }
    return isVirtual ? warning(of: "Table", fullName.cql, text) : text
  }

  /// The CREATE INDEX statement that makes an index.
  func described(_ index: Index) -> String {
    "CREATE INDEX \(CQLIdentifier.quoted(index.name)) ON \(fullName.cql) "
      + "(\(target(of: index)));"
  }

  /// The columns and the primary key. Whether one is a collection that is not frozen counts before
  /// its name.
  private func lines(withInternals: Bool) -> [String] {
    let isSimple = partitionKey.count == 1 && clusteringKey.isEmpty
    func printed(_ columns: some Sequence<Column>) -> [Column] {
      let all = Array(columns)
      return all.filter { !$0.isMultiCell } + all.filter(\.isMultiCell)
    }
    let dropped = withInternals ? droppedColumns.map(\.column) : []
    let shown =
      Array(partitionKey + clusteringKey) + printed(staticColumns) + printed(regularColumns)
    var lines = shown.filter { column in !dropped.contains { $0.name == column.name } }
      .map { $0.cql + (isSimple && $0.kind == .partitionKey ? " PRIMARY KEY" : "") }
    lines += dropped.map(\.cql)
    guard !isSimple else { return lines }
    let names = partitionKey.map { CQLIdentifier.quoted($0.name) }.joined(separator: ", ")
    let clustering = clusteringKey.map { ", " + CQLIdentifier.quoted($0.name) }.joined()
    let partition = partitionKey.count > 1 ? "(\(names))" : names
    return lines + ["PRIMARY KEY (\(partition)\(clustering))"]
  }

  private var returns: String {
    droppedColumns.map { dropped in
      let name = CQLIdentifier.quoted(dropped.column.name)
      let drop =
        "\nALTER TABLE \(fullName.cql) DROP \(name) USING TIMESTAMP \(dropped.time);"
      guard let column = column(dropped.column.name) else { return drop }
      return drop + "\nALTER TABLE \(fullName.cql) ADD \(column.cql);"
    }.joined()
  }
}

extension Column {
  fileprivate var cql: String {
    "\(CQLIdentifier.quoted(name)) \(type.name)\(kind == .static ? " static" : "")"
  }

  fileprivate var isMultiCell: Bool {
    if case .multiCell = type { true } else { false }
  }
}

private func warning(of what: String, _ name: String, _ structure: String) -> String {
  """
  /*
  Warning: \(what) \(name) is a virtual \(what.lowercased()) and cannot be recreated with CQL.
  Structure, for reference:
  \(structure)
  */
  """
}
