internal import CQL

// Which type an expression has by itself, and where it may stand.
extension ExpressionPlanner {
  /// Nil where the type depends on the place, as a constant's does.
  func exactType(_ expression: Selector.Expression) throws(TableError) -> DataType? {
    switch expression {
    case .column(let name): return try column(name).type
    case .countRows, .writetime: return .bigint
    case .ttl: return .int
    case .function(let keyspace, let name, let arguments):
      return try function(QualifiedName(keyspace: keyspace, name), arguments, expecting: nil)?
        .result
    case .cast(_, let target): return try DataType(.native(target), in: scope)
    case .typeHint(let hint, _): return try DataType(hint, in: scope, frozen: true)
    case .term(.cast(let hint, _)): return try DataType(hint, in: scope, frozen: true)
    case .term: return nil
    case .list(let elements): return try firstType(elements).map(DataType.list)
    case .set(let elements): return try firstType(elements).map(DataType.set)
    // Cassandra has the user say which of a map's and a user-defined type's forms it is.
    case .map: return nil
    case .tuple(let elements):
      if elements.count == 1 { return try exactType(elements[0]) }
      var fields: [DataType] = []
      for element in elements {
        guard let type = try exactType(element) else { return nil }
        fields.append(type)
      }
      return .tuple(fields)
    case .part(let whole, let parts):
      guard var type = try exactType(whole) else { return nil }
      for part in parts { type = try type.type(of: part, expression.cql) }
      return type
    case .negation(let inner):
      return try Function.negation(try argument(inner), receiver: nil).result
    case .arithmetic(let first, let rest):
      var left = try argument(first)
      for operation in rest {
        let function = try Function.resolve(
          operation.operator, left, try argument(operation.operand), receiver: nil)
        left = Argument(kind: .typed(function.result), text: first.cql)
      }
      if case .typed(let type) = left.kind { return type }
      return nil
    }
  }

  private func firstType(_ elements: [Selector.Expression]) throws(TableError) -> DataType? {
    for element in elements {
      if let type = try exactType(element) { return type }
    }
    return nil
  }

  /// An expression as the argument of a call.
  func argument(_ expression: Selector.Expression) throws(TableError) -> Argument {
    let text = expression.cql
    switch expression {
    case .term(.marker): return Argument(kind: .marker, text: "?")
    case .term(.null): return Argument(kind: .null, text: text)
    case .term(.cast): break
    case .term(let term): return Argument(kind: .constant(term), text: text)
    default: break
    }
    guard let type = try exactType(expression) else {
      throw .invalid(
        "Cannot infer type for term \(text) in selection clause (try using a cast to force a type)")
    }
    return Argument(kind: .typed(type), text: text)
  }

  /// Whether an expression may stand where a type must.
  func takes(_ type: DataType, _ expression: Selector.Expression) throws(TableError) -> Bool {
    switch (expression, type.whole) {
    case (.term(.marker), _): return true
    case (.term(let term), _): return type.takes(term)
    case (.list(let elements), .list(let element)), (.set(let elements), .set(let element)):
      for item in elements where !(try takes(element, item)) { return false }
      return true
    case (.map(let entries), .map(let key, let value)):
      for entry in entries {
        guard try takes(key, entry.key), try takes(value, entry.value) else { return false }
      }
      return true
    case (.map(let entries), .set): return entries.isEmpty
    case (.map, .user): return true
    case (.tuple(let elements), .tuple(let fields)):
      guard elements.count <= fields.count else { return false }
      for (item, field) in zip(elements, fields) where !(try takes(field, item)) { return false }
      return true
    case (.function(_, "fromjson", _), _): return true
    default:
      guard let own = try exactType(expression) else { return false }
      return type.whole.reads(own)
    }
  }

  /// The function that a call means; nil for one whose types are those of what stands around.
  func function(
    _ name: QualifiedName, _ arguments: [Selector.Expression], expecting expected: DataType?
  ) throws(TableError) -> Function? {
    let isOwn = name.keyspace == nil || name.keyspace == "system"
    switch name.name {
    case "fromjson" where isOwn:
      guard let expected else { return nil }
      guard arguments.count == 1 else {
        throw .invalid(
          "Invalid number of arguments in call to function system.fromjson: 1 required but "
            + "\(arguments.count) provided")
      }
      return Function(name: "fromjson", arguments: [.text], result: expected, body: .fromJSON)
    case "tojson" where isOwn:
      guard isSelection else {
        throw .invalid(
          "toJson() may only be used within the selection clause of SELECT statements")
      }
      guard arguments.count == 1 else {
        throw .invalid("toJson() only accepts one argument (got \(arguments.count))")
      }
      guard let type = try exactType(arguments[0]) else {
        throw .invalid(
          "Cannot infer type for term \(arguments[0].cql) in selection clause (try using a cast to "
            + "force a type)")
      }
      return Function(name: "tojson", arguments: [type], result: .text, body: .toJSON)
    case "token" where isOwn:
      guard let table else { throw .invalid("Unknown function token called") }
      let types = table.partitionKey.map(\.type)
      guard arguments.count == types.count else {
        throw .invalid(
          "Invalid number of arguments in call to function system.token: \(types.count) required "
            + "but \(arguments.count) provided")
      }
      let function = Function(name: "token", arguments: types, result: .bigint, body: .token)
      for (number, (item, type)) in zip(arguments, types).enumerated()
      where !(try takes(type, item)) {
        throw .invalid(
          "Type error: \(item.cql) cannot be passed as argument \(number) of function system.token "
            + "of type \(type.name)")
      }
      return function
    default:
      var found: [Argument] = []
      for item in arguments { found.append(try argument(item)) }
      return try Function.resolve(name, found, isSelection: isSelection)
    }
  }
}

extension DataType {
  /// The type of a value's part, with Cassandra's refusals for values that have no such parts.
  func type(of part: Selector.Part, _ text: String) throws(TableError) -> DataType {
    switch (part, whole) {
    case (.field(let name), .user(let user)):
      guard let field = user.fields.first(where: { $0.name == name }) else {
        throw .invalid("\(text) of type \(self.name) has no field \(name)")
      }
      return field.type
    case (.field, _):
      throw .invalid("Invalid field selection: \(text) of type \(name) is not a user type")
    case (.element, .map(_, let value)): return value
    case (.element, .set(let element)): return element
    case (.slice, .map), (.slice, .set): return self
    case (.element, .list), (.slice, .list):
      throw .invalid(
        "Element selection is only allowed on sets and maps, but \(text) is a list")
    default:
      throw .invalid(
        "Invalid element selection: \(text) is of type \(name) is not a collection")
    }
  }
}
