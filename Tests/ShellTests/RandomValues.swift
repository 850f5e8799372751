import Machine
import Tables
import TestSupport

/// Random types, and values of them in the native protocol's encoding.
struct RandomValues {
  var random: SeededRandom

  private static let scalars = [
    "ascii", "text", "blob", "boolean", "tinyint", "smallint", "int", "bigint", "varint", "float",
    "double", "decimal", "timestamp", "date", "time", "duration", "uuid", "timeuuid", "inet",
  ]
  private static let letters: [Unicode.Scalar] = [
    "a", "b", " ", ",", ";", ":", "'", "\"", "\\", "\n", "\r", "\t", "\0", ".", "[", "]", "{", "}",
    "(", ")", "|", "é", "\u{301}", "日", "👏", "N", "/", "A", "-", "\u{202E}",
  ]

  /// A type as a definition has it.
  mutating func type(depth: Int = 0, key: Bool = false) -> String {
    guard depth < 3, Int.random(in: 0..<3, using: &random) == 0 else {
      let scalar = Self.scalars.randomElement(using: &random) ?? "int"
      return key && scalar == "duration" ? "time" : scalar
    }
    switch Int.random(in: 0..<5, using: &random) {
    case 0: return "frozen<list<\(type(depth: depth + 1, key: key))>>"
    case 1: return "frozen<set<\(type(depth: depth + 1, key: true))>>"
    case 2:
      let value = type(depth: depth + 1, key: key)
      return "frozen<map<\(type(depth: depth + 1, key: true)), \(value)>>"
    case 3:
      let parts = (0...Int.random(in: 0..<3, using: &random))
        .map { _ in type(depth: depth + 1, key: key) }
      return "frozen<tuple<\(parts.joined(separator: ", "))>>"
    default: return "frozen<address>"
    }
  }

  mutating func value(_ type: DataType) throws -> [UInt8] {
    switch type.whole {
    case .ascii: return Array(text().utf8.filter { $0 < 128 })
    case .text: return Array(text().utf8)
    case .blob: return bytes(Int.random(in: 0..<20, using: &random))
    case .boolean: return [UInt8.random(in: 0...1, using: &random)]
    case .tinyint: return bytes(1)
    case .smallint: return bytes(2)
    case .int: return bytes(4)
    case .bigint, .counter: return bytes(8)
    case .varint: return try type.native(constant: digits())
    case .decimal:
      let exponent = Int.random(in: -20...20, using: &random)
      return try type.native(constant: "\(digits())E\(exponent)")
    case .float:
      let value = Float(bitPattern: random.next32())
      return bigEndian((value.isNaN ? Float.nan : value).bitPattern)
    case .double:
      let value = Double(bitPattern: random.next())
      return bigEndian((value.isNaN ? Double.nan : value).bitPattern)
    case .timestamp:
      return bigEndian(Int64(truncatingIfNeeded: random.next()) >> [0, 16, 22].randomly(&random))
    case .date: return bytes(4)
    case .time: return bigEndian(Int64.random(in: 0..<86_400_000_000_000, using: &random))
    case .duration:
      let parts = ["y", "mo", "d", "h", "m", "s", "ms", "us", "ns"].map {
        "\(Int.random(in: 0..<100, using: &random))\($0)"
      }
      return try type.native(constant: (random.next() % 2 == 0 ? "-" : "") + parts.joined())
    case .uuid: return bytes(16)
    case .timeuuid:
      var found = bytes(16)
      found[6] = 0x10 | found[6] & 0x0F
      found[8] = 0x80 | found[8] & 0x3F
      return found
    case .inet: return bytes([4, 16].randomly(&random))
    case .list(let element), .set(let element):
      let values = try (0..<count()).map { _ in sized(try value(element)) }
      return bigEndian(Int32(values.count)) + values.flatMap { $0 }
    case .map(let key, let content):
      let pairs = try (0..<count()).map { _ in sized(try value(key)) + sized(try value(content)) }
      return bigEndian(Int32(pairs.count)) + pairs.flatMap { $0 }
    case .tuple(let types): return try fields(types)
    case .user(let user): return try fields(user.fields.map(\.type))
    case .multiCell(let whole): return try value(whole)
    }
  }

  private mutating func fields(_ types: [DataType]) throws -> [UInt8] {
    try types.flatMap { type in
      sized(Int.random(in: 0..<4, using: &random) == 0 ? nil : try value(type))
    }
  }

  private func sized(_ value: [UInt8]?) -> [UInt8] {
    bigEndian(Int32(value?.count ?? -1)) + (value ?? [])
  }

  mutating func text() -> String {
    var scalars = String.UnicodeScalarView()
    for _ in 0..<count() * 3 { scalars.append(Self.letters.randomly(&random)) }
    return String(scalars)
  }

  private mutating func count() -> Int { Int.random(in: 0..<5, using: &random) }

  private mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
  }

  private mutating func digits() -> String {
    let digits = (0..<Int.random(in: 1..<40, using: &random))
      .map { _ in String(Int.random(in: 0...9, using: &random)) }
    return (random.next() % 2 == 0 ? "-" : "") + digits.joined()
  }
}

extension RandomNumberGenerator {
  fileprivate mutating func next32() -> UInt32 { UInt32(truncatingIfNeeded: next()) }
}

extension Array {
  /// One of the elements: there is at least one.
  func randomly(_ random: inout some RandomNumberGenerator) -> Element {
    self[Int.random(in: 0..<count, using: &random)]
  }
}
