extension TypeName {
  /// The type as CQL writes it, e.g. `map<text, frozen<list<int>>>`.
  package var cql: String {
    switch self {
    case .native(let type): type.rawValue
    case .user(let name): CQLIdentifier.type(name)
    case .custom(let name): Term.string(name).cql
    case .list(let element): "list<\(element.cql)>"
    case .set(let element): "set<\(element.cql)>"
    case .map(let key, let value): "map<\(key.cql), \(value.cql)>"
    case .tuple(let elements): "tuple<\(elements.commaSeparated(\.cql))>"
    case .frozen(let type): "frozen<\(type.cql)>"
    }
  }
}

extension Term {
  /// The term as CQL writes it.
  package var cql: String {
    switch self {
    case .integer(let text), .decimal(let text), .uuid(let text), .duration(let text): text
    case .string(let text): "'\(CQLIdentifier.doubled(text, UInt8(ascii: "'")))'"
    case .boolean(let value): value ? "true" : "false"
    case .blob(let bytes): Term.hexadecimal(bytes)
    case .null: "null"
    case .list(let elements): "[\(elements.commaSeparated(\.cql))]"
    case .set(let elements): "{\(elements.commaSeparated(\.cql))}"
    case .map(let entries): "{\(entries.commaSeparated { "\($0.key.cql): \($0.value.cql)" })}"
    case .user(let fields):
      "{\(fields.commaSeparated { "\(CQLIdentifier.quoted($0.field)): \($0.value.cql)" })}"
    case .tuple(let elements): "(\(elements.commaSeparated(\.cql)))"
    case .function(let keyspace, let name, let arguments):
      CQLIdentifier.function(QualifiedName(keyspace: keyspace, name))
        + "(\(arguments.commaSeparated(\.cql)))"
    case .cast(let type, let term): "(\(type.cql))\(term.cql)"
    case .negation(let term): "- \(term.cql)"
    case .arithmetic(let first, let rest): first.cql + Operation.cql(rest, \.cql)
    case .marker(_, let name): name.map { ":" + CQLIdentifier.quoted($0) } ?? "?"
    }
  }

  private static func hexadecimal(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text = Array("0x".utf8)
    text.reserveCapacity(2 + 2 * bytes.count)
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }
}

extension Operation {
  /// A chain of operations as it stands behind its first operand. The blanks keep a minus from
  /// becoming part of a number, and two from becoming a comment.
  static func cql(_ operations: [Self], _ print: (Operand) -> String) -> String {
    operations.map { " \($0.operator.rawValue) \(print($0.operand))" }.joined()
  }
}

extension Ordering {
  var cql: String { CQLIdentifier.quoted(column) + (descending ? " DESC" : " ASC") }
}

extension Relation {
  /// The relation as CQL writes it.
  package var cql: String {
    switch self {
    case .column(let column, let comparison, let term):
      "\(CQLIdentifier.quoted(column)) \(comparison.cql(term))"
    case .element(let column, let key, let comparison, let term):
      "\(CQLIdentifier.quoted(column))[\(key.cql)] \(comparison.cql(term))"
    case .isNotNull(let column): "\(CQLIdentifier.quoted(column)) IS NOT NULL"
    case .field(let column, let field, let comparison, let term):
      "\(CQLIdentifier.quoted(column)).\(CQLIdentifier.quoted(field)) \(comparison.cql(term))"
    case .indexExpression(let index, let term):
      "expr(\(CQLIdentifier.quoted(index)), \(term.cql))"
    case .columns(let columns, let comparison, let term):
      "(\(columns.commaSeparated(CQLIdentifier.quoted))) \(comparison.cql(term))"
    case .token(let columns, let comparison, let term):
      "token(\(columns.commaSeparated(CQLIdentifier.quoted))) \(comparison.cql(term))"
    }
  }
}

extension Comparison {
  /// The sign and what stands at its right; IN has its list between parentheses.
  fileprivate func cql(_ term: Term) -> String {
    if self == .in, case .list(let elements) = term {
      return "IN (\(elements.commaSeparated(\.cql)))"
    }
    return "\(rawValue) \(term.cql)"
  }
}
