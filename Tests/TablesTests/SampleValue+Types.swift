import Foundation
import Machine

@testable import Tables

// Random values of the types that are not plain numbers and strings.
extension DataType {
  /// A varint or, with a scale, a decimal. Its digits are found by `SampleNumber`.
  static func number(
    scale: Int32?, _ narrow: Bool, _ random: inout SeededRandom
  ) -> SampleValue {
    let edges: [[UInt8]] = [
      [0], [1], [0xFF], [0x7F], [0x80], [0, 0x80], [0xFF, 0x7F], [10], [0x64],
    ]
    var bytes = edges.randomElement(using: &random) ?? [0]
    if !narrow {
      bytes = (0..<Int.random(in: 1...24, using: &random)).map { _ in
        [0, 0xFF, .random(in: 0...255, using: &random)].randomElement(using: &random) ?? 0
      }
      while bytes.count > 1, bytes[0] == (bytes[1] & 0x80 == 0 ? 0 : 0xFF) { bytes.removeFirst() }
    }
    var scale = scale
    var text = SampleNumber(bytes, scale: 0).text
    if scale != nil, text.hasSuffix("0") {
      // A number has one scale only, so that no two samples are equal.
      if text == "0" { scale = 0 } else { bytes[bytes.count - 1] |= 1 }
      text = SampleNumber(bytes, scale: 0).text
    }
    guard let scale else { return SampleValue(bytes: bytes, literal: text) }
    return SampleValue(
      bytes: bigEndian(scale) + bytes, literal: scale == 0 ? text : "\(text)e\(-scale)")
  }

  static func time(_ narrow: Bool, _ random: inout SeededRandom) -> SampleValue {
    let edges: [Int64] = [0, 1, 86_399_999_999_999, 65_071_123_000_000]
    let value =
      narrow
      ? edges.randomElement(using: &random) ?? 0
      : Int64.random(in: 0..<86_400_000_000_000, using: &random)
    let seconds = value / 1_000_000_000
    let text = String(
      format: "%02d:%02d:%02d.%09d", Int(seconds / 3_600), Int(seconds / 60 % 60),
      Int(seconds % 60), Int(value % 1_000_000_000))
    return SampleValue(
      bytes: bigEndian(value), literal: Bool.random(using: &random) ? "'\(text)'" : "\(value)")
  }

  static func duration(_ narrow: Bool, _ random: inout SeededRandom) -> SampleValue {
    let months = Int64.random(in: 0...(narrow ? 2 : Int64(Int32.max)), using: &random)
    let days = Int64.random(in: 0...(narrow ? 2 : Int64(Int32.max)), using: &random)
    // Never nothing, which Cassandra shows as no text at all and cannot read back.
    let nanoseconds = Int64.random(in: 1...(narrow ? 2 : .max), using: &random)
    let sign: Int64 = Bool.random(using: &random) ? 1 : -1
    let text = (sign < 0 ? "-" : "") + "\(months)mo\(days)d\(nanoseconds)ns"
    return SampleValue(
      bytes: [months, days, nanoseconds].flatMap { vint($0 * sign) }, literal: text)
  }

  /// Cassandra's vint of a signed number: as many ones as bytes follow, a zero, then the number.
  static func vint(_ value: Int64) -> [UInt8] {
    let zigzag = value < 0 ? UInt64(-(value + 1)) * 2 + 1 : UInt64(value) * 2
    var bits = String(zigzag, radix: 2)
    for extra in 0..<8 where bits.count <= 7 * (extra + 1) {
      let head = String(repeating: "1", count: extra) + "0"
      bits = head + String(repeating: "0", count: 7 * (extra + 1) - bits.count) + bits
      return stride(from: 0, to: bits.count, by: 8).compactMap {
        UInt8(bits.dropFirst($0).prefix(8), radix: 2)
      }
    }
    return [0xFF] + bigEndian(zigzag)
  }

  static func address(_ narrow: Bool, _ random: inout SeededRandom) -> SampleValue {
    if Bool.random(using: &random) {
      let bytes: [UInt8] = (0..<4).map { _ in
        narrow ? [0, 255].randomElement(using: &random) ?? 0 : .random(in: 0...255, using: &random)
      }
      let text = bytes.map { "\($0)" }.joined(separator: ".")
      return SampleValue(bytes: bytes, literal: "'\(text)'")
    }
    let groups: [UInt16] = (0..<8).map { _ in
      Bool.random(using: &random) ? 0 : narrow ? 1 : .random(in: 1...(.max), using: &random)
    }
    let text = groups.map { String($0, radix: 16) }.joined(separator: ":")
    return SampleValue(bytes: groups.flatMap { bigEndian($0) }, literal: "'\(text)'")
  }

  /// A tuple, perhaps with nulls and without its last fields, or a user-defined type's value. The
  /// last field written is no null, so that no two samples are one value.
  static func tuple(
    _ fields: [(name: String?, type: DataType)], _ narrow: Bool, _ random: inout SeededRandom
  ) -> SampleValue {
    var kept = fields
    if fields[0].name == nil, Int.random(in: 0..<4, using: &random) == 0 {
      kept = Array(fields.prefix(Int.random(in: 1...fields.count, using: &random)))
    }
    let values = kept.enumerated().map { number, field in
      number < kept.count - 1 && Int.random(in: 0..<4, using: &random) == 0
        ? nil : field.type.sample(narrow: narrow, &random)
    }
    let bytes = values.flatMap { value in
      value.map { bigEndian(Int32($0.bytes.count)) + $0.bytes } ?? bigEndian(Int32(-1))
    }
    let texts = zip(kept, values).map { field, value in
      (field.name.map { "\"\($0)\": " } ?? "") + (value?.literal ?? "null")
    }.joined(separator: ", ")
    return SampleValue(
      bytes: bytes, literal: fields[0].name == nil ? "(\(texts))" : "{\(texts)}")
  }
}
