extension CreateKeyspace {
  var cql: String {
    let clauses = options.map(\.cql).joined(separator: " AND ")
    return "CREATE KEYSPACE \(ifNotExists ? "IF NOT EXISTS " : "")\(CQLIdentifier.quoted(name))"
      + (clauses.isEmpty ? "" : " WITH \(clauses)")
  }
}

extension Option {
  var cql: String { "\(CQLIdentifier.quoted(name)) = \(value.cql)" }
}

extension CreateTable {
  /// One column a line, as DESCRIBE shows tables.
  var cql: String {
    let lines = columns.map(\.cql) + ["PRIMARY KEY (\(primaryKey))"]
    var clauses = options.map(\.cql)
    if !clusteringOrder.isEmpty {
      clauses.insert("CLUSTERING ORDER BY (\(clusteringOrder.commaSeparated(\.cql)))", at: 0)
    }
    return "CREATE TABLE \(ifNotExists ? "IF NOT EXISTS " : "")\(name.cql) (\n    "
      + lines.joined(separator: ",\n    ") + "\n)"
      + (clauses.isEmpty ? "" : " WITH " + clauses.joined(separator: "\n    AND "))
  }

  private var primaryKey: String {
    let partition = partitionKey.commaSeparated(CQLIdentifier.quoted)
    let first = partitionKey.count == 1 ? partition : "(\(partition))"
    return ([first] + clusteringKey.map(CQLIdentifier.quoted)).joined(separator: ", ")
  }
}

extension CreateTable.Column {
  var cql: String { "\(CQLIdentifier.quoted(name)) \(type.cql)\(isStatic ? " static" : "")" }
}

extension CreateIndex {
  var cql: String {
    "CREATE INDEX \(ifNotExists ? "IF NOT EXISTS " : "")"
      + (name.map { CQLIdentifier.quoted($0) + " " } ?? "") + "ON \(table.cql) (\(target.cql))"
  }
}

extension CreateIndex.Target {
  var cql: String {
    switch self {
    case .values(let column): CQLIdentifier.quoted(column)
    case .keys(let column): "keys(\(CQLIdentifier.quoted(column)))"
    case .entries(let column): "entries(\(CQLIdentifier.quoted(column)))"
    case .full(let column): "full(\(CQLIdentifier.quoted(column)))"
    }
  }
}

extension Drop {
  var cql: String {
    "DROP \(kind.rawValue.uppercased()) \(ifExists ? "IF EXISTS " : "")\(name.cql)"
  }
}
