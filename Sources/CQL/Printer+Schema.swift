extension CreateKeyspace {
  var cql: String {
    "CREATE KEYSPACE \(ifNotExists ? "IF NOT EXISTS " : "")\(CQLIdentifier.quoted(name))"
      + " WITH \(options.cql)"
  }
}

extension AlterKeyspace {
  var cql: String { "ALTER KEYSPACE \(CQLIdentifier.quoted(name)) WITH \(options.cql)" }
}

extension Option {
  var cql: String { "\(CQLIdentifier.quoted(name)) = \(value.cql)" }
}

extension [Option] {
  var cql: String { map(\.cql).joined(separator: " AND ") }
}

extension CreateTable {
  /// One column a line, as DESCRIBE shows tables.
  var cql: String {
    let keys = Array(repeating: "PRIMARY KEY (\(primaryKey))", count: primaryKeys)
    let lines = columns.map(\.cql) + keys
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

extension AlterTable {
  var cql: String { "ALTER TABLE \(name.cql) \(change.cql)" }
}

extension AlterTable.Change {
  var cql: String {
    switch self {
    case .add(let columns): "ADD \(columns.oneOrSeveral(\.cql))"
    case .drop(let columns, let timestamp):
      "DROP \(columns.oneOrSeveral(CQLIdentifier.quoted))"
        + (timestamp.map { " USING TIMESTAMP \($0)" } ?? "")
    case .rename(let renamings): "RENAME \(renamings.cql)"
    case .type(let column, let type): "ALTER \(CQLIdentifier.quoted(column)) TYPE \(type.cql)"
    case .options(let options): "WITH \(options.cql)"
    }
  }
}

extension Array {
  fileprivate func oneOrSeveral(_ print: (Element) -> String) -> String {
    count == 1 ? commaSeparated(print) : "(\(commaSeparated(print)))"
  }
}

extension [Renaming] {
  fileprivate var cql: String {
    map { "\(CQLIdentifier.quoted($0.name)) TO \(CQLIdentifier.quoted($0.newName))" }
      .joined(separator: " AND ")
  }
}

extension Field {
  var cql: String { "\(CQLIdentifier.quoted(name)) \(type.cql)" }
}

extension CreateType {
  /// One field a line, as DESCRIBE shows types.
  var cql: String {
    "CREATE TYPE \(ifNotExists ? "IF NOT EXISTS " : "")\(CQLIdentifier.type(name)) (\n    "
      + fields.map(\.cql).joined(separator: ",\n    ") + "\n)"
  }
}

extension AlterType {
  var cql: String {
    let what =
      switch change {
      case .add(let field): "ADD \(field.cql)"
      case .rename(let renamings): "RENAME \(renamings.cql)"
      case .type(let field, let type): "ALTER \(CQLIdentifier.quoted(field)) TYPE \(type.cql)"
      }
    return "ALTER TYPE \(CQLIdentifier.type(name)) \(what)"
  }
}

extension CreateIndex {
  var cql: String {
    "CREATE \(isCustom ? "CUSTOM " : "")INDEX \(ifNotExists ? "IF NOT EXISTS " : "")"
      + (name.map { CQLIdentifier.quoted($0) + " " } ?? "")
      + "ON \(table.cql) (\(targets.commaSeparated(\.cql)))"
      + (indexClass.map { " USING \(Term.string($0).cql)" } ?? "")
      + (options.isEmpty ? "" : " WITH \(options.cql)")
  }
}

extension CreateIndex.Target {
  var cql: String {
    switch self {
    case .column(let column): CQLIdentifier.quoted(column)
    case .values(let column): "values(\(CQLIdentifier.quoted(column)))"
    case .keys(let column): "keys(\(CQLIdentifier.quoted(column)))"
    case .entries(let column): "entries(\(CQLIdentifier.quoted(column)))"
    case .full(let column): "full(\(CQLIdentifier.quoted(column)))"
    }
  }
}

extension Drop {
  var cql: String {
    let type = QualifiedName(keyspace: name.keyspace, name.table)
    return "DROP \(kind.rawValue.uppercased()) \(ifExists ? "IF EXISTS " : "")"
      + (kind == .type ? CQLIdentifier.type(type) : name.cql)
  }
}
