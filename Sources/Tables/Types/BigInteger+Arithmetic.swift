// What sums, averages and arithmetic on `varint` and `decimal` need.
extension BigInteger {
  init(_ value: Int64) {
    self.init(limbs: [UInt64(value.magnitude)], isNegative: value < 0)
  }

  /// The lowest 64 bits in two's complement, as Java narrows a number.
  var truncated: Int64 {
    let low = Int64(bitPattern: limbs.first ?? 0)
    return isNegative ? 0 &- low : low
  }

  /// The nearest number of 64 bits, infinite where it is too great.
  var double: Double { Double(description) ?? (isNegative ? -.infinity : .infinity) }

  var negated: BigInteger { BigInteger(limbs: limbs, isNegative: !isNegative) }
  var magnitude: BigInteger { BigInteger(limbs: limbs, isNegative: false) }

  static func + (left: BigInteger, right: BigInteger) -> BigInteger {
    if left.isNegative == right.isNegative {
      return BigInteger(limbs: sum(left.limbs, right.limbs), isNegative: left.isNegative)
    }
    return precedes(left.limbs, right.limbs)
      ? BigInteger(limbs: difference(right.limbs, left.limbs), isNegative: right.isNegative)
      : BigInteger(limbs: difference(left.limbs, right.limbs), isNegative: left.isNegative)
  }

  static func - (left: BigInteger, right: BigInteger) -> BigInteger { left + right.negated }

  static func * (left: BigInteger, right: BigInteger) -> BigInteger {
    var product = [UInt64](repeating: 0, count: left.limbs.count + right.limbs.count)
    for (place, factor) in left.limbs.enumerated() {
      var carry: UInt64 = 0
      for (offset, other) in right.limbs.enumerated() {
        let full = factor.multipliedFullWidth(by: other)
        let (first, overflow) = full.low.addingReportingOverflow(product[place + offset])
        let (second, overflowAgain) = first.addingReportingOverflow(carry)
        product[place + offset] = second
        carry = full.high &+ (overflow ? 1 : 0) &+ (overflowAgain ? 1 : 0)
      }
      product[place + right.limbs.count] = carry
    }
    return BigInteger(limbs: product, isNegative: left.isNegative != right.isNegative)
  }

  static func < (left: BigInteger, right: BigInteger) -> Bool {
    if left.isNegative != right.isNegative { return left.isNegative }
    return left.isNegative
      ? precedes(right.limbs, left.limbs) : precedes(left.limbs, right.limbs)
  }

  /// The quotient towards zero and what is left, with the sign of the dividend; nil for a divisor
  /// of zero.
  func dividing(by divisor: BigInteger) -> (quotient: BigInteger, remainder: BigInteger)? {
    guard !divisor.isZero else { return nil }
    guard !BigInteger.precedes(limbs, divisor.limbs) else { return (BigInteger(0), self) }
    let (quotient, remainder) =
      divisor.limbs.count == 1
      ? BigInteger.divide(limbs, by: divisor.limbs[0]) : BigInteger.divide(limbs, by: divisor.limbs)
    return (
      BigInteger(limbs: quotient, isNegative: isNegative != divisor.isNegative),
      BigInteger(limbs: remainder, isNegative: isNegative)
    )
  }

  /// Ten to a power.
  static func power(of10 exponent: Int) -> BigInteger {
    var result = BigInteger(1)
    var rest = exponent
    while rest >= 18 {
      result = result * BigInteger(1_000_000_000_000_000_000)
      rest -= 18
    }
    for _ in 0..<max(rest, 0) { result = result * BigInteger(10) }
    return result
  }

  private func shifted(left bits: Int) -> BigInteger {
    let low = UInt64(bits % 64)
    var shifted = [UInt64](repeating: 0, count: bits / 64)
    var carry: UInt64 = 0
    for limb in limbs {
      shifted.append(limb << low | carry)
      carry = low == 0 ? 0 : limb >> (64 - low)
    }
    return BigInteger(limbs: shifted + [carry], isNegative: isNegative)
  }

  private static func precedes(_ left: [UInt64], _ right: [UInt64]) -> Bool {
    if left.count != right.count { return left.count < right.count }
    for (first, second) in zip(left, right).reversed() where first != second {
      return first < second
    }
    return false
  }

  private static func sum(_ left: [UInt64], _ right: [UInt64]) -> [UInt64] {
    var sum: [UInt64] = []
    var carry: UInt64 = 0
    for index in 0..<max(left.count, right.count) {
      let (first, overflow) = (index < left.count ? left[index] : 0)
        .addingReportingOverflow(index < right.count ? right[index] : 0)
      let (second, overflowAgain) = first.addingReportingOverflow(carry)
      sum.append(second)
      carry = overflow || overflowAgain ? 1 : 0
    }
    return sum + [carry]
  }

  /// `left` is not less than `right`.
  private static func difference(_ left: [UInt64], _ right: [UInt64]) -> [UInt64] {
    var difference: [UInt64] = []
    var borrow: UInt64 = 0
    for index in left.indices {
      let (first, overflow) = left[index].subtractingReportingOverflow(
        index < right.count ? right[index] : 0)
      let (second, overflowAgain) = first.subtractingReportingOverflow(borrow)
      difference.append(second)
      borrow = overflow || overflowAgain ? 1 : 0
    }
    return difference
  }

  private static func divide(
    _ dividend: [UInt64], by divisor: UInt64
  ) -> (quotient: [UInt64], remainder: [UInt64]) {
    var quotient = dividend
    var remainder: UInt64 = 0
    for index in quotient.indices.reversed() {
      (quotient[index], remainder) = divisor.dividingFullWidth((remainder, quotient[index]))
    }
    return (quotient, [remainder])
  }

  /// Long division with digits of 32 bits (Knuth, The Art of Computer Programming 2, 4.3.1 D).
  private static func divide(
    _ dividend: [UInt64], by divisor: [UInt64]
  ) -> (quotient: [UInt64], remainder: [UInt64]) {
    let shift = divisor[divisor.count - 1].leadingZeroBitCount % 32
    var rest = halves(BigInteger(limbs: dividend, isNegative: false).shifted(left: shift).limbs)
    let by = halves(BigInteger(limbs: divisor, isNegative: false).shifted(left: shift).limbs)
    let (top, second) = (by[by.count - 1], by[by.count - 2])
    rest.append(0)
    var quotient = [UInt64](repeating: 0, count: rest.count - by.count)
    for place in quotient.indices.reversed() {
      let head = rest[place + by.count] << 32 | rest[place + by.count - 1]
      var digit = head / top
      var left = head % top
      while digit >> 32 != 0 || digit * second > left << 32 | rest[place + by.count - 2] {
        digit -= 1
        left += top
        if left >> 32 != 0 { break }
      }
      var borrow: Int64 = 0
      for (offset, part) in by.enumerated() {
        let product = digit * part
        let value = Int64(rest[place + offset]) - borrow - Int64(product & 0xFFFF_FFFF)
        rest[place + offset] = UInt64(bitPattern: value) & 0xFFFF_FFFF
        borrow = Int64(product >> 32) - (value >> 32)
      }
      let value = Int64(rest[place + by.count]) - borrow
      rest[place + by.count] = UInt64(bitPattern: value) & 0xFFFF_FFFF
      if value < 0 {
        digit -= 1
        var carry: UInt64 = 0
        for (offset, part) in by.enumerated() {
          let sum = rest[place + offset] + part + carry
          rest[place + offset] = sum & 0xFFFF_FFFF
          carry = sum >> 32
        }
        rest[place + by.count] = (rest[place + by.count] + carry) & 0xFFFF_FFFF
      }
      quotient[place] = digit
    }
    let remainder = BigInteger(limbs: whole(rest), isNegative: false)
    return (whole(quotient), remainder.shifted(right: shift).limbs)
  }

  /// Fewer than 32 bits.
  private func shifted(right bits: Int) -> BigInteger {
    guard bits > 0 else { return self }
    var shifted = limbs
    for index in limbs.indices {
      let above = index + 1 < limbs.count ? limbs[index + 1] << UInt64(64 - bits) : 0
      shifted[index] = limbs[index] >> UInt64(bits) | above
    }
    return BigInteger(limbs: shifted, isNegative: isNegative)
  }

  private static func halves(_ limbs: [UInt64]) -> [UInt64] {
    var halves = limbs.flatMap { [$0 & 0xFFFF_FFFF, $0 >> 32] }
    while halves.count > 2, halves.last == 0 { halves.removeLast() }
    return halves
  }

  private static func whole(_ halves: [UInt64]) -> [UInt64] {
    stride(from: 0, to: halves.count, by: 2).map { index in
      halves[index] | (index + 1 < halves.count ? halves[index + 1] << 32 : 0)
    }
  }
}
