extension Selector {
  var cql: String {
    expression.cql + (alias.map { " AS " + CQLIdentifier.quoted($0) } ?? "")
  }
}

extension Selector.Expression {
  /// The expression as CQL writes it.
  package var cql: String {
    switch self {
    case .column(let name): CQLIdentifier.quoted(name, unlike: [.as, .distinct, .json])
    case .countRows: "count(*)"
    case .writetime(let column): "writetime(\(CQLIdentifier.quoted(column)))"
    case .ttl(let column): "ttl(\(CQLIdentifier.quoted(column)))"
    case .function(let keyspace, let name, let arguments):
      Selector.Expression.function(QualifiedName(keyspace: keyspace, name))
        + "(\(arguments.commaSeparated(\.cql)))"
    case .cast(let expression, let type): "CAST(\(expression.cql) AS \(type.rawValue))"
    case .typeHint(let type, let expression): "(\(type.cql))\(expression.cql)"
    case .term(let term): term.cql
    case .list(let elements): "[\(elements.commaSeparated(\.cql))]"
    case .set(let elements): "{\(elements.commaSeparated(\.cql))}"
    case .map(let entries): "{\(entries.commaSeparated { "\($0.key.cql): \($0.value.cql)" })}"
    case .tuple(let elements): "(\(elements.commaSeparated(\.cql)))"
    case .part(let whole, let parts): whole.cql + parts.map(\.cql).joined()
    case .negation(let expression): "- \(expression.cql)"
    case .arithmetic(let first, let rest): first.cql + Operation.cql(rest, \.cql)
    }
  }

  /// A function's name where SELECT's modifiers may stand too.
  private static func function(_ name: QualifiedName) -> String {
    let ambiguous: Set<Keyword> = [.as, .distinct, .json]
    guard let keyspace = name.keyspace else {
      return name.name == Keyword.as.rawValue ? "\"as\"" : CQLIdentifier.function(name)
    }
    return CQLIdentifier.quoted(keyspace, unlike: ambiguous) + "."
      + CQLIdentifier.function(QualifiedName(name.name))
  }
}

extension Selector.Part {
  var cql: String {
    switch self {
    case .field(let name): "." + CQLIdentifier.quoted(name)
    case .element(let key): "[\(key.cql)]"
    case .slice(let from, let to): "[\(from?.cql ?? "")..\(to?.cql ?? "")]"
    }
  }
}
