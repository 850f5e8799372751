/// One thing a SELECT returns.
package struct Selector: Equatable, Sendable {
  /// A column's value, or what is made of values, of a row or of all rows.
  package indirect enum Expression: Equatable, Sendable {
    case column(String)
    /// `count(*)`, and `count` of a constant.
    case countRows
    case writetime(column: String)
    case ttl(column: String)
    case function(keyspace: String?, name: String, arguments: [Expression])
    /// `CAST(expression AS type)`: another value.
    case cast(Expression, NativeType)
    /// `(type) expression`: the same value, its type made known.
    case typeHint(TypeName, Expression)
    /// A constant, `null` or a marker; whatever is made of others is one of the cases below.
    case term(Term)
    case list([Expression])
    case set([Expression])
    /// A map or a value of a user-defined type; `{}` alone is an empty `map`.
    case map([Entry])
    /// `(a, b)`; parentheses around one expression are a tuple of one.
    case tuple([Expression])
    /// `expression.field`, `expression[key]`, `expression[from..to]`, one after the other.
    case part(of: Expression, [Part])
    case negation(Expression)
    case arithmetic(Expression, [Operation<Expression>])
  }

  /// What is taken of a value that has parts.
  package enum Part: Equatable, Sendable {
    case field(String)
    case element(Term)
    /// At least one of the bounds is there.
    case slice(from: Term?, to: Term?)
  }

  /// One `key: value` of a map.
  package struct Entry: Equatable, Sendable {
    package var key: Expression
    package var value: Expression

    package init(key: Expression, value: Expression) {
      self.key = key
      self.value = value
    }
  }

  package var expression: Expression
  package var alias: String?

  package init(expression: Expression, alias: String? = nil) {
    self.expression = expression
    self.alias = alias
  }
}
