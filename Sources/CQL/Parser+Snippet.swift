// The piece of the statement that an error shows, as Cassandra's ErrorCollector cuts it.

extension CQLParser {
  /// Ten tokens before the current one, and what follows it up to the offending one but not more
  /// than two. The current one stands in brackets; blanks and comments are tokens too, and so is
  /// the end, which cannot be shown: then nothing is.
  func snippet(to offending: Int) -> String {
    let start = snippetStart
    guard let last = snippetEnd(offending) else { return "" }
    let shown = token
    let (open, close) = (shown.start, min(end(of: shown), last))
    let before = lines(start..<open)
    let cut = before.suffix(CQLLimits.quotedCharacters)
    let isWhole = start == 0 && cut.startIndex == before.startIndex
    let text =
      cut + "[" + shortened(lines(open..<close)) + "]" + shortened(lines(close..<last))
    return " (\(isWhole ? "" : "...")\(text)\(isLineEnd(last) ? "" : "..."))"
  }

  func shortened(_ text: String) -> String {
    let cut = text.prefix(CQLLimits.quotedCharacters)
    return cut.endIndex == text.endIndex ? text : cut + "…"
  }

  /// What the token stands for: Cassandra's lexer takes the quotes away.
  func content(of token: Token) -> String {
    switch token.kind {
    case .string, .quotedName: unquoted(token)
    case .dollarString: string(token)
    default: text(token)
    }
  }

  /// Where Cassandra takes the token to end: quotes are not counted.
  private func end(of token: Token) -> Int {
    min(token.start + content(of: token).utf8.count, token.end)
  }

  /// Where the tenth token before the current one begins.
  private var snippetStart: Int {
    var wanted = CQLLimits.snippetTokens
    var next = index
    while next > 0 {
      let gap = blanks(tokens[next - 1].end..<tokens[next].start)
      if gap.count >= wanted { return gap[gap.count - wanted].lowerBound }
      wanted -= gap.count + 1
      next -= 1
      if wanted == 0 { return tokens[next].start }
    }
    let gap = blanks(0..<tokens[0].start)
    return gap.suffix(wanted).first?.lowerBound ?? tokens[0].start
  }

  /// Where what is shown ends; nil where that is the statement's end.
  private func snippetEnd(_ offending: Int) -> Int? {
    var left = 2
    var next = index
    while true {
      if tokens[next].kind == .end { return nil }
      guard next < offending, left > 0 else { return end(of: tokens[next]) }
      let gap = blanks(tokens[next].end..<tokens[next + 1].start)
      if gap.count >= left { return gap[left - 1].upperBound }
      left -= gap.count + 1
      next += 1
    }
  }

  /// Runs of blanks, and comments, which have the end of their line.
  private func blanks(_ range: Range<Int>) -> [Range<Int>] {
    var found: [Range<Int>] = []
    var start = range.lowerBound
    while start < range.upperBound {
      var end = start + 1
      if bytes[start] == UInt8(ascii: "-") || bytes[start] == UInt8(ascii: "/") {
        let isLine = bytes[end] != UInt8(ascii: "*")
        end += isLine ? 1 : 3
        while end < range.upperBound,
          isLine
            ? bytes[end - 1] != 0x0A && bytes[end - 1] != 0x0D
            : bytes[end - 1] != UInt8(ascii: "/") || bytes[end - 2] != UInt8(ascii: "*")
        { end += 1 }
      } else {
        while end < range.upperBound, bytes[end] != UInt8(ascii: "-"),
          bytes[end] != UInt8(ascii: "/")
        { end += 1 }
      }
      found.append(start..<end)
      start = end
    }
    return found
  }

  /// Whether only ends of lines follow.
  private func isLineEnd(_ index: Int) -> Bool { bytes[index...].allSatisfy { $0 == 0x0A } }

  /// Text without the ends of its lines.
  private func lines(_ range: Range<Int>) -> String {
    String(decoding: bytes[range].lazy.filter { $0 != 0x0A }, as: UTF8.self)
  }
}
