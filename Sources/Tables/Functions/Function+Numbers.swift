internal import CQL

// The types of casts and of arithmetic.
extension Function {
  static let numeric: [DataType] = [
    .tinyint, .smallint, .int, .bigint, .float, .double, .decimal, .varint, .counter,
  ]

  /// The function behind `CAST(argument AS result)`; nil where there is no such cast.
  static func cast(_ argument: DataType, to result: DataType) -> Function? {
    guard canCast(argument, to: result) else { return nil }
    return Function(
      name: castName(result), arguments: [argument], result: result, body: .cast)
  }

  private static func castName(_ result: DataType) -> String {
    "castAs" + result.name.prefix(1).uppercased() + result.name.dropFirst()
  }

  /// The error of a cast that there is not: of one to a type that nothing is cast to, or of one
  /// from a type that is not cast to it.
  static func castRefusal(_ name: String, to result: DataType) -> TableError {
    let known = native.filter { canCast($0, to: result) && $0 != result }
    if known.isEmpty { return .invalid("\(name) cannot be cast to \(result.name)") }
    let signatures = known.map { type in
      "system.\(castName(result)) : (\(type.name)) -> \(result.name)"
    }
    return .invalid(
      "Invalid call to function system.\(castName(result)), none of its type signatures match "
        + "(known type signatures: \(signatures.joined(separator: ", ")))")
  }

  private static func canCast(_ argument: DataType, to result: DataType) -> Bool {
    switch (argument, result) {
    case (.ascii, .text), (.boolean, .text), (.boolean, .ascii), (.inet, .text), (.inet, .ascii),
      (.time, .text), (.time, .ascii), (.uuid, .text), (.uuid, .ascii), (.timeuuid, .date),
      (.timeuuid, .timestamp), (.timeuuid, .text), (.timeuuid, .ascii), (.timestamp, .date),
      (.timestamp, .text), (.timestamp, .ascii), (.date, .timestamp), (.date, .text),
      (.date, .ascii):
      true
    case (_, .text), (_, .ascii): numeric.contains(argument)
    default: numeric.contains(argument) && numeric.contains(result) && result != .counter
    }
  }

  /// All that a sign may stand between.
  static func operations(_ sign: ArithmeticSign) -> [Function] { bySign[sign] ?? [] }

  private static let bySign: [ArithmeticSign: [Function]] = {
    var found: [ArithmeticSign: [Function]] = [:]
    for sign in [ArithmeticSign.add, .subtract, .multiply, .divide, .remainder] {
      func function(_ left: DataType, _ right: DataType, _ result: DataType) -> Function {
        Function(
          name: sign.rawValue, arguments: [left, right], result: result, body: .arithmetic(sign))
      }
      var functions = numeric.flatMap { left in
        numeric.map { function(left, $0, sum(left, $0)) }
      }
      if sign == .add || sign == .subtract {
        functions += [.timestamp, .date].map { function($0, .duration, $0) }
      }
      found[sign] = functions
    }
    return found
  }()

  static let negations = numeric.map { type in
    Function(
      name: "-", arguments: [type], result: type == .counter ? .bigint : type, body: .negation)
  }

  /// The type of two numbers' sum (`OperationFcts.returnType`): as wide as the wider one.
  private static func sum(_ left: DataType, _ right: DataType) -> DataType {
    let isReal = [left, right].contains { [.float, .double, .decimal].contains($0) }
    switch max(left.fixedSize ?? .max, right.fixedSize ?? .max) {
    case 1: return .tinyint
    case 2: return .smallint
    case 4: return isReal ? .float : .int
    case 8: return isReal ? .double : .bigint
    default: return isReal ? .decimal : .varint
    }
  }
}
