// Arithmetic as Java's `BigDecimal` and Cassandra's `DecimalType` have it: the scale of a result
// follows from those of its operands.
extension BigDecimal {
  init(_ unscaled: BigInteger, scale: Int32 = 0) {
    self.unscaled = unscaled
    self.scale = scale
  }

  /// The number that the shortest text of a floating point number writes, as `BigDecimal.valueOf`
  /// has it; nil for what is no number.
  init?(_ value: Double) {
    guard value.isFinite else { return nil }
    self.init(JavaNumber.text(value))
  }

  static func + (left: BigDecimal, right: BigDecimal) -> BigDecimal? {
    aligned(left, right).map { BigDecimal($0 + $1, scale: max(left.scale, right.scale)) }
  }

  static func - (left: BigDecimal, right: BigDecimal) -> BigDecimal? { left + right.negated }

  static func * (left: BigDecimal, right: BigDecimal) -> BigDecimal? {
    let (scale, overflow) = left.scale.addingReportingOverflow(right.scale)
    return overflow ? nil : BigDecimal(left.unscaled * right.unscaled, scale: scale)
  }

  var negated: BigDecimal { BigDecimal(unscaled.negated, scale: scale) }

  /// The quotient with `scale` digits behind the point; nil for a divisor of zero, and where it
  /// has too many digits.
  func dividing(by divisor: BigDecimal, scale: Int, isHalfEven: Bool = false) -> BigDecimal? {
    let shift = scale + Int(divisor.scale) - Int(self.scale)
    guard abs(shift) <= BigDecimal.digits, let scale32 = Int32(exactly: scale) else { return nil }
    let power = BigInteger.power(of10: abs(shift))
    let (above, below) =
      shift >= 0 ? (unscaled * power, divisor.unscaled) : (unscaled, divisor.unscaled * power)
    guard let (quotient, remainder) = above.dividing(by: below) else { return nil }
    let twice = remainder.magnitude * BigInteger(2)
    let isHalf = twice == below.magnitude
    let isOdd = (quotient.limbs.first ?? 0) & 1 == 1
    let roundsUp = isHalf ? !isHalfEven || isOdd : below.magnitude < twice
    let away = BigInteger(above.isNegative != below.isNegative ? -1 : 1)
    return BigDecimal(roundsUp ? quotient + away : quotient, scale: scale32)
  }

  /// What a division towards zero leaves; nil for a divisor of zero.
  func remainder(dividingBy divisor: BigDecimal) -> BigDecimal? {
    guard let (left, right) = BigDecimal.aligned(self, divisor),
      let (_, remainder) = left.dividing(by: right)
    else { return nil }
    // The quotient is a whole number, as exact as the two scales allow.
    return BigDecimal(remainder, scale: max(scale, divisor.scale))
  }

  /// The same number without zeros at the end of its fraction and before.
  var withoutTrailingZeros: BigDecimal {
    if unscaled.isZero { return BigDecimal(unscaled) }
    var result = self
    while let (quotient, remainder) = result.unscaled.dividing(by: BigInteger(10)),
      remainder.isZero, result.scale > .min
    {
      result = BigDecimal(quotient, scale: result.scale - 1)
    }
    return result
  }

  /// How many digits the unscaled number has.
  var precision: Int { unscaled.digits.count }

  /// The number without its fraction; nil where it has too many digits.
  var whole: BigInteger? {
    guard abs(Int(scale)) <= BigDecimal.digits else {
      return scale > 0 ? BigInteger(0) : nil
    }
    let power = BigInteger.power(of10: abs(Int(scale)))
    return scale < 0 ? unscaled * power : unscaled.dividing(by: power)?.quotient
  }

  var double: Double {
    Double("\(unscaled)e\(-Int(scale))") ?? (unscaled.isNegative ? -.infinity : .infinity)
  }

  /// The digits that a step of arithmetic may bring about; Cassandra rounds to as many.
  private static let digits = 10_000

  /// Two unscaled numbers of the greater scale; nil where one had too many digits.
  private static func aligned(
    _ left: BigDecimal, _ right: BigDecimal
  ) -> (BigInteger, BigInteger)? {
    let difference = Int(left.scale) - Int(right.scale)
    guard abs(difference) <= digits else { return nil }
    let power = BigInteger.power(of10: abs(difference))
    return difference > 0
      ? (left.unscaled, right.unscaled * power) : (left.unscaled * power, right.unscaled)
  }
}
