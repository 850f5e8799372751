/// A value as written.
package enum Term: Equatable, Sendable {
  /// A number without fraction or exponent, its sign and digits as written: any size.
  case integer(String)
  /// A number with fraction or exponent as written, `NaN`, `Infinity` or `-Infinity`.
  case decimal(String)
  case string(String)
  case boolean(Bool)
  case uuid(String)
  /// The bytes of `0x…`.
  case blob([UInt8])
  /// A duration as written, e.g. `1h30m`.
  case duration(String)
  case null
  case list([Term])
  case set([Term])
  /// `{}` alone is an empty `map`.
  case map([MapEntry])
  /// A value of a user-defined type: `{field: value}`.
  case user([FieldValue])
  /// `(a, b)`; parentheses around one term are a tuple of one.
  case tuple([Term])
  indirect case function(keyspace: String?, name: String, arguments: [Term])
  /// `(type) term`.
  indirect case cast(TypeName, Term)
  /// `- term`, where the sign is not part of a number.
  indirect case negation(Term)
  /// `term + term - …` or `term * term / …`, from left to right.
  indirect case arithmetic(Term, [Operation<Term>])
  /// `?` and `:name`, numbered from 0 in the order written.
  indirect case marker(index: Int, name: String?)
}

/// One `key: value` of a map literal.
package struct MapEntry: Equatable, Sendable {
  package var key: Term
  package var value: Term

  package init(key: Term, value: Term) {
    self.key = key
    self.value = value
  }
}

/// One `field: value` of a user-defined type's literal.
package struct FieldValue: Equatable, Sendable {
  package var field: String
  package var value: Term

  package init(field: String, value: Term) {
    self.field = field
    self.value = value
  }
}

/// A sign of arithmetic.
package enum ArithmeticOperator: String, Sendable {
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case remainder = "%"
}

/// What an arithmetic expression does next to what stands at its left.
///
/// A chain of operations is kept flat, however long: a tree as deep as a statement is long could
/// not be walked. All operators of a chain bind equally: `+ -` or `* / %`.
package struct Operation<Operand> {
  package var `operator`: ArithmeticOperator
  package var operand: Operand

  package init(_ operator: ArithmeticOperator, _ operand: Operand) {
    self.operator = `operator`
    self.operand = operand
  }
}

extension Operation: Equatable where Operand: Equatable {}
extension Operation: Sendable where Operand: Sendable {}
