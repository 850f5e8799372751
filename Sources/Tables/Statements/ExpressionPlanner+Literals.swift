internal import CQL

// Literals with expressions inside, calls, and parts of values.
extension ExpressionPlanner {
  mutating func planLiteral(
    _ expression: Selector.Expression, expecting expected: DataType?
  ) throws(TableError) -> Planned {
    var known = expected?.whole
    if case .tuple(let elements) = expression, elements.count == 1 {
      // Only the place tells a tuple of one from parentheses.
      var isTuple = false
      if case .tuple = known { isTuple = true }
      if let known, !isTuple {
        var planned = try plan(elements[0], expecting: known)
        planned.name = "(\(planned.name))"
        return planned
      }
    } else if known == nil {
      known = try exactType(expression)?.whole
    }
    guard let type = known else {
      throw .invalid(
        "Cannot infer type for term \(expression.cql) in selection clause (try using a cast to "
          + "force a type)")
    }
    switch (expression, type) {
    case (.list(let elements), .list(let element)):
      let items = try plan(elements, element, "list")
      return Planned(
        expression: .list(items.map(\.expression)), type: type, name: "[\(names(items))]")
    case (.set(let elements), .set(let element)):
      let items = try plan(elements, element, "set")
      return Planned(
        expression: .set(items.map(\.expression), of: element), type: type,
        name: "{\(names(items))}")
    case (.map(let entries), .set(let element)) where entries.isEmpty:
      return Planned(expression: .set([], of: element), type: type, name: "{}")
    case (.map(let entries), .map(let key, let value)):
      let keys = try plan(entries.map(\.key), key, "map", "key")
      let values = try plan(entries.map(\.value), value, "map")
      let name = zip(keys, values).map { "\($0.name): \($1.name)" }.joined(separator: ", ")
      return Planned(
        expression: .map(
          zip(keys, values).map { (key: $0.expression, value: $1.expression) }, of: key),
        type: type, name: "{\(name)}")
    case (.map(let entries), .user(let user)): return try plan(entries, user)
    case (.tuple(let elements), .tuple(let fields)):
      guard elements.count <= fields.count else {
        throw .invalid(
          "Invalid tuple literal for \(receiver): too many elements. Type \(type.name) expects \(fields.count) "
            + "but got \(elements.count)")
      }
      var items: [Planned] = []
      for (number, (element, field)) in zip(elements, fields).enumerated() {
        let place = isSelection ? receiver : "\(receiver)[\(number)]"
        items.append(try plan(element, expecting: field, for: place))
      }
      return Planned(
        expression: .tuple(items.map(\.expression)), type: type, name: "(\(names(items)))")
    default:
      throw .invalid("Invalid literal \(expression.cql) for a value of type \(type.name)")
    }
  }

  private func names(_ items: [Planned]) -> String {
    items.map(\.name).joined(separator: ", ")
  }

  /// Plans what stands in a collection; `role` is a value or a key.
  private mutating func plan(
    _ elements: [Selector.Expression], _ type: DataType, _ kind: String, _ role: String = "value"
  ) throws(TableError) -> [Planned] {
    var items: [Planned] = []
    let place = isSelection ? receiver : "\(role)(\(receiver))"
    for element in elements {
      guard try takes(type, element) else {
        throw .invalid(
          "Invalid \(kind) literal for \(receiver): \(role) \(element.cql) is not of type "
            + type.name)
      }
      items.append(try plan(element, expecting: type, for: place))
    }
    return items
  }

  private mutating func plan(
    _ entries: [Selector.Entry], _ user: UserType
  ) throws(TableError) -> Planned {
    var given: [String: Selector.Expression] = [:]
    for entry in entries {
      guard case .column(let field) = entry.key,
        user.fields.contains(where: { $0.name == field })
      else {
        throw .invalid(
          "Unknown field '\(entry.key.cql)' in value of user defined type \(user.name)")
      }
      given[field] = entry.value
    }
    var fields: [Expression] = []
    var names: [String] = []
    for field in user.fields {
      guard let value = given[field.name] else {
        fields.append(.null)
        continue
      }
      let place = isSelection ? receiver : "\(receiver).\(field.name)"
      let planned = try plan(value, expecting: field.type, for: place)
      fields.append(planned.expression)
      names.append("\(field.name): \(planned.name)")
    }
    return Planned(
      expression: .tuple(fields), type: .user(user), name: "{\(names.joined(separator: ", "))}")
  }

  mutating func call(
    _ name: QualifiedName, _ arguments: [Selector.Expression], expecting expected: DataType?
  ) throws(TableError) -> Planned {
    guard let function = try function(name, arguments, expecting: expected) else {
      throw .invalid("fromJson() cannot be used in the selection clause of a SELECT statement")
    }
    if let expected, !expected.whole.reads(function.result) {
      throw .invalid(
        "Type error: cannot assign result of function system.\(function.name) (type "
          + "\(function.result.name)) to \(receiver) (type \(expected.name))")
    }
    return try planCall(function, arguments)
  }

  mutating func part(
    of whole: Selector.Expression, _ parts: [Selector.Part]
  ) throws(TableError) -> Planned {
    var planned = try plan(whole)
    for part in parts {
      let type = planned.type
      let result = try type.type(of: part, planned.name)
      switch part {
      case .field(let name):
        guard case .user(let user) = type.whole,
          let place = user.fields.firstIndex(where: { $0.name == name })
        else { continue }
        planned = Planned(
          expression: .field(place, of: planned.expression, type.whole), type: result,
          name: "\(planned.name).\(name)")
      case .element(let key):
        let expression = try planKey(key, type)
        planned = Planned(
          expression: .element(expression, of: planned.expression, type), type: result,
          name: "\(planned.name)[\(key.columnName)]")
      case .slice(let from, let to):
        let low = try from.map { from throws(TableError) in try planKey(from, type) }
        let high = try to.map { to throws(TableError) in try planKey(to, type) }
        planned = Planned(
          expression: .slice(from: low, to: high, of: planned.expression, type), type: result,
          name: "\(planned.name)[\(from?.columnName ?? "")..\(to?.columnName ?? "")]")
      }
    }
    return planned
  }

  private mutating func planKey(
    _ term: Term, _ collection: DataType
  ) throws(TableError) -> Expression {
    guard let key = collection.whole.parts.first else { return .null }
    return try plan(term, key, for: "key")
  }
}
