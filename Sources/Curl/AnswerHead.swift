/// The head of an answer, as libcurl hands it over line by line.
struct AnswerHead: Sendable {
  /// Header lines beyond these are left out.
  static let lineLimit = 1_000

  private(set) var status = 0
  private(set) var headers: [(name: String, value: String)] = []
  /// Whether the empty line behind a final head has come.
  private(set) var isComplete = false

  /// Takes a line; a status line begins another head, such as that behind `100 Continue`.
  mutating func take(_ bytes: UnsafeRawBufferPointer) {
    let text = String(decoding: bytes, as: UTF8.self)
    if text.hasPrefix("HTTP/") {
      headers.removeAll()
      let words = text.split(separator: " ", maxSplits: 2)
      status = words.count > 1 ? Int(words[1].prefix(3)) ?? 0 : 0
      return
    }
    if text.allSatisfy(\.isWhitespace) {
      isComplete = status >= 200
      return
    }
    guard let colon = text.firstIndex(of: ":"), headers.count < Self.lineLimit else { return }
    let value = text[text.index(after: colon)...].drop { $0.isWhitespace }
    headers.append(
      (String(text[..<colon]), String(value.reversed().drop { $0.isWhitespace }.reversed())))
  }
}
