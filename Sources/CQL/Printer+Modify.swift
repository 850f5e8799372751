extension Array where Element == Relation {
  var cql: String { map(\.cql).joined(separator: " AND ") }
}

extension Using {
  /// With a blank before it, or empty. Markers are numbered as written, so their order decides.
  var cql: String {
    var parts: [String] = []
    if let ttl { parts.append("TTL \(ttl.cql)") }
    if let timestamp { parts.append("TIMESTAMP \(timestamp.cql)") }
    if case .marker(let first, _)? = ttl, case .marker(let second, _)? = timestamp, second < first {
      parts.reverse()
    }
    return parts.isEmpty ? "" : " USING " + parts.joined(separator: " AND ")
  }
}

extension Condition {
  /// With a blank before it, or empty.
  var cql: String {
    switch self {
    case .none: ""
    case .exists: " IF EXISTS"
    case .relations(let relations): " IF \(relations.cql)"
    }
  }
}

extension Select {
  var cql: String {
    var text = "SELECT "
    if json { text += "JSON " }
    if distinct { text += "DISTINCT " }
    text += selectors.isEmpty ? "*" : selectors.commaSeparated(\.cql)
    text += " FROM \(table.cql)"
    if !relations.isEmpty { text += " WHERE \(relations.cql)" }
    if !groupBy.isEmpty { text += " GROUP BY \(groupBy.commaSeparated(CQLIdentifier.quoted))" }
    if !orderBy.isEmpty { text += " ORDER BY \(orderBy.commaSeparated(\.cql))" }
    if let perPartitionLimit { text += " PER PARTITION LIMIT \(perPartitionLimit.cql)" }
    if let limit { text += " LIMIT \(limit.cql)" }
    if allowFiltering { text += " ALLOW FILTERING" }
    return text
  }
}

extension Insert {
  var cql: String {
    "INSERT INTO \(table.cql) (\(columns.commaSeparated(CQLIdentifier.quoted)))"
      + " VALUES (\(values.commaSeparated(\.cql)))"
      + (ifNotExists ? " IF NOT EXISTS" : "") + using.cql
  }
}

extension InsertJSON {
  var cql: String {
    "INSERT INTO \(table.cql) JSON \(json.cql)"
      + (self.default == .unset ? " DEFAULT UNSET" : "")
      + (ifNotExists ? " IF NOT EXISTS" : "") + using.cql
  }
}

extension Update {
  var cql: String {
    "UPDATE \(table.cql)\(using.cql) SET \(assignments.commaSeparated(\.cql))"
      + " WHERE \(relations.cql)\(condition.cql)"
  }
}

extension Assignment {
  var cql: String {
    switch self {
    case .set(let column, let term):
      return "\(CQLIdentifier.quoted(column)) = \(term.cql)"
    case .add(let column, let term):
      let name = CQLIdentifier.quoted(column)
      return "\(name) = \(name) + \(term.cql)"
    case .subtract(let column, let term):
      let name = CQLIdentifier.quoted(column)
      return "\(name) = \(name) - \(term.cql)"
    case .prepend(let column, let term):
      let name = CQLIdentifier.quoted(column)
      return "\(name) = \(term.cql) + \(name)"
    case .element(let column, let key, let term):
      return "\(CQLIdentifier.quoted(column))[\(key.cql)] = \(term.cql)"
    case .field(let column, let field, let term):
      return "\(CQLIdentifier.quoted(column)).\(CQLIdentifier.quoted(field)) = \(term.cql)"
    }
  }
}

extension Delete {
  var cql: String {
    let what = targets.isEmpty ? "" : targets.commaSeparated(\.cql) + " "
    return "DELETE \(what)FROM \(table.cql)\(using.cql) WHERE \(relations.cql)\(condition.cql)"
  }
}

extension Delete.Target {
  var cql: String {
    switch self {
    case .column(let name): CQLIdentifier.quoted(name)
    case .element(let column, let key): "\(CQLIdentifier.quoted(column))[\(key.cql)]"
    case .field(let column, let field):
      "\(CQLIdentifier.quoted(column)).\(CQLIdentifier.quoted(field))"
    }
  }
}

extension Batch {
  var cql: String {
    let opening =
      switch kind {
      case .logged: "BEGIN BATCH"
      case .unlogged: "BEGIN UNLOGGED BATCH"
      case .counter: "BEGIN COUNTER BATCH"
      }
    let body = statements.map { "  \($0.cql);\n" }.joined()
    return "\(opening)\(using.cql)\n\(body)APPLY BATCH"
  }
}
