extension CQLParser {
  /// `operand + operand * operand …`; an operand alone is given as it is.
  ///
  /// In `SET list = [1] + list` the `+` is UPDATE's: with `endsBeforeColumn` the expression ends
  /// there.
  mutating func arithmetic<Operand>(
    _ chain: (Operand, [Operation<Operand>]) -> Operand, endsBeforeColumn: Bool = false,
    _ operand: (inout CQLParser) throws(CQLSyntaxError) -> Operand
  ) throws(CQLSyntaxError) -> Operand {
    // One function for both kinds of chain: there is a call of it at every level of nesting.
    var sum: [Operation<Operand>] = []
    var sign: ArithmeticOperator? = .add
    while let next = sign {
      let factor = try operand(&self)
      var factors: [Operation<Operand>] = []
      while let sign = multiplicativeOperator {
        advance()
        factors.append(Operation(sign, try operand(&self)))
      }
      sum.append(Operation(next, factors.isEmpty ? factor : chain(factor, factors)))
      sign = additiveOperator(endsBeforeColumn: endsBeforeColumn)
      if sign != nil { advance() }
    }
    return sum.count == 1 ? sum[0].operand : chain(sum[0].operand, Array(sum.dropFirst()))
  }

  private func additiveOperator(endsBeforeColumn: Bool) -> ArithmeticOperator? {
    switch kind {
    case .symbol(.plus):
      let isColumn = kind(after: 1) == .emptyQuotedName || isName(after: 1)
      return endsBeforeColumn && isColumn && !isFunction(after: 1) ? nil : .add
    case .symbol(.minus): return .subtract
    default: return nil
    }
  }

  private var multiplicativeOperator: ArithmeticOperator? {
    switch kind {
    case .symbol(.star): .multiply
    case .symbol(.slash): .divide
    case .symbol(.percent): .remainder
    default: nil
    }
  }
}
