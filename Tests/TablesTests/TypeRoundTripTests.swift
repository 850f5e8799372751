import CQL
import Foundation
import Machine
import Testing

@testable import Tables

/// Values of every type, through each of their forms and back.
@Suite struct TypeRoundTripTests {
  private func term(_ literal: String) throws -> Term {
    guard case .insert(let insert) = try CQLParser.parse("INSERT INTO t (v) VALUES (\(literal))")
    else { throw TableError.invalid("no INSERT") }
    return insert.values[0]
  }

  private func types(_ random: inout SeededRandom) -> [DataType] {
    DataType.simple + DataType.structured + [.counter, .duration, .multiCell(.list(.duration))]
      + (0..<60).map { _ in DataType.randomKeyType(depth: 3, &random) }
  }

  @Test func `literals give the bytes, which give literals and JSON with the same bytes`() throws {
    var random = seededRandom()
    for type in types(&random) {
      for round in 0..<40 {
        let value = type.sample(narrow: round % 2 == 0, &random)
        let encoded = try type.encode(try term(value.literal), column: "v", clock: .system)
        #expect(encoded == value.bytes, "\(type.name) \(value.literal)")
        try value.bytes.withUnsafeBytes { try type.validate($0, column: "v") }
        #expect(!type.display(value.bytes).isEmpty || value.bytes.isEmpty || type == .duration)
        let text = type.json(value.bytes)
        let json = try #require(JSONValue(text), "\(type.name) \(text)")
        #expect(throws: Never.self) {
          _ = try JSONSerialization.jsonObject(with: Data("[\(text)]".utf8))
        }
        // JSON has no infinities, no difference between a null and a missing field, and no way to
        // write a time of a year of five digits.
        guard !type.contains({ [.float, .double, .timestamp].contains($0) }),
          !hasNullAtEnd(type, value.bytes)
        else { continue }
        #expect(
          try type.encode(json: json, clock: .system) == value.bytes, "\(type.name) \(text)")
      }
    }
  }

  @Test func `JSON gives back reals and times, too`() throws {
    var random = seededRandom()
    for _ in 0..<1_000 {
      let milliseconds = Int64.random(
        in: -62_000_000_000_000...253_402_300_799_999, using: &random)
      let double = Double(bitPattern: .random(in: 0...(.max), using: &random))
      let float = Float(bitPattern: .random(in: 0...(.max), using: &random))
      let days = UInt32.random(in: 0...(.max), using: &random)
      var values: [(DataType, [UInt8])] = [
        (.timestamp, bigEndian(milliseconds)), (.date, bigEndian(days)),
      ]
      if double.isFinite { values.append((.double, bigEndian(double.bitPattern))) }
      if float.isFinite { values.append((.float, bigEndian(float.bitPattern))) }
      for (type, bytes) in values {
        let json = try #require(JSONValue(type.json(bytes)))
        #expect(try type.encode(json: json, clock: .system) == bytes, "\(type.json(bytes))")
      }
    }
  }

  /// Whether somewhere inside stands a tuple without its last fields.
  private func hasNullAtEnd(_ type: DataType, _ bytes: [UInt8]) -> Bool {
    let parts: [[UInt8]?]
    switch type.whole {
    case .tuple(let fields):
      parts = SampleParts(bytes, skipping: 0).values
      if parts.count < fields.count { return true }
    case .user: parts = SampleParts(bytes, skipping: 0).values
    case .list, .set, .map: parts = SampleParts(bytes, skipping: 4).values
    default: return false
    }
    let types = type.whole.parts
    return parts.enumerated().contains { number, bytes in
      bytes.map { hasNullAtEnd(types[number % types.count], $0) } ?? false
    }
  }

  @Test func `random bytes are refused, or are a value of their type`() throws {
    var random = seededRandom()
    var accepted = 0
    for type in types(&random) {
      for _ in 0..<300 {
        var bytes: [UInt8]
        if Bool.random(using: &random) {
          bytes = (0..<Int.random(in: 0...24, using: &random)).map { _ in
            [0, 1, 4, 0xFF, .random(in: 0...255, using: &random)].randomElement(using: &random) ?? 0
          }
        } else {
          // A value with a byte changed, or one more or less.
          bytes = type.sample(narrow: false, &random).bytes
          let place = Int.random(in: 0...bytes.count, using: &random)
          switch Int.random(in: 0..<3, using: &random) {
          case 0: bytes.insert(.random(in: 0...255, using: &random), at: place)
          case 1 where place < bytes.count: bytes.remove(at: place)
          default: if place < bytes.count { bytes[place] = .random(in: 0...255, using: &random) }
          }
        }
        func isValue() -> Bool {
          do throws(TableError) {
            try bytes.borrowed { bytes throws(TableError) in
              try type.validate(bytes, column: "v")
            }
            return true
          } catch { return false }
        }
        guard isValue() else {
          // Even so it can be shown, e.g. from a damaged file.
          _ = type.display(bytes)
          continue
        }
        accepted += 1
        #expect(JSONValue(type.json(bytes)) != nil, "\(type.name) \(bytes)")
        _ = type.compare(bytes, type.sample(narrow: false, &random).bytes)
        let key = TypeRoundTripTests.throughKey(type, bytes)
        // Nulls at the end of a tuple do not come back.
        #expect(
          key == bytes || type.hasManyForms && type.compare(key ?? [], bytes) == 0,
          "\(type.name) \(bytes)")
      }
    }
    #expect(accepted > 1_000)
  }

  private static func throughKey(_ type: DataType, _ value: [UInt8]) -> [UInt8]? {
    KeyEncodingTests.value(type, KeyEncodingTests.component(value, type, descending: true), true)
  }

  @Test func `numbers of any size are what other arithmetic makes of them`() throws {
    var random = seededRandom()
    for _ in 0..<3_000 {
      let value =
        Int64.random(in: .min ... .max, using: &random) >> Int64.random(in: 0...63, using: &random)
      let number = try #require(BigInteger(digits: "\(value)"))
      #expect("\(number)" == "\(value)")
      var wide = bigEndian(value)
      while wide.count > 1, wide[0] == (wide[1] & 0x80 == 0 ? 0 : 0xFF) { wide.removeFirst() }
      #expect(number.twosComplement == wide)
      #expect(bigEndian(value).withUnsafeBytes { BigInteger(twosComplement: $0) } == number)
    }
    for _ in 0..<300 {
      let value = DataType.varint.sample(narrow: false, &random)
      #expect(DataType.varint.display(value.bytes) == value.literal)
    }
  }

  @Test func `JSON is read as Foundation reads it, or refused as it refuses it`() {
    var random = seededRandom()
    let pieces = [
      "{", "}", "[", "]", ",", ":", "\"a\"", "\"\\u00e9\\n\"", "\"\\ud83d\\ude00\"", "\"\\ud83d\"",
      "1", "-0", "01", "2.5", "e3", "1.", "true", "null", " ", "\"",
    ]
    for _ in 0..<5_000 {
      let text = (0..<Int.random(in: 1...6, using: &random))
        .map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
      // Foundation refuses numbers that no Double holds, and takes a comma before the end.
      if text.contains(/e3\d|, *[\]}]/) { continue }
      let theirs = try? JSONSerialization.jsonObject(
        with: Data(text.utf8), options: .fragmentsAllowed)
      #expect((JSONValue(text) != nil) == (theirs != nil), "\(text)")
    }
    #expect(JSONValue(#""\u00e9\n\ud83d\ude00""#) == .string("é\n😀"))
    for text in ["[1,]", "[1, ]", #"{"a": 1,}"#, "[,]"] { #expect(JSONValue(text) == nil) }
    #expect(JSONValue(String(repeating: "[", count: 100_000)) == nil)
  }
}
