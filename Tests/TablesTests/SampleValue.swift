import Foundation
import Machine

@testable import Tables

/// A value in native encoding, and how CQL writes it.
struct SampleValue: Hashable {
  var bytes: [UInt8]
  var literal: String
}

extension DataType {
  /// The types that are not made of others and may be in a key.
  static let simple: [DataType] = [
    .ascii, .text, .blob, .boolean, .tinyint, .smallint, .int, .bigint, .varint, .float, .double,
    .decimal, .timestamp, .date, .time, .uuid, .timeuuid, .inet,
  ]

  /// A user-defined type that tests create with `CREATE TYPE k.\"U\" (a int, \"B c\" text)`.
  static let sampleUser = DataType.user(
    UserType(
      keyspace: "k", name: "U",
      fields: [.init(name: "a", type: .int), .init(name: "B c", type: .text)]))

  /// Types made of others, flat and nested, that may be in a key.
  static let structured: [DataType] = [
    .list(.int), .set(.text), .map(.text, .int), .tuple([.varint, .text, .inet]), sampleUser,
    .list(.list(.decimal)), .set(.tuple([.int, .blob])), .map(.tuple([.int, .text]), .set(.uuid)),
    .tuple([.tuple([.boolean, sampleUser]), .map(.date, .time)]), .list(sampleUser),
  ]

  /// A random type that may be in a key.
  static func randomKeyType(depth: Int, _ random: inout SeededRandom) -> DataType {
    func inner() -> DataType { randomKeyType(depth: depth - 1, &random) }
    switch depth > 0 ? Int.random(in: 0..<8, using: &random) : 7 {
    case 0: return .list(inner())
    case 1: return .set(inner())
    case 2: return .map(inner(), inner())
    case 3: return .tuple((0..<Int.random(in: 1...3, using: &random)).map { _ in inner() })
    case 4:
      let fields = (0..<Int.random(in: 1...3, using: &random)).map { number in
        UserType.Field(name: number == 1 ? "A B" : "f\(number)", type: inner())
      }
      return .user(UserType(keyspace: "k", name: "r", fields: fields))
    default: return simple.randomElement(using: &random) ?? .int
    }
  }

  /// A random value; `narrow` draws from few, so that values meet.
  func sample(narrow: Bool, _ random: inout SeededRandom) -> SampleValue {
    switch self {
    case .tinyint: integer(Int8.self, narrow, &random)
    case .smallint: integer(Int16.self, narrow, &random)
    case .int: integer(Int32.self, narrow, &random)
    case .bigint, .counter: integer(Int64.self, narrow, &random)
    case .timestamp: integer(Int64.self, narrow, &random)
    case .varint: Self.number(scale: nil, narrow, &random)
    case .decimal:
      Self.number(scale: .random(in: narrow ? 0...2 : -30...30, using: &random), narrow, &random)
    case .time: Self.time(narrow, &random)
    case .duration: Self.duration(narrow, &random)
    case .inet: Self.address(narrow, &random)
    case .tuple(let fields): Self.tuple(fields.map { (nil, $0) }, narrow, &random)
    case .user(let type): Self.tuple(type.fields.map { ($0.name, $0.type) }, narrow, &random)
    case .multiCell(let whole): whole.sample(narrow: narrow, &random)
    case .boolean:
      Bool.random(using: &random)
        ? SampleValue(bytes: [1], literal: "true") : SampleValue(bytes: [0], literal: "false")
    case .float:
      Self.float(Float(Self.real(narrow, &random)))
    case .double:
      Self.double(Self.real(narrow, &random))
    case .date: Self.date(narrow, &random)
    case .ascii, .text: Self.text(narrow, isASCII: self == .ascii, &random)
    case .blob:
      Self.blob(
        (0..<Int.random(in: 0...(narrow ? 2 : 12), using: &random)).map { _ in
          [0, 1, 0x7F, 0xFE, 0xFF].randomElement(using: &random) ?? 0
        })
    case .uuid, .timeuuid: identifier(narrow, &random)
    case .list(let element):
      collection(Self.samples(element, narrow, &random), "[", "]")
    case .set(let element):
      collection(Self.distinct(element, narrow, &random), "{", "}")
    case .map(let key, let value):
      map(key, value, narrow, &random)
    }
  }

  private static func samples(
    _ element: DataType, _ narrow: Bool, _ random: inout SeededRandom
  ) -> [SampleValue] {
    (0..<Int.random(in: 0...3, using: &random)).map { _ in element.sample(narrow: narrow, &random) }
  }

  /// Samples as a set has them: sorted, each once, whatever their literals.
  private static func distinct(
    _ element: DataType, _ narrow: Bool, _ random: inout SeededRandom
  ) -> [SampleValue] {
    var found: [SampleValue] = []
    for sample in samples(element, narrow, &random)
    where !found.contains(where: { $0.bytes == sample.bytes }) {
      found.append(sample)
    }
    return found.sorted { element.order($0.bytes, $1.bytes) < 0 }
  }

  private func collection(
    _ values: [SampleValue], _ open: String, _ close: String
  ) -> SampleValue {
    SampleValue(
      bytes: bigEndian(Int32(values.count))
        + values.flatMap { bigEndian(Int32($0.bytes.count)) + $0.bytes },
      literal: open + values.map(\.literal).joined(separator: ", ") + close)
  }

  private func map(
    _ key: DataType, _ value: DataType, _ narrow: Bool, _ random: inout SeededRandom
  ) -> SampleValue {
    let keys = Self.distinct(key, narrow, &random)
    let values = keys.map { _ in value.sample(narrow: narrow, &random) }
    let parts = zip(keys, values).flatMap { [$0, $1] }
    return SampleValue(
      bytes: bigEndian(Int32(keys.count))
        + parts.flatMap { bigEndian(Int32($0.bytes.count)) + $0.bytes },
      literal: "{"
        + zip(keys, values).map { "\($0.literal): \($1.literal)" }.joined(separator: ", ") + "}")
  }

  private func integer<Integer: FixedWidthInteger & SignedInteger>(
    _ type: Integer.Type, _ narrow: Bool, _ random: inout SeededRandom
  ) -> SampleValue {
    let edges: [Integer] = [.min, -1, 0, 1, .max]
    let value =
      narrow
      ? edges.randomElement(using: &random) ?? 0
      : Integer.random(in: .min ... .max, using: &random)
    return SampleValue(bytes: bigEndian(value), literal: "\(value)")
  }

  private static func real(_ narrow: Bool, _ random: inout SeededRandom) -> Double {
    let edges = [-Double.infinity, -2.5, -0.0, 0, 0.25, 3, .infinity]
    guard !narrow else { return edges.randomElement(using: &random) ?? 0 }
    let value = Double(bitPattern: UInt64.random(in: 0...(.max), using: &random))
    return value.isNaN ? 1 : value
  }

  private static func literal(_ value: Double, _ text: String) -> String {
    value.isInfinite ? (value < 0 ? "-Infinity" : "Infinity") : text
  }

  private static func float(_ value: Float) -> SampleValue {
    SampleValue(bytes: bigEndian(value.bitPattern), literal: literal(Double(value), "\(value)"))
  }

  private static func double(_ value: Double) -> SampleValue {
    SampleValue(bytes: bigEndian(value.bitPattern), literal: literal(value, "\(value)"))
  }

  private static func date(_ narrow: Bool, _ random: inout SeededRandom) -> SampleValue {
    let known = [
      ("0001-01-01", -719_162), ("1969-12-31", -1), ("1970-01-01", 0), ("2026-11-20", 20_777),
      ("9999-12-31", 2_932_896),
    ]
    let (text, days) = known.randomElement(using: &random) ?? known[0]
    return SampleValue(bytes: bigEndian(UInt32(days + 1 << 31)), literal: "'\(text)'")
  }

  private static func text(
    _ narrow: Bool, isASCII: Bool, _ random: inout SeededRandom
  ) -> SampleValue {
    let letters: [String] =
      ["a", "b", "'", "\u{0}", "\u{1}", "\u{7F}"] + (isASCII ? [] : ["é", "😀"])
    let text = (0..<Int.random(in: 0...(narrow ? 2 : 8), using: &random))
      .map { _ in letters.randomElement(using: &random) ?? "a" }.joined()
    return SampleValue(
      bytes: Array(text.utf8),
      literal: "'" + text.replacingOccurrences(of: "'", with: "''") + "'")
  }

  private static func blob(_ bytes: [UInt8]) -> SampleValue {
    SampleValue(
      bytes: bytes, literal: "0x" + bytes.map { String(format: "%02x", Int($0)) }.joined())
  }

  private func identifier(_ narrow: Bool, _ random: inout SeededRandom) -> SampleValue {
    var bytes: [UInt8] = (0..<16).map { _ in
      narrow ? [0, 0x80].randomElement(using: &random) ?? 0 : .random(in: 0...255, using: &random)
    }
    let version: UInt8 = self == .timeuuid || Bool.random(using: &random) ? 1 : 4
    bytes[6] = bytes[6] & 0x0F | version << 4
    let hex = bytes.map { String(format: "%02x", Int($0)) }.joined()
    let cuts = [0, 8, 12, 16, 20, 32]
    let parts = zip(cuts, cuts.dropFirst()).map { from, to in
      String(hex.dropFirst(from).prefix(to - from))
    }
    return SampleValue(bytes: bytes, literal: parts.joined(separator: "-"))
  }
}
