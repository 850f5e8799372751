import Foundation
import Machine

@testable import Tables

/// A value in native encoding, and how CQL writes it.
struct SampleValue: Hashable {
  var bytes: [UInt8]
  var literal: String
}

extension DataType {
  static let simple: [DataType] = [
    .ascii, .text, .blob, .boolean, .tinyint, .smallint, .int, .bigint, .float, .double,
    .timestamp, .date, .uuid, .timeuuid,
  ]

  /// A random value; `narrow` draws from few, so that values meet.
  func sample(narrow: Bool, _ random: inout SeededRandom) -> SampleValue {
    switch self {
    case .tinyint: integer(Int8.self, narrow, &random)
    case .smallint: integer(Int16.self, narrow, &random)
    case .int: integer(Int32.self, narrow, &random)
    case .bigint, .timestamp: integer(Int64.self, narrow, &random)
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
      collection(
        Set(Self.samples(element, narrow, &random))
          .sorted { element.order($0.bytes, $1.bytes) < 0 }, "{", "}")
    case .map(let key, let value):
      map(key, value, narrow, &random)
    }
  }

  private static func samples(
    _ element: DataType, _ narrow: Bool, _ random: inout SeededRandom
  ) -> [SampleValue] {
    (0..<Int.random(in: 0...3, using: &random)).map { _ in element.sample(narrow: narrow, &random) }
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
    let keys = Set(Self.samples(key, narrow, &random)).sorted { key.order($0.bytes, $1.bytes) < 0 }
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

  /// The order of two values, found without key encoding: negative, zero or positive.
  func order(_ left: [UInt8], _ right: [UInt8]) -> Int {
    func sign<Value: Comparable>(_ left: Value, _ right: Value) -> Int {
      left < right ? -1 : left > right ? 1 : 0
    }
    func lexical(_ left: [UInt8], _ right: [UInt8]) -> Int {
      left.lexicographicallyPrecedes(right) ? -1 : left == right ? 0 : 1
    }
    func unsigned(_ bytes: [UInt8]) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
    func signed(_ bytes: [UInt8]) -> Int64 {
      let shift = 64 - 8 * bytes.count
      return Int64(bitPattern: unsigned(bytes) << UInt64(shift)) >> Int64(shift)
    }
    func real(_ bytes: [UInt8]) -> Double {
      bytes.count == 4
        ? Double(Float(bitPattern: UInt32(unsigned(bytes))))
        : Double(bitPattern: unsigned(bytes))
    }
    func time(_ bytes: [UInt8]) -> UInt64 {
      unsigned(Array(bytes[6...7])) << 48 | unsigned(Array(bytes[4...5])) << 32
        | unsigned(Array(bytes[0...3]))
    }
    switch self {
    case .tinyint, .smallint, .int, .bigint, .timestamp: return sign(signed(left), signed(right))
    case .float, .double:
      let order = sign(real(left), real(right))
      // Of the two zeros the negative one is the smaller.
      return order != 0 ? order : sign(right[0] & 0x80, left[0] & 0x80)
    case .timeuuid:
      let order = sign(time(left), time(right))
      if order != 0 { return order }
      return lexical(left[8...].map { $0 ^ 0x80 }, right[8...].map { $0 ^ 0x80 })
    case .uuid:
      let versions = (left[6] >> 4, right[6] >> 4)
      if versions.0 != versions.1 { return sign(versions.0, versions.1) }
      guard versions.0 == 1 else { return lexical(left, right) }
      let order = sign(time(left), time(right))
      return order != 0 ? order : lexical(Array(left[8...]), Array(right[8...]))
    case .ascii, .text, .blob, .boolean, .date, .list, .set, .map: return lexical(left, right)
    }
  }
}
