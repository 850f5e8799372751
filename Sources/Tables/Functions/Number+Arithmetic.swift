// Each gives the result in its type's encoding; nil where it has none.
extension Number {
  func plus(_ other: Number, _ type: DataType) -> [UInt8]? {
    combine(other, type, { $0 &+ $1 }, { $0 + $1 }, { $0 + $1 }, { $0 + $1 }, { $0 + $1 })
  }

  func minus(_ other: Number, _ type: DataType) -> [UInt8]? {
    combine(other, type, { $0 &- $1 }, { $0 - $1 }, { $0 - $1 }, { $0 - $1 }, { $0 - $1 })
  }

  func times(_ other: Number, _ type: DataType) -> [UInt8]? {
    combine(other, type, { $0 &* $1 }, { $0 * $1 }, { $0 * $1 }, { $0 * $1 }, { $0 * $1 })
  }

  func dividedBy(_ other: Number, _ type: DataType) -> [UInt8]? {
    combine(
      other, type, { $1 == 0 ? nil : $0.dividedReportingOverflow(by: $1).partialValue },
      { $0 / $1 }, { $0 / $1 }, { $0.dividing(by: $1)?.quotient }, Number.quotient)
  }

  func remainder(_ other: Number, _ type: DataType) -> [UInt8]? {
    combine(
      other, type, { $1 == 0 ? nil : $0.remainderReportingOverflow(dividingBy: $1).partialValue },
      { $0.truncatingRemainder(dividingBy: $1) }, { $0.truncatingRemainder(dividingBy: $1) },
      { $0.dividing(by: $1)?.remainder }, { $0.remainder(dividingBy: $1) })
  }

  var negated: Number {
    switch self {
    case .integer(let value): .integer(0 &- value)
    case .float(let value): .float(-value)
    case .double(let value): .double(-value)
    case .varint(let value): .varint(value.negated)
    case .decimal(let value): .decimal(value.negated)
    }
  }

  private func combine(
    _ other: Number, _ type: DataType, _ integers: (Int64, Int64) -> Int64?,
    _ floats: (Float, Float) -> Float, _ doubles: (Double, Double) -> Double,
    _ varints: (BigInteger, BigInteger) -> BigInteger?,
    _ decimals: (BigDecimal, BigDecimal) -> BigDecimal?
  ) -> [UInt8]? {
    switch type {
    case .float: return bigEndian(floats(float, other.float).bitPattern)
    case .double: return bigEndian(doubles(double, other.double).bitPattern)
    case .varint:
      guard let left = bigInteger, let right = other.bigInteger else { return nil }
      return varints(left, right)?.twosComplement
    case .decimal:
      guard let left = bigDecimal, let right = other.bigDecimal else { return nil }
      return decimals(left, right)?.native
    default: return integers(int64, other.int64).flatMap { Number.integer($0).native(type) }
    }
  }

  /// A quotient with 32 significant digits or more (`DecimalType.divide`).
  private static func quotient(_ left: BigDecimal, _ right: BigDecimal) -> BigDecimal? {
    let first = left.precision - Int(left.scale) - (right.precision - Int(right.scale))
    let scale = max(32 - first, Int(left.scale), Int(right.scale), 32)
    return left.dividing(by: right, scale: min(scale, 1_000))?.withoutTrailingZeros
  }
}
