extension CQLParser {
  /// What follows SET. A column may be assigned twice only in ways that go together, such as two
  /// of its elements.
  mutating func assignments() throws(CQLSyntaxError) -> [Assignment] {
    var kinds: [String: Assignment.Kind] = [:]
    return try commaSeparated { parser throws(CQLSyntaxError) in
      let first = parser.token
      let column = try parser.columnName()
      let assignment = try parser.assignment(to: column)
      if let other = kinds.updateValue(assignment.kind, forKey: column),
        other != assignment.kind || other == .set
      {
        throw parser.finding(at: first, "Multiple incompatible setting of column \(column)")
      }
      return assignment
    }
  }

  private mutating func assignment(to column: String) throws(CQLSyntaxError) -> Assignment {
    switch kind {
    case .symbol(.plusEqual):
      advance()
      return .add(column: column, try term())
    case .symbol(.minusEqual):
      advance()
      return .subtract(column: column, try term())
    case .symbol(.leftBracket):
      let key = try bracketedTerm()
      try expect(.equal)
      return .element(column: column, key: key, try term())
    case .symbol(.dot):
      advance()
      let field = try name()
      try expect(.equal)
      return .field(column: column, field: field, try term())
    case .symbol(.equal):
      advance()
      return try value(of: column)
    default: throw unexpected()
    }
  }

  /// What follows `column =`.
  private mutating func value(of column: String) throws(CQLSyntaxError) -> Assignment {
    if isName() || kind == .emptyQuotedName {
      let operand = token
      switch kind(after: 1) {
      case .symbol(.plus), .symbol(.minus):
        let name = try columnName()
        let sign = text(advance())
        guard name == column else { throw other(operand, "X = X \(sign)<value>") }
        let value = try term()
        return sign == "+"
          ? .add(column: column, value) : .subtract(column: column, value)
      case .integer:
        // `c = c -1` is a name and a number.
        let name = try columnName()
        guard name == column else { throw other(operand, "X = X - <value>") }
        return .add(column: column, .integer(text(advance())))
      default: break
      }
    }
    let value = try term()
    guard accept(.plus) else { return .set(column: column, value) }
    let operand = token
    guard try columnName() == column else { throw other(operand, "X = <value> + X") }
    return .prepend(column: column, value)
  }

  private func other(_ operand: Token, _ form: String) -> CQLSyntaxError {
    finding(at: operand, "Only expressions of the form \(form) are supported.")
  }
}

extension Assignment {
  fileprivate enum Kind { case set, add, subtract, prepend, element, field }

  fileprivate var kind: Kind {
    switch self {
    case .set: .set
    case .add: .add
    case .subtract: .subtract
    case .prepend: .prepend
    case .element: .element
    case .field: .field
    }
  }
}
