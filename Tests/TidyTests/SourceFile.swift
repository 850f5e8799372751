/// A file of the repository, line by line, as written and as code alone.
struct SourceFile: Sendable {
  struct Line: Sendable {
    /// Counted from 1.
    var number: Int
    /// The line as written.
    var text: String
    /// The line with blanks in place of comments and the insides of string literals.
    var code: String
    /// Whether the line is, in part or whole, inside a string literal.
    var hasLiteral: Bool
  }

  /// The path from the repository's root.
  let path: String
  let lines: [Line]

  init(path: String, text: String) {
    self.path = path
    let bytes = Array(text.utf8)
    let kinds = path.hasSuffix(".swift") ? SwiftText.kinds(of: bytes) : []
    var lines: [Line] = []
    var start = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      let range = start..<end
      lines.append(
        Line(
          number: lines.count + 1,
          text: String(decoding: bytes[range], as: UTF8.self),
          code: kinds.isEmpty
            ? String(decoding: bytes[range], as: UTF8.self)
            : String(
              decoding: range.map { kinds[$0] == .code ? bytes[$0] : UInt8(ascii: " ") },
              as: UTF8.self),
          hasLiteral: !kinds.isEmpty && kinds[range].contains(.literal)))
      start = end + 1
    }
    self.lines = lines
  }

  /// The folder under `Sources` that the file lies in; nil elsewhere.
  var target: String? {
    let parts = path.split(separator: "/")
    return parts.count > 2 && parts[0] == "Sources" ? String(parts[1]) : nil
  }

  var isSwift: Bool { path.hasSuffix(".swift") }
}

extension SourceFile.Line {
  /// The code without the blanks around it.
  var trimmed: Substring {
    guard let first = code.firstIndex(where: { $0 != " " }),
      let last = code.lastIndex(where: { $0 != " " })
    else { return "" }
    return code[first...last]
  }

  /// How many blanks stand before the line's first character.
  var indentation: Int { text.prefix { $0 == " " }.count }
}
