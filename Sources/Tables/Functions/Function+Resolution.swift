internal import CQL

extension Function {
  /// The function that a call means: the one whose types are exactly the arguments', else the only
  /// one that takes them (`FunctionResolver`).
  static func resolve(
    _ name: QualifiedName, _ arguments: [Argument], isSelection: Bool
  ) throws(TableError) -> Function {
    let isOwn = name.keyspace == nil || name.keyspace == "system"
    let candidates = isOwn ? all(named: name.name) : []
    guard let first = candidates.first else {
      let shown = name.keyspace.map { "\($0).\(name.name)" } ?? name.name
      throw .invalid(
        isSelection ? "Unknown function '\(shown)'" : "Unknown function \(shown) called")
    }
    if candidates.count == 1 {
      try first.check(arguments)
      return first
    }
    let found = best(candidates, arguments, nil)
    guard let function = found.first else {
      throw .invalid(
        "Invalid call to function system.\(name.name), none of its type signatures match (known "
          + "type signatures: \(candidates.map(\.signature).joined(separator: ", ")))")
    }
    guard found.count == 1 else {
      throw .invalid(
        "Ambiguous call to function system.\(name.name) (can be matched by following signatures: "
          + "\(found.map(\.signature).joined(separator: ", "))): use type casts to disambiguate")
    }
    return function
  }

  /// The function that a sign means between two arguments.
  static func resolve(
    _ sign: ArithmeticSign, _ left: Argument, _ right: Argument, receiver: DataType?
  ) throws(TableError) -> Function {
    let found = best(operations(sign), [left, right], receiver)
    guard let function = found.first else {
      throw .invalid(
        "the '\(sign.rawValue)' operation is not supported between \(left.text) and \(right.text)")
    }
    if found.count == 1 { return function }
    if let receiver, !left.isMarker, !right.isMarker,
      let same = found.first(where: { $0.arguments == [receiver, receiver] })
    {
      return same
    }
    throw .invalid(
      "Ambiguous '\(sign.rawValue)' operation with args \(left.text) and \(right.text): use type "
        + "hint to disambiguate, example '(int) ?'")
  }

  /// The function that a minus before an argument means.
  static func negation(_ argument: Argument, receiver: DataType?) throws(TableError) -> Function {
    let found = best(negations, [argument], receiver)
    guard let function = found.first else {
      throw .invalid("the '-' operation is not supported on \(argument.text)")
    }
    guard found.count == 1 else {
      throw .invalid("Ambiguous negation: use type casts to disambiguate")
    }
    return function
  }

  /// The exact match alone, else all that fit.
  private static func best(
    _ candidates: [Function], _ arguments: [Argument], _ receiver: DataType?
  ) -> [Function] {
    var weak: [Function] = []
    for candidate in candidates where candidate.arguments.count == arguments.count {
      if let receiver, !receiver.reads(candidate.result) { continue }
      let matches = zip(candidate.arguments, arguments).map { $1.match($0) }
      if matches.contains(.none) { continue }
      if !matches.contains(.weak) { return [candidate] }
      weak.append(candidate)
    }
    return weak
  }

  private func check(_ provided: [Argument]) throws(TableError) {
    guard provided.count == arguments.count else {
      throw .invalid(
        "Invalid number of arguments in call to function system.\(name): \(arguments.count) "
          + "required but \(provided.count) provided")
    }
    for (number, (argument, type)) in zip(provided, arguments).enumerated()
    where argument.match(type) == .none {
      throw .invalid(
        "Type error: \(argument.text) cannot be passed as argument \(number) of function "
          + "system.\(name) of type \(type.name)")
    }
  }
}
