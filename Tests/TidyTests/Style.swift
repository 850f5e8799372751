/// The rules that look at one line, or one file, at a time.
enum Style {
  static let length = Rule(
    reason: "A file longer than 600 lines holds more than one idea: divide it."
  ) { file in
    file.lines.count > 600
      ? [Finding(path: file.path, line: 601, what: "\(file.lines.count) lines")] : []
  }

  static let width = Rule(
    reason: "Lines end at column 100, but for those with a string literal."
  ) { file in
    file.lines.filter { $0.text.utf8.count > 100 && $0.text.count > 100 && !$0.hasLiteral }
      .map { Finding(path: file.path, line: $0.number, what: "\($0.text.count) columns") }
  }

  /// `precondition(` is not among them: what it guards is a programmer's error, never input.
  static let crashes = Rule(
    reason: "Whatever the input, there is a value or a thrown error: an input that crashes the"
      + " process stops the stream for all."
  ) { file in
    file.lines.flatMap { line in
      crashes(in: line.code).map { Finding(path: file.path, line: line.number, what: $0) }
    }
  }

  static let notes = Rule(
    reason: "The tree holds finished work: do it, or leave it out and write nothing."
  ) { file in
    file.lines.flatMap { line in
      workNotes(in: line.text).map { Finding(path: file.path, line: line.number, what: $0) }
    }
  }

  static let sleeping = Rule(
    reason: "Sleeping is too long on one machine and too short on another: wait for what is to"
      + " happen (Machine's Signal), or give the code a Clock that the test moves."
  ) { file in
    file.lines.flatMap { line in
      ["sleep(", "usleep(", "nanosleep("]
        .filter { containsWord($0, in: line.code) }
        .map { Finding(path: file.path, line: line.number, what: $0) }
    }
  }

  private static func crashes(in code: String) -> [String] {
    guard code.contains("!") || code.contains("(") || code.contains(".unsafely") else { return [] }
    var found = ["fatalError(", "preconditionFailure(", "unsafelyUnwrapped"]
      .filter { containsWord($0, in: code) }
    let bytes = Array(code.utf8)
    for index in bytes.indices.dropFirst() where bytes[index] == UInt8(ascii: "!") {
      if index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "=") { continue }
      let before = bytes[index - 1]
      guard isWord(before) || ")]}>?\"`".utf8.contains(before) else { continue }
      let word = String(decoding: bytes[..<index].reversed().prefix(while: isWord), as: UTF8.self)
      switch word {
      case "yrt": found.append("try!")
      case "sa": found.append("as!")
      default: found.append("forced unwrap \(String(word.reversed()))!")
      }
    }
    return found
  }

  private static func workNotes(in text: String) -> [String] {
    var found = ["TODO", "FIXME", "XXX", "HACK"].filter { containsWord($0, in: text) }
    let phrase = "not implemented"
    if text.lowercased().contains(phrase) { found.append(phrase) }
    return found
  }

  /// Whether `wanted` stands in `text` and is not the middle of a longer word.
  static func containsWord(_ wanted: String, in text: String) -> Bool {
    let text = Array(text.utf8)
    let wanted = Array(wanted.utf8)
    guard let first = wanted.first, let last = wanted.last else { return false }
    var place = text.startIndex
    while let start = text[place...].firstIndex(of: first) {
      place = start + 1
      let end = start + wanted.count
      guard text[start...].starts(with: wanted) else { continue }
      if isWord(first), start > 0, isWord(text[start - 1]) { continue }
      if isWord(last), end < text.count, isWord(text[end]) { continue }
      return true
    }
    return false
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...:
      true
    default: false
    }
  }
}
