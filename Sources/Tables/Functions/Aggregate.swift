/// What `count`, `min`, `max`, `sum` or `avg` has gathered so far.
struct Aggregate {
  enum Kind: String, Hashable, Sendable { case count, min, max, sum, avg }

  private let kind: Kind
  private let type: DataType
  private var count: Int64 = 0
  private var integer: Int64 = 0
  private var real = CompensatedSum()
  private var extreme: [UInt8]?
  /// Of numbers without a fixed size, and of integers whose sum has outgrown 64 bits.
  private var large: BigInteger?
  private var decimal: BigDecimal?

  init(_ kind: Kind, _ type: DataType) {
    self.kind = kind
    self.type = type
  }

  /// Bytes of a value that it holds as it was.
  var heldBytes: Int { extreme?.count ?? 0 }

  /// Counts a row that has no value to look at.
  mutating func addRow() { count += 1 }

  /// Takes a value in; null is passed over. Thrown where a decimal has so many digits more than the
  /// sum, or so many fewer, that they cannot be added.
  mutating func add(_ bytes: UnsafeRawBufferPointer?) throws(TableError) {
    guard let bytes else { return }
    switch kind {
    case .count: count += 1
    case .min, .max:
      let isBetter = extreme.map { old in
        let order = old.withUnsafeBytes { type.compare(bytes, $0) }
        return kind == .min ? order < 0 : order > 0
      }
      if isBetter ?? true { extreme = [UInt8](bytes) }
    case .sum, .avg:
      guard let number = Number(bytes, type) else { return }
      count += 1
      try add(number)
    }
  }

  private mutating func add(_ number: Number) throws(TableError) {
    switch number {
    case .integer(let value):
      if kind == .avg, large != nil || integer.addingReportingOverflow(value).overflow {
        large = (large ?? BigInteger(integer)) + BigInteger(value)
      } else {
        integer &+= value
      }
    case .float(let value): real.add(Double(value))
    case .double(let value): real.add(value)
    case .varint(let value): large = (large ?? BigInteger(0)) + value
    case .decimal(let value):
      guard let sum = decimal.map({ $0 + value }) ?? value else {
        throw TableError(.functionFailure, "the function '\(kind)(decimal)' failed: Overflow")
      }
      decimal = sum
    }
  }

  /// The value that a group without rows has, too.
  var result: [UInt8]? {
    switch kind {
    case .count: bigEndian(count)
    case .min, .max: extreme
    case .sum: total.native(type)
    case .avg: average.native(type)
    }
  }

  private var total: Number {
    switch type {
    case .float, .double: .double(real.sum)
    case .varint: .varint(large ?? BigInteger(0))
    case .decimal: .decimal(decimal ?? BigDecimal(BigInteger(0)))
    default: .integer(integer)
    }
  }

  private var average: Number {
    guard count > 0 else { return total }
    switch type {
    case .float, .double: return .double(real.average(count))
    case .decimal:
      let sum = decimal ?? BigDecimal(BigInteger(0))
      let divisor = BigDecimal(BigInteger(count))
      return .decimal(
        sum.dividing(by: divisor, scale: Int(sum.scale), isHalfEven: true) ?? sum)
    default:
      guard let large else { return .integer(integer / count) }
      let quotient = large.dividing(by: BigInteger(count))?.quotient ?? large
      return type == .varint ? .varint(quotient) : .integer(quotient.truncated)
    }
  }
}

/// A sum of floating point numbers that keeps what rounding takes away (Kahan).
private struct CompensatedSum {
  private var running = 0.0
  private var compensation = 0.0
  private var plain = 0.0
  /// Exact, from the moment that the sum of finite numbers has become infinite.
  private var large: BigDecimal?

  mutating func add(_ value: Double) {
    if let sum = large {
      large = BigDecimal(value).flatMap { sum + $0 }
      if large == nil { (running, plain) = (value, value) }
      return
    }
    let before = running
    plain += value
    let next = value - compensation
    let rounded = running + next
    compensation = (rounded - running) - next
    running = rounded
    if !rounded.isFinite, value.isFinite, before.isFinite {
      large = BigDecimal(before).flatMap { sum in BigDecimal(value).flatMap { sum + $0 } }
    }
  }

  var sum: Double {
    if let large { return large.double }
    // Infinities of one sign have no difference to keep.
    return running.isNaN && plain.isInfinite ? plain : running
  }

  /// The average can be a number though the sum is too great for one.
  func average(_ count: Int64) -> Double {
    guard let large else { return sum / Double(count) }
    let quotient = large.dividing(
      by: BigDecimal(BigInteger(count)), scale: max(Int(large.scale), 0), isHalfEven: true)
    return quotient?.double ?? sum
  }
}
