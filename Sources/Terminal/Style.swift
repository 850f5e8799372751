#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Colours and weights, on a terminal only, and not where NO_COLOR asks for none (no-color.org).
package enum Style: String {
  case bold = "1"
  case dim = "2"
  case highlight = "1;33"
  case good = "32"
  case bad = "31"

  /// Whether there are colours.
  package static let isOn = StandardOutput.isTerminal && getenv("NO_COLOR") == nil

  /// The text in this style.
  package func callAsFunction(_ text: String) -> String {
    Self.isOn ? "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" : text
  }
}

/// Text of posts made safe and short for a terminal.
package enum Shown {
  /// No control characters (a post must not move the cursor), line breaks as spaces.
  package static func plain(_ text: String) -> String {
    String(
      text.unicodeScalars.map { scalar in
        switch scalar.value {
        case 0x0A, 0x0D, 0x09: " "
        case 0..<0x20, 0x7F..<0xA0, 0x202A...0x202E, 0x2066...0x2069: "\u{FFFD}"
        default: Character(scalar)
        }
      })
  }

  /// Cut to a number of terminal columns, with … where something was cut.
  package static func cut(_ text: String, to width: Int) -> String {
    var taken = ""
    var columns = 0
    for character in text {
      columns += Self.width(character)
      if columns > width - 1 {
        return Self.width(text) <= width ? text : taken + "…"
      }
      taken.append(character)
    }
    return taken
  }

  /// The lines of a text that is broken between words at a number of terminal columns.
  package static func wrapped(_ text: String, to width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      var rest = String(word)
      if !line.isEmpty, Self.width(line) + 1 + Self.width(rest) > width {
        lines.append(line)
        line = ""
      }
      // A word that is longer than a line is broken where the line ends.
      while line.isEmpty, Self.width(rest) > width {
        let head = String(cut(rest, to: width).dropLast())
        guard !head.isEmpty else { break }
        lines.append(head)
        rest = String(rest.dropFirst(head.count))
      }
      line += (line.isEmpty ? "" : " ") + rest
    }
    return line.isEmpty ? lines : lines + [line]
  }

  /// The terminal columns that a text takes.
  package static func width(_ text: String) -> Int { text.reduce(0) { $0 + width($1) } }

  private static func width(_ character: Character) -> Int {
    guard let scalar = character.unicodeScalars.first else { return 0 }
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
      0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
      return 2
    case 0x200B...0x200F, 0xFE00...0xFE0F: return 0
    default:
      let isEmoji =
        scalar.properties.isEmojiPresentation
        || character.unicodeScalars.count > 1
          && scalar.properties.isEmoji && scalar.value > 0xFF
      return isEmoji ? 2 : 1
    }
  }

  /// 1234567 as 1,234,567.
  package static func number(_ value: some BinaryInteger) -> String {
    let digits = String(value.magnitude)
    var grouped = ""
    for (index, digit) in digits.enumerated() {
      if index > 0 && (digits.count - index) % 3 == 0 { grouped.append(",") }
      grouped.append(digit)
    }
    return (value < 0 ? "-" : "") + grouped
  }

  /// A number of things: 1 record, 2 records.
  package static func count(_ number: some BinaryInteger, _ noun: String) -> String {
    "\(Self.number(number)) \(noun)" + (number == 1 ? "" : "s")
  }

  /// A number with a fixed count of decimals.
  package static func decimal(_ value: Double, _ places: Int = 3) -> String {
    guard value.isFinite else { return "-" }
    guard abs(value) < 1e12 else { return "\(value)" }
    var scale = 1.0
    for _ in 0..<places { scale *= 10 }
    let scaled = Int64((abs(value) * scale).rounded())
    let whole = scaled / Int64(scale)
    let rest = String(scaled % Int64(scale))
    let sign = value < 0 && scaled != 0 ? "-" : ""
    guard places > 0 else { return sign + "\(whole)" }
    return sign + "\(whole)." + String(repeating: "0", count: places - rest.count) + rest
  }

  /// A size such as 1.2 MB.
  package static func bytes(_ count: Int64) -> String {
    let units = ["B", "kB", "MB", "GB", "TB"]
    var value = Double(count)
    var unit = 0
    while value >= 1_000 && unit < units.count - 1 {
      value /= 1_000
      unit += 1
    }
    return decimal(value, unit == 0 ? 0 : 1) + " " + units[unit]
  }
}
