internal import Terminal

/// Text for a terminal, put together piece by piece, and the columns that it takes.
package struct ShownText: Equatable, Sendable {
  package private(set) var text = ""
  /// Colours take no columns.
  package private(set) var width = 0
  private let isColoured: Bool

  init(isColoured: Bool) { self.isColoured = isColoured }

  /// Adds text that has nothing in it but printable ASCII.
  mutating func append(_ plain: String, _ colour: Colour) {
    width += plain.utf8.count
    text += isColoured ? colour(plain) : plain
  }

  /// Adds any text. What a terminal would act on, or not show, stands there as a backslash escape
  /// as Python writes it, in a colour of its own; a backslash is doubled where colour does not
  /// tell the two apart.
  mutating func append(escaping raw: String, _ colour: Colour) {
    guard raw.utf8.contains(where: { $0 < 0x20 || $0 > 0x7E || $0 == UInt8(ascii: "\\") }) else {
      return append(raw, colour)
    }
    if isColoured { text += colour.rawValue }
    var run = String.UnicodeScalarView()
    for scalar in raw.unicodeScalars {
      if scalar == "\\" && !isColoured {
        run.append("\\")
        run.append("\\")
      } else if let escape = ShownText.escape(scalar) {
        flush(&run)
        width += escape.utf8.count
        text += isColoured ? Colour.darkMagenta.rawValue + escape + colour.rawValue : escape
      } else {
        run.append(scalar)
      }
    }
    flush(&run)
    if isColoured { text += Colour.reset }
  }

  private mutating func flush(_ run: inout String.UnicodeScalarView) {
    let string = String(run)
    width += Shown.width(string)
    text += string
    run.removeAll()
  }

  /// Nil for what may be shown as it is.
  private static func escape(_ scalar: Unicode.Scalar) -> String? {
    switch scalar.value {
    case 0x09: "\\t"
    case 0x0A: "\\n"
    case 0x0D: "\\r"
    case 0..<0x20, 0x7F...0xA0: "\\x" + hex(scalar.value, 2)
    // These turn the direction of what stands beside them, or end the line.
    case 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF:
      "\\u" + hex(scalar.value, 4)
    default: nil
    }
  }

  private static func hex(_ value: UInt32, _ digits: Int) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: digits - text.count) + text
  }
}
