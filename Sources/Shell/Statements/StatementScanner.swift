internal import CQL

/// Cuts a script into statements as its bytes come, holding one statement at a time.
///
/// A statement ends at a semicolon outside of strings, quoted names, comments and batches; a
/// command of the shell's own, as in cqlsh, at the end of its line too.
package struct StatementScanner {
  private enum Place {
    case between, plain
    case lineComment, blockComment
    /// In a string or a quoted name, up to the same quote.
    case quoted(UInt8)
    case dollars

    var isBetween: Bool {
      if case .between = self { return true }
      return false
    }
  }

  private var buffer: [UInt8] = []
  /// Up to where the buffer has been looked at.
  private var position = 0
  private var start = 0
  private var place = Place.between
  private var line = 1
  private var column = 0
  private var startLine = 1
  private var startColumn = 0
  private var word: [UInt8] = []
  private var words = StatementWords()
  private var isTooLong = false
  private var isAtEnd = false
  private let limit: Int

  package init(limit: Int = CQLLimits.statementBytes) { self.limit = limit }

  /// Whether nothing but blanks and comments has come since the last statement.
  package var isBetweenStatements: Bool {
    switch place {
    case .between: true
    case .lineComment, .blockComment: !words.hasBegun
    case .plain, .quoted, .dollars: false
    }
  }

  /// Takes the bytes that come next.
  package mutating func append(_ bytes: some Collection<UInt8>) {
    if isBetweenStatements { start = position }
    if start > 0 {
      buffer.removeFirst(start)
      position -= start
      start = 0
    }
    buffer += bytes
  }

  /// Hands out the bytes behind the last statement, which are no statements, and forgets them.
  mutating func takeRest() -> [UInt8] {
    defer {
      buffer.removeAll()
      (start, position) = (0, 0)
    }
    return Array(buffer[position...])
  }

  /// Forgets what has come since the last statement.
  package mutating func drop() {
    self = StatementScanner(limit: limit)
  }

  /// The next statement that is whole; nil where more bytes are needed.
  package mutating func next() -> ShellStatement? {
    while position < buffer.count {
      let byte = buffer[position]
      // Two bytes decide at these; the second one may be still to come.
      guard position + 1 < buffer.count || !Self.isFirstOfTwo(byte) || isAtEnd else { break }
      let second = position + 1 < buffer.count ? buffer[position + 1] : 0
      if let statement = take(byte, second) { return statement }
    }
    shedIfTooLong()
    return nil
  }

  /// The statement that the script ends with, if it ends without a semicolon.
  package mutating func finish() -> ShellStatement? {
    isAtEnd = true
    if let statement = next() { return statement }
    guard !isBetweenStatements else { return nil }
    endWord()
    let endsAtLine = words.endsAtLine
    var statement = end(position)
    statement.isComplete = endsAtLine
    return statement
  }

  private static func isFirstOfTwo(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: "*"), UInt8(ascii: "$"): true
    default: false
    }
  }

  private mutating func take(_ byte: UInt8, _ second: UInt8) -> ShellStatement? {
    switch place {
    case .between, .plain: return takePlain(byte, second)
    case .lineComment:
      if byte == 0x0A || byte == 0x0D {
        place = words.hasBegun ? .plain : .between
      } else {
        advance(1)
      }
    case .blockComment:
      let isEnd = byte == UInt8(ascii: "*") && second == UInt8(ascii: "/")
      if isEnd { place = words.hasBegun ? .plain : .between }
      advance(isEnd ? 2 : 1)
    case .quoted(let quote):
      if byte == quote { place = .plain }
      advance(1)
    case .dollars:
      let isEnd = byte == UInt8(ascii: "$") && second == UInt8(ascii: "$")
      if isEnd { place = .plain }
      advance(isEnd ? 2 : 1)
    }
    return nil
  }

  private mutating func takePlain(_ byte: UInt8, _ second: UInt8) -> ShellStatement? {
    switch (byte, second) {
    case (UInt8(ascii: "-"), UInt8(ascii: "-")), (UInt8(ascii: "/"), UInt8(ascii: "/")):
      endWord()
      place = .lineComment
      advance(2)
    case (UInt8(ascii: "/"), UInt8(ascii: "*")):
      endWord()
      place = .blockComment
      advance(2)
    case (UInt8(ascii: ";"), _):
      endWord()
      guard !words.isInBatch else {
        advance(1)
        break
      }
      var statement = words.hasBegun ? end(position) : nil
      statement?.hasSemicolon = true
      advance(1)
      start = position
      return statement
    case (0x0A, _) where words.hasBegun || !word.isEmpty:
      endWord()
      let statement = words.endsAtLine ? end(position) : nil
      advance(1)
      return statement
    case (0x09...0x0D, _), (UInt8(ascii: " "), _):
      endWord()
      advance(1)
    case (0xEF, _) where position == 0 && line == 1 && column == 0 && place.isBetween:
      // The mark that some editors begin a file with.
      advance(buffer.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 1)
    default: takeInside(byte, second)
    }
    return nil
  }

  private mutating func takeInside(_ byte: UInt8, _ second: UInt8) {
    if place.isBetween {
      place = .plain
      (start, startLine, startColumn) = (position, line, column)
    }
    switch byte {
    case UInt8(ascii: "'"), UInt8(ascii: "\""):
      endWord()
      words.add([byte])
      place = .quoted(byte)
      advance(1)
    case UInt8(ascii: "$") where second == UInt8(ascii: "$"):
      endWord()
      words.add([byte])
      place = .dollars
      advance(2)
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
      if word.count < StatementWords.longest { word.append(byte | 0x20) }
      advance(1)
    default:
      endWord()
      words.add([byte])
      advance(1)
    }
  }

  private mutating func endWord() {
    guard !word.isEmpty else { return }
    words.add(word)
    word.removeAll(keepingCapacity: true)
  }

  private mutating func advance(_ count: Int) {
    for byte in buffer[position..<min(position + count, buffer.count)] {
      if byte == 0x0A {
        line += 1
        column = 0
      } else if byte & 0xC0 != 0x80 {
        column += 1
      }
    }
    position = min(position + count, buffer.count)
  }

  /// The statement that ends before `end`.
  private mutating func end(_ end: Int) -> ShellStatement {
    var bytes = buffer[start..<end]
    while let last = bytes.last, last == 0x20 || (0x09...0x0D).contains(last) {
      bytes.removeLast()
    }
    var statement = ShellStatement(
      String(decoding: bytes, as: UTF8.self), line: startLine, column: startColumn)
    statement.isTooLong = isTooLong || bytes.count > limit
    words = StatementWords()
    word.removeAll(keepingCapacity: true)
    place = .between
    isTooLong = false
    start = end
    return statement
  }

  /// Lets go of the bytes of a statement that is too long to be run; its end is still looked for.
  private mutating func shedIfTooLong() {
    guard !isBetweenStatements, position - start > limit else { return }
    isTooLong = true
    buffer.removeSubrange(start..<position)
    position = start
  }
}

/// What the words of a statement so far say about where it ends.
struct StatementWords {
  /// The letters of the longest word that matters.
  static let longest = 12
  /// The shell's commands that end with their line, as in cqlsh.
  private static let commands: Set<String> = [
    "help", "?", "consistency", "serial", "describe", "desc", "show", "source", "capture", "login",
    "tracing", "expand", "paging", "exit", "quit", "clear", "cls", "history",
  ]

  private(set) var hasBegun = false
  private(set) var endsAtLine = false
  private(set) var isInBatch = false
  private var isAfterApply = false

  /// Takes the next word in lower case, or another sign.
  mutating func add(_ word: [UInt8]) {
    let isApply = word.elementsEqual("apply".utf8)
    if !hasBegun {
      hasBegun = true
      endsAtLine = Self.commands.contains(String(decoding: word, as: UTF8.self))
      isInBatch = word.elementsEqual("begin".utf8)
    } else if isAfterApply, word.elementsEqual("batch".utf8) {
      isInBatch = false
    }
    isAfterApply = isApply
  }
}
