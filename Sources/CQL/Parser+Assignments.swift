extension CQLParser {
  /// What follows SET. A column may be assigned more than once where no assignment replaces it
  /// whole, and none a field that another one sets.
  mutating func assignments() throws(CQLSyntaxError) -> [Assignment] {
    var columns: Set<String> = []
    var targets: Set<Assignment.Target> = []
    return try commaSeparated { parser throws(CQLSyntaxError) in
      let first = parser.token
      let column = try parser.columnName()
      let assignment = try parser.assignment(to: column)
      var isCompatible = !targets.contains(.whole(column))
      if let target = assignment.target {
        let isNew = targets.insert(target).inserted
        isCompatible = isCompatible && isNew
        if case .whole = target, columns.contains(column) { isCompatible = false }
      }
      guard isCompatible else {
        throw parser.finding(at: first, "Multiple incompatible setting of column \(column)")
      }
      columns.insert(column)
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
  /// What goes with nothing of its name: the column, replaced whole, or one of its fields.
  fileprivate enum Target: Hashable {
    case whole(String)
    case field(String, of: String)
  }

  fileprivate var target: Target? {
    switch self {
    case .set(let column, _): .whole(column)
    case .field(let column, let field, _): .field(field, of: column)
    case .add, .subtract, .prepend, .element: nil
    }
  }
}
