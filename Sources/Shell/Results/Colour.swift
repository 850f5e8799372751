/// The colours in which cqlsh shows values and the names of columns.
enum Colour: String {
  case red = "\u{1B}[0;1;31m"
  case green = "\u{1B}[0;1;32m"
  case yellow = "\u{1B}[0;1;33m"
  case blue = "\u{1B}[0;1;34m"
  case magenta = "\u{1B}[0;1;35m"
  case cyan = "\u{1B}[0;1;36m"
  case white = "\u{1B}[0;1;37m"
  case darkMagenta = "\u{1B}[0;35m"

  static let reset = "\u{1B}[0m"

  func callAsFunction(_ text: String) -> String { rawValue + text + Colour.reset }
}
