/// Times of day, in nanoseconds since midnight.
enum TimeOfDay {
  static let range: Range<Int64> = 0..<86_400_000_000_000

  /// The time that `18:04:31[.123456789]` writes; nil where the text is none.
  static func parse(_ text: String) -> Int64? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 3, let hour = number(parts[0], below: 24),
      let minute = number(parts[1], below: 60)
    else { return nil }
    let seconds = parts[2].split(
      separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard let second = number(seconds[0], below: 60) else { return nil }
    var fraction: Int64 = 0
    if seconds.count == 2 {
      let digits = String(seconds[1])
      guard digits.utf8.count <= 9,
        let value = number(
          Substring(digits + String(repeating: "0", count: 9 - digits.utf8.count)),
          below: 1_000_000_000),
        !digits.isEmpty
      else { return nil }
      fraction = value
    }
    return ((hour * 60 + minute) * 60 + second) * 1_000_000_000 + fraction
  }

  /// `18:04:31.123456789`.
  static func format(_ nanoseconds: Int64) -> String {
    let seconds = nanoseconds / 1_000_000_000
    return [seconds / 3_600, seconds / 60 % 60, seconds % 60]
      .map { padded($0, 2) }.joined(separator: ":") + "."
      + padded(nanoseconds % 1_000_000_000, 9)
  }

  private static func number(_ text: Substring, below limit: Int64) -> Int64? {
    guard text.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }), let value = Int64(text), value < limit
    else { return nil }
    return value
  }

  private static func padded(_ value: Int64, _ width: Int) -> String {
    let digits = "\(value)"
    return String(repeating: "0", count: max(width - digits.count, 0)) + digits
  }
}
