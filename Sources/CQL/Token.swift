/// One word, literal or sign of a text, by its place in the bytes.
struct Token {
  enum Kind: Equatable {
    case end
    /// An unquoted word that is no keyword.
    case name
    case keyword(Keyword)
    case quotedName
    /// `""`, which old tables may have for a column.
    case emptyQuotedName
    case string
    /// `$$…$$`.
    case dollarString
    case integer
    case decimal
    case blob
    case uuid
    case duration
    case symbol(Symbol)
  }

  enum Symbol: String, CaseIterable {
    case leftParenthesis = "("
    case rightParenthesis = ")"
    case leftBracket = "["
    case rightBracket = "]"
    case leftBrace = "{"
    case rightBrace = "}"
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case equal = "="
    case notEqual = "!="
    case plus = "+"
    case plusEqual = "+="
    case minus = "-"
    case minusEqual = "-="
    case star = "*"
    case slash = "/"
    case percent = "%"
    case comma = ","
    case semicolon = ";"
    case colon = ":"
    case dot = "."
    case range = ".."
    case question = "?"

    /// The symbols of one byte, by that byte.
    static let single: [Symbol?] = (UInt8.min...UInt8.max).map { byte in
      allCases.first { $0.rawValue.utf8.elementsEqual([byte]) }
    }
  }

  var kind: Kind
  private let from: UInt32
  private let to: UInt32

  /// `bytes` lies in a text of at most `CQLLimits.scriptBytes`.
  init(_ kind: Kind, _ bytes: Range<Int>) {
    self.kind = kind
    from = UInt32(truncatingIfNeeded: bytes.lowerBound)
    to = UInt32(truncatingIfNeeded: bytes.upperBound)
  }

  var start: Int { Int(from) }
  var end: Int { Int(to) }
  var range: Range<Int> { start..<end }
}
