internal import CQL
internal import Machine

/// What is gathered of a group of rows.
enum Gatherer: Sendable {
  case countRows
  case aggregate(Aggregate.Kind, DataType, Expression)
  /// The value in the group's first row.
  case first(Expression)
}

/// Brings expressions and terms onto a table, with Cassandra's rules for their types.
struct ExpressionPlanner {
  /// An expression with its type, and the name that a result's column has of it.
  struct Planned {
    var expression: Expression
    var type: DataType
    var name: String
  }

  /// The table whose columns may be named; nil for values that stand alone.
  let table: Table?
  let scope: TypeScope
  let clock: Clock
  /// By their numbers.
  var markers: [Int: ResultColumn] = [:]
  var gatherers: [Gatherer] = []
  /// Whether columns may be named: not among the values of a WHERE clause.
  private(set) var isSelection = true
  /// Whether the arguments of an aggregate are being planned.
  private var isInAggregate = false
  /// The operations around what is being planned.
  private var operationsAround = 0
  /// The name of markers, and what messages call the place of a value.
  private(set) var receiver = ExpressionPlanner.selection

  private static let selection = "[selection]"

  init(table: Table? = nil, scope: TypeScope, clock: Clock) {
    self.table = table
    self.scope = scope
    self.clock = clock
  }

  /// Plans what a SELECT shows; `expected` is the type that must come out, where one must.
  mutating func plan(
    _ expression: Selector.Expression, expecting expected: DataType? = nil
  ) throws(TableError) -> Planned {
    switch expression {
    case .column(let name):
      let column = try column(name)
      return Planned(expression: .column(column), type: column.type, name: name)
    case .countRows:
      try refuseNestedAggregate()
      gatherers.append(.countRows)
      return Planned(expression: .gathered(gatherers.count - 1), type: .bigint, name: "count")
    case .writetime(let name):
      return Planned(
        expression: .writetime(try timed(name, "writeTime")), type: .bigint,
        name: "writetime(\(name))")
    case .ttl(let name):
      return Planned(
        expression: .ttl(try timed(name, "ttl")), type: .int, name: "ttl(\(name))")
    case .function(let keyspace, let name, let arguments):
      return try call(QualifiedName(keyspace: keyspace, name), arguments, expecting: expected)
    case .cast(let inner, let target): return try cast(inner, target)
    case .typeHint(let hint, let inner): return try typed(hint, inner)
    case .term(let term): return try planTerm(term, expecting: expected)
    case .list, .set, .map, .tuple: return try planLiteral(expression, expecting: expected)
    case .part(let whole, let parts): return try part(of: whole, parts)
    case .negation(let inner):
      let function = try Function.negation(try argument(inner), receiver: expected)
      return try planCall(function, [inner])
    case .arithmetic(let first, let rest): return try chain(first, rest, expecting: expected)
    }
  }

  /// Plans a value that is compared with, or assigned to, what is called `name`.
  mutating func plan(
    _ term: Term, _ type: DataType, for name: String
  ) throws(TableError) -> Expression {
    let outer = (isSelection, receiver)
    (isSelection, receiver) = (false, name)
    defer { (isSelection, receiver) = outer }
    return try plan(term.expression, expecting: type).expression
  }

  /// Gives a marker its type.
  mutating func marker(_ index: Int, _ name: String?, _ type: DataType) -> Expression {
    let column = ResultColumn(name: name ?? receiver, type: type.whole)
    markers[index] = column
    return .marker(index, column)
  }

  func column(_ name: String) throws(TableError) -> Column {
    guard isSelection, let table else { throw .invalid("Invalid term \(name)") }
    return try table.required(name)
  }

  private func timed(_ name: String, _ function: String) throws(TableError) -> Column {
    let column = try column(name)
    guard column.kind != .partitionKey, column.kind != .clustering else {
      throw .invalid("Cannot use selection function \(function) on PRIMARY KEY part \(name)")
    }
    if case .multiCell(let whole) = column.type {
      if case .user = whole {
        throw .invalid(
          "Cannot use selection function \(function) on non-frozen UDT \(name)")
      }
      throw .invalid("Cannot use selection function \(function) on non-frozen collection \(name)")
    }
    return column
  }

  private func refuseNestedAggregate() throws(TableError) {
    if isInAggregate {
      throw .invalid("aggregate functions cannot be used as arguments of aggregate functions")
    }
    if !isSelection {
      throw .invalid("Aggregation function are not supported in the where clause")
    }
  }

  private mutating func planTerm(
    _ term: Term, expecting expected: DataType?
  ) throws(TableError) -> Planned {
    guard let expected else {
      throw .invalid(
        "Cannot infer type for term \(term.columnName) in selection clause (try using a cast to "
          + "force a type)")
    }
    let name = term.columnName
    switch term {
    case .marker(let index, let markerName):
      return Planned(
        expression: marker(index, markerName, expected), type: expected, name: name)
    default:
      let bytes = try expected.encode(term, column: receiver, clock: clock)
      return Planned(
        expression: bytes.map(Expression.constant) ?? .null, type: expected, name: name)
    }
  }

  private mutating func cast(
    _ inner: Selector.Expression, _ target: NativeType
  ) throws(TableError) -> Planned {
    let result = try DataType(.native(target), in: scope)
    let planned = try plan(inner)
    if planned.type.whole == result { return planned }
    guard let function = Function.cast(planned.type.whole, to: result) else {
      throw Function.castRefusal(planned.name, to: result)
    }
    return Planned(
      expression: .call(function, [planned.expression]), type: result,
      name: function.columnName([planned.name]))
  }

  private mutating func typed(
    _ hint: TypeName, _ inner: Selector.Expression
  ) throws(TableError) -> Planned {
    let type = try DataType(hint, in: scope, frozen: true)
    guard try takes(type, inner) else {
      throw .invalid("Cannot assign value \(inner.cql) to \(receiver) of type \(type.name)")
    }
    let planned = try plan(inner, expecting: type)
    return Planned(
      expression: planned.expression, type: type, name: "(\(hint.cql))\(planned.name)")
  }

  /// Operations from left to right, each with the one before at its left.
  private mutating func chain(
    _ first: Selector.Expression, _ rest: [Operation<Selector.Expression>],
    expecting expected: DataType?
  ) throws(TableError) -> Planned {
    operationsAround += rest.count
    defer { operationsAround -= rest.count }
    guard operationsAround <= Limits.operations else {
      throw .invalid("More than \(Limits.operations) operations in one value")
    }
    var left: Planned?
    var leftArgument = try argument(first)
    for (number, operation) in rest.enumerated() {
      let function = try Function.resolve(
        operation.operator, leftArgument, try argument(operation.operand),
        receiver: number == rest.count - 1 ? expected : nil)
      let planned =
        if let left { left } else { try operand(first, function.arguments[0], 0, function) }
      let right = try operand(operation.operand, function.arguments[1], 1, function)
      let whole = Planned(
        expression: .call(function, [planned.expression, right.expression]),
        type: function.result, name: function.columnName([planned.name, right.name]))
      leftArgument = Argument(kind: .typed(whole.type), text: whole.name)
      left = whole
    }
    guard let left else { return try plan(first, expecting: expected) }
    return left
  }

  private mutating func operand(
    _ expression: Selector.Expression, _ type: DataType, _ number: Int, _ function: Function
  ) throws(TableError) -> Planned {
    try plan(expression, expecting: type, for: "arg\(number)(system.\(function.name))")
  }

  /// Plans what must be of a type at a place of that name.
  mutating func plan(
    _ expression: Selector.Expression, expecting type: DataType, for place: String
  ) throws(TableError) -> Planned {
    let outer = receiver
    receiver = place
    defer { receiver = outer }
    return try plan(expression, expecting: type)
  }

  /// A call of a function that has been found.
  mutating func planCall(
    _ function: Function, _ arguments: [Selector.Expression]
  ) throws(TableError) -> Planned {
    if function.isAggregate { try refuseNestedAggregate() }
    let outer = isInAggregate
    isInAggregate = outer || function.isAggregate
    defer { isInAggregate = outer }
    var planned: [Planned] = []
    for (number, argument) in arguments.enumerated() {
      planned.append(try operand(argument, function.arguments[number], number, function))
    }
    let name = function.columnName(planned.map(\.name))
    guard case .aggregate(let kind) = function.body else {
      return Planned(
        expression: .call(function, planned.map(\.expression)), type: function.result, name: name)
    }
    gatherers.append(.aggregate(kind, function.arguments[0], planned[0].expression))
    return Planned(
      expression: .gathered(gatherers.count - 1), type: function.result, name: name)
  }
}

extension Term {
  /// The name of the column that shows this term.
  var columnName: String {
    switch self {
    case .marker: "?"
    case .null: "NULL"
    default: cql
    }
  }

  /// The term as what a SELECT may show, so that both are planned in one way.
  var expression: Selector.Expression {
    // Constants keep the words that Cassandra has for them when they do not fit.
    if isConstant { return .term(self) }
    switch self {
    case .list(let terms): return .list(terms.map(\.expression))
    case .set(let terms): return .set(terms.map(\.expression))
    case .map(let entries):
      return .map(entries.map { .init(key: $0.key.expression, value: $0.value.expression) })
    case .user(let fields):
      return .map(fields.map { .init(key: .column($0.field), value: $0.value.expression) })
    case .tuple(let terms): return .tuple(terms.map(\.expression))
    case .function(let keyspace, let name, let arguments):
      return .function(
        keyspace: keyspace, name: name, arguments: arguments.map(\.expression))
    case .cast(let type, let inner): return .typeHint(type, inner.expression)
    case .negation(let inner): return .negation(inner.expression)
    case .arithmetic(let first, let rest):
      return .arithmetic(
        first.expression, rest.map { Operation($0.operator, $0.operand.expression) })
    default: return .term(self)
    }
  }
}
