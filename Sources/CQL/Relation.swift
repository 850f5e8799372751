/// One restriction of a WHERE clause, or one condition of a lightweight transaction.
package enum Relation: Equatable, Sendable {
  /// `column IN (…)` keeps its values as `Term.list`.
  case column(String, Comparison, Term)
  /// `column IS NOT NULL`.
  case isNotNull(column: String)
  /// `column[key] = value`.
  case element(column: String, key: Term, Comparison, Term)
  /// `column.field = value`; a condition only.
  case field(column: String, field: String, Comparison, Term)
  /// `(a, b) > (…)`: the term is a tuple or a marker; for IN a list of these, or a marker.
  case columns([String], Comparison, Term)
  case token([String], Comparison, Term)
  /// `expr(index, term)`, which an index of the server's own class understands.
  case indexExpression(index: String, Term)
}

/// `column IN (…)` keeps its values as `Term.list`.
package typealias Where = [Relation]

/// How a relation compares.
package enum Comparison: String, Sendable {
  case equal = "="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
  case `in` = "IN"
  case contains = "CONTAINS"
  case containsKey = "CONTAINS KEY"
  case like = "LIKE"
}

/// A lightweight transaction's condition.
package enum Condition: Equatable, Sendable {
  case none
  case exists
  case relations([Relation])
}
