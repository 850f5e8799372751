internal import CQL

/// A sign of arithmetic between two values.
typealias ArithmeticSign = CQL.ArithmeticOperator

/// A function of CQL's own, for one list of argument types.
struct Function: Hashable, Sendable {
  /// What a call does.
  enum Body: Hashable, Sendable {
    case aggregate(Aggregate.Kind)
    case cast
    case arithmetic(ArithmeticSign)
    case negation
    case token
    case toJSON
    case fromJSON
    case uuid
    case now(Moment)
    case leastTimeUUID
    case greatestTimeUUID
    case time
    case asBlob
    case fromBlob
  }

  /// The clock's value that a function without arguments gives.
  enum Moment: Hashable, Sendable { case timeUUID, timestamp, date, time }

  /// In lower case, or for arithmetic its sign.
  var name: String
  var arguments: [DataType]
  var result: DataType
  var body: Body

  var isAggregate: Bool {
    if case .aggregate = body { return true }
    return false
  }

  /// Whether equal arguments give equal results.
  var isPure: Bool {
    switch body {
    case .uuid, .now: false
    default: true
    }
  }

  /// As Cassandra's messages show a function.
  var signature: String {
    "system.\(name) : (\(arguments.map(\.name).joined(separator: ", "))) -> \(result.name)"
  }

  /// The name of a result's column that a call makes, given those of its arguments.
  func columnName(_ arguments: [String]) -> String {
    switch body {
    case .cast: "cast(\(arguments.joined()) as \(result.name))"
    case .arithmetic(let sign): arguments.joined(separator: " \(sign.rawValue) ")
    case .negation: "-" + arguments.joined()
    default: "system.\(name)(\(arguments.joined(separator: ", ")))"
    }
  }
}

// All functions there are, by name.
extension Function {
  /// The functions of a name; none where there is no such function, or its types depend on the
  /// call.
  static func all(named name: String) -> [Function] { byName[name] ?? [] }

  private static let byName = Dictionary(
    grouping: times + blobs + aggregates + [
      Function(name: "uuid", arguments: [], result: .uuid, body: .uuid)
    ], by: \.name)

  static let native: [DataType] = [
    .ascii, .bigint, .blob, .boolean, .counter, .date, .decimal, .double, .duration, .float, .inet,
    .int, .smallint, .text, .time, .timestamp, .timeuuid, .tinyint, .uuid, .varint,
  ]

  private static let times: [Function] = {
    func time(_ name: String, _ argument: DataType, _ result: DataType) -> Function {
      Function(name: name, arguments: [argument], result: result, body: .time)
    }
    func now(_ name: String, _ result: DataType, _ moment: Moment) -> Function {
      Function(name: name, arguments: [], result: result, body: .now(moment))
    }
    return [
      now("now", .timeuuid, .timeUUID), now("currenttimeuuid", .timeuuid, .timeUUID),
      now("currenttimestamp", .timestamp, .timestamp), now("currentdate", .date, .date),
      now("currenttime", .time, .time),
      Function(
        name: "mintimeuuid", arguments: [.timestamp], result: .timeuuid, body: .leastTimeUUID),
      Function(
        name: "maxtimeuuid", arguments: [.timestamp], result: .timeuuid, body: .greatestTimeUUID),
      time("dateof", .timeuuid, .timestamp), time("unixtimestampof", .timeuuid, .bigint),
      time("todate", .timeuuid, .date), time("todate", .timestamp, .date),
      time("totimestamp", .timeuuid, .timestamp), time("totimestamp", .date, .timestamp),
      time("tounixtimestamp", .timeuuid, .bigint), time("tounixtimestamp", .timestamp, .bigint),
      time("tounixtimestamp", .date, .bigint),
    ]
  }()

  private static let blobs: [Function] = {
    let names = native.filter { $0 != .blob }.map { ($0.name, $0) } + [("varchar", .text)]
    return names.flatMap { name, type in
      [
        Function(name: name + "asblob", arguments: [type], result: .blob, body: .asBlob),
        Function(name: "blobas" + name, arguments: [.blob], result: type, body: .fromBlob),
      ]
    }
  }()

  private static let aggregates: [Function] = {
    func aggregate(_ kind: Aggregate.Kind, _ type: DataType, _ result: DataType) -> Function {
      Function(
        name: kind.rawValue, arguments: [type], result: result, body: .aggregate(kind))
    }
    let all = native.flatMap { type in
      [
        aggregate(.count, type, .bigint), aggregate(.max, type, type), aggregate(.min, type, type),
      ]
    }
    let sums = numeric.flatMap { type in
      let result = type == .counter ? DataType.bigint : type
      return [aggregate(.sum, type, result), aggregate(.avg, type, result)]
    }
    return all + sums
  }()
}
