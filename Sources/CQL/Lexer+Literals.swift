// Where the literals that are more than a run of digits end.

func lowercased(_ byte: UInt8) -> UInt8 {
  (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
}

func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

func isNamePart(_ byte: UInt8) -> Bool {
  isDigit(byte) || byte == UInt8(ascii: "_")
    || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(lowercased(byte))
}

func hexValue(_ byte: UInt8) -> UInt8? {
  if isDigit(byte) { return byte - UInt8(ascii: "0") }
  let letter = lowercased(byte)
  return (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(letter)
    ? letter - UInt8(ascii: "a") + 10 : nil
}

extension Lexer {
  /// The end of a uuid at `start`: 8, 4, 4, 4 and 12 hexadecimal digits.
  func uuidEnd(_ start: Int) -> Int? {
    guard byte(start + 8) == UInt8(ascii: "-") else { return nil }
    for index in 0..<36 {
      let byte = byte(start + index)
      if index == 8 || index == 13 || index == 18 || index == 23 {
        guard byte == UInt8(ascii: "-") else { return nil }
      } else if hexValue(byte) == nil {
        return nil
      }
    }
    return endOfWord(start + 36)
  }

  /// The end of a duration at `start` such as `1h30m`.
  func durationEnd(_ start: Int) -> Int? {
    var index = start
    repeat {
      let digits = digitsEnd(index)
      let unit = unitLength(digits)
      guard digits > index, unit > 0 else { return nil }
      index = digits + unit
    } while isDigit(byte(index))
    return endOfWord(index)
  }

  /// The end of an ISO 8601 duration at `start`: `P1Y2M3DT4H5M6S`, `P2W` or
  /// `P0001-02-03T04:05:06`. Its `P` is upper case, so that `p1d` remains a name.
  func isoDurationEnd(_ start: Int) -> Int? {
    guard byte(start) == UInt8(ascii: "P") else { return nil }
    if let end = matchEnd("dddd-dd-ddTdd:dd:dd", start + 1) { return endOfWord(end) }
    let weeks = digitsEnd(start + 1)
    if weeks > start + 1, byte(weeks) == UInt8(ascii: "W") { return endOfWord(weeks + 1) }
    let date = designatorsEnd("YMD", start + 1)
    guard byte(date) == UInt8(ascii: "T") else {
      return date > start + 1 ? endOfWord(date) : nil
    }
    let time = designatorsEnd("HMS", date + 1)
    return time > date + 1 ? endOfWord(time) : nil
  }

  /// The end of an integer or decimal at `start`, which is a digit. `1..` is an integer and a
  /// range, `1...` a decimal and a range.
  func numberEnd(_ start: Int) -> (index: Int, isDecimal: Bool) {
    var index = digitsEnd(start)
    var isDecimal = false
    let dots = bytes[index...].prefix(3).prefix { $0 == UInt8(ascii: ".") }.count
    if dots == 3 { return (index + 1, true) }
    if dots == 1 {
      isDecimal = true
      index = digitsEnd(index + 1)
    }
    if lowercased(byte(index)) == UInt8(ascii: "e") {
      var exponent = index + 1
      if byte(exponent) == UInt8(ascii: "+") || byte(exponent) == UInt8(ascii: "-") {
        exponent += 1
      }
      if isDigit(byte(exponent)) { return (digitsEnd(exponent), true) }
    }
    return (index, isDecimal)
  }

  private func endOfWord(_ index: Int) -> Int? { isNamePart(byte(index)) ? nil : index }

  private func digitsEnd(_ start: Int) -> Int {
    var index = start
    while isDigit(byte(index)) { index += 1 }
    return index
  }

  /// The bytes of the duration unit at `index`, 0 if there is none.
  private func unitLength(_ index: Int) -> Int {
    let (first, second) = (lowercased(byte(index)), lowercased(byte(index + 1)))
    switch (first, second) {
    case (UInt8(ascii: "m"), UInt8(ascii: "o")), (UInt8(ascii: "m"), UInt8(ascii: "s")),
      (UInt8(ascii: "u"), UInt8(ascii: "s")), (UInt8(ascii: "n"), UInt8(ascii: "s")):
      return 2
    case (0xC2, 0xB5) where lowercased(byte(index + 2)) == UInt8(ascii: "s"):
      return 3
    default:
      return "ywdhms".utf8.contains(first) ? 1 : 0
    }
  }

  /// The end of as many `digits designator` as stand at `start`, in the order of `designators`.
  private func designatorsEnd(_ designators: String, _ start: Int) -> Int {
    var index = start
    for designator in designators.utf8 {
      let digits = digitsEnd(index)
      if digits > index, byte(digits) == designator { index = digits + 1 }
    }
    return index
  }

  /// The end of what `pattern` describes, in which `d` is a digit.
  private func matchEnd(_ pattern: String, _ start: Int) -> Int? {
    var index = start
    for expected in pattern.utf8 {
      let byte = byte(index)
      guard expected == UInt8(ascii: "d") ? isDigit(byte) : byte == expected else { return nil }
      index += 1
    }
    return index
  }
}
