import Foundation

@testable import Tables

extension DataType {
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
    case .tinyint, .smallint, .int, .bigint, .counter, .timestamp:
      return sign(signed(left), signed(right))
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
    case .time: return sign(unsigned(left), unsigned(right))
    case .varint: return Self.orderIntegers(left, right)
    case .decimal: return Self.orderDecimals(left, right)
    case .list(let element), .set(let element): return Self.orderElements([element], left, right)
    case .map(let key, let value): return Self.orderElements([key, value], left, right)
    case .tuple(let fields): return Self.orderFields(fields, left, right)
    case .user(let type): return Self.orderFields(type.fields.map(\.type), left, right)
    case .multiCell(let whole): return whole.order(left, right)
    case .ascii, .text, .blob, .boolean, .date, .inet, .duration: return lexical(left, right)
    }
  }

  /// Digits of base 10, as schoolchildren reckon: the independent way to compare numbers.
  private static func orderIntegers(_ left: [UInt8], _ right: [UInt8]) -> Int {
    let order = orderNumbers(SampleNumber(left, scale: 0), SampleNumber(right, scale: 0))
    return order != 0 ? order : (left.count - right.count).signum()
  }

  private static func orderDecimals(_ left: [UInt8], _ right: [UInt8]) -> Int {
    func scale(_ bytes: [UInt8]) -> Int {
      Int(Int32(truncatingIfNeeded: bytes[..<4].reduce(0) { $0 << 8 | Int($1) }))
    }
    let scales = (scale(left), scale(right))
    let order = orderNumbers(
      SampleNumber(Array(left[4...]), scale: scales.0),
      SampleNumber(Array(right[4...]), scale: scales.1))
    if order != 0 { return order }
    return scales.0 != scales.1
      ? (scales.0 - scales.1).signum() : (left.count - right.count).signum()
  }

  private static func orderNumbers(_ left: SampleNumber, _ right: SampleNumber) -> Int {
    if left.sign != right.sign { return (left.sign - right.sign).signum() }
    let scale = max(left.scale, right.scale)
    let digits = (left.digits(scale: scale), right.digits(scale: scale))
    if digits.0 == digits.1 { return 0 }
    let isLess =
      digits.0.count != digits.1.count
      ? digits.0.count < digits.1.count : digits.0.lexicographicallyPrecedes(digits.1)
    return isLess ? -left.sign : left.sign
  }

  private static func orderElements(
    _ types: [DataType], _ left: [UInt8], _ right: [UInt8]
  ) -> Int {
    let values = (SampleParts(left, skipping: 4).values, SampleParts(right, skipping: 4).values)
    for (index, (first, second)) in zip(values.0, values.1).enumerated() {
      let order = types[index % types.count].order(first ?? [], second ?? [])
      if order != 0 { return order }
    }
    return (values.0.count - values.1.count).signum()
  }

  private static func orderFields(_ types: [DataType], _ left: [UInt8], _ right: [UInt8]) -> Int {
    let values = (SampleParts(left, skipping: 0).values, SampleParts(right, skipping: 0).values)
    for (index, type) in types.enumerated() {
      // Null, or missing, before a value.
      func rank(_ values: [[UInt8]?]) -> Int {
        index < values.count && values[index] != nil ? 2 : 1
      }
      let ranks = (rank(values.0), rank(values.1))
      if ranks.0 != ranks.1 { return (ranks.0 - ranks.1).signum() }
      guard ranks.0 == 2, let first = values.0[index], let second = values.1[index] else {
        continue
      }
      let order = type.order(first, second)
      if order != 0 { return order }
    }
    return 0
  }
}

/// A number in decimal digits.
struct SampleNumber {
  var sign: Int
  var scale: Int
  private var magnitude: [UInt8]

  /// The digits of bytes in two's complement, found by doubling bit by bit.
  init(_ bytes: [UInt8], scale: Int) {
    self.scale = scale
    let isNegative = bytes[0] & 0x80 != 0
    var digits: [UInt8] = [0]
    func step(_ digits: inout [UInt8], adding bit: UInt8) {
      var carry = bit
      for index in digits.indices {
        let sum = digits[index] * 2 + carry
        (digits[index], carry) = (sum % 10, sum / 10)
      }
      if carry > 0 { digits.append(carry) }
    }
    for byte in bytes {
      for shift in (0..<8).reversed() {
        step(&digits, adding: ((isNegative ? ~byte : byte) >> UInt8(shift)) & 1)
      }
    }
    if isNegative {
      var index = 0
      while index < digits.count, digits[index] == 9 {
        digits[index] = 0
        index += 1
      }
      if index == digits.count { digits.append(1) } else { digits[index] += 1 }
    }
    while digits.last == 0 { digits.removeLast() }
    magnitude = digits.reversed()
    sign = magnitude.isEmpty ? 0 : isNegative ? -1 : 1
  }

  /// All digits up to `scale` behind the point.
  func digits(scale: Int) -> [UInt8] {
    magnitude.isEmpty ? [] : magnitude + [UInt8](repeating: 0, count: scale - self.scale)
  }

  var text: String {
    (sign < 0 ? "-" : "") + (magnitude.isEmpty ? "0" : magnitude.map { "\($0)" }.joined())
  }
}

/// The parts of a collection's or tuple's bytes.
struct SampleParts {
  var values: [[UInt8]?] = []

  init(_ bytes: [UInt8], skipping start: Int) {
    var offset = start
    while offset < bytes.count {
      let length = Int32(
        truncatingIfNeeded: bytes[offset..<(offset + 4)].reduce(0) {
          $0 << 8 | Int($1)
        })
      offset += 4
      values.append(length < 0 ? nil : Array(bytes[offset..<(offset + Int(length))]))
      offset += max(Int(length), 0)
    }
  }
}
