internal import Machine
internal import SupportDesk
internal import Terminal

/// Shows posts and takes keys: single ones on a terminal, else one a line.
struct LabelDesk {
  private static let help =
    "c complaint  o other  u unsure  s skip  1-9/t topic  n note  z undo  q quit"

  private var session: LabelSession
  private let topics: [String]
  private let json: Bool
  private let isInterrupted: () -> Bool
  private let isTyped = StandardInput.isTerminal && StandardOutput.isTerminal
  /// Lines that were no keys.
  private(set) var mistakes = 0
  private var lines = 0

  init(
    _ session: LabelSession, topics: [String], json: Bool, isInterrupted: @escaping () -> Bool
  ) {
    self.session = session
    self.topics = topics
    self.json = json
    self.isInterrupted = isInterrupted
  }

  /// Goes on until there are no more posts, or no more keys.
  mutating func run() throws {
    try show()
    while session.current != nil, let (key, argument) = next() {
      guard key != "q" else { break }
      if try act(key, argument) { try show() }
      if isTyped, session.current != nil { try StandardOutput.flush() }
    }
    let tally = LabelTally(
      given: session.given, takenBack: session.takenBack, left: session.left)
    if json { try tally.print() } else { Messages.line(tally.text) }
  }

  /// The next key, and what stands behind it; nil at the end.
  private mutating func next() -> (key: String, argument: String?)? {
    guard !isTyped else {
      Messages.raw("> ")
      guard let key = StandardInput.key(unless: isInterrupted) else {
        Messages.raw("\n")
        return nil
      }
      Messages.raw(Shown.plain(key) + "\n")
      return (key, nil)
    }
    while let line = StandardInput.line(unless: isInterrupted) {
      lines += 1
      let parts = line.split(maxSplits: 1) { $0 == " " || $0 == "\r" || $0 == "\t" }
      guard let key = parts.first else { continue }
      let rest = parts.dropFirst().first.map { $0.drop { $0 == " " } } ?? ""
      return (String(key), rest.hasSuffix("\r") ? String(rest.dropLast()) : String(rest))
    }
    return nil
  }

  /// Does what a key says; whether there is another post to show, or the same one anew.
  private mutating func act(_ key: String, _ argument: String?) throws -> Bool {
    switch key {
    case "c", "complaint": try give(.complaint)
    case "o", "other": try give(.other)
    case "u", "unsure": try give(.unsure)
    case "s", "skip": try give(.skip)
    case "z", "undo":
      if try !session.undo() { Messages.line("there is nothing to take back") }
    case "t", "topic":
      guard let name = argument ?? ask("topic (empty: none): ") else { return false }
      session.name(topic: topic(named: name))
      return isTyped
    case "n", "note":
      guard let note = argument ?? ask("note (empty: none): ") else { return false }
      session.write(note: note)
      return isTyped
    case "1"..."9" where key.count == 1:
      guard let number = Int(key), topics.indices.contains(number - 1) else {
        return mistake("there is no topic \(key)")
      }
      session.name(topic: topics[number - 1])
      return isTyped
    default: return mistake(isTyped ? Self.help : "\"\(Shown.plain(key))\" is no key: \(Self.help)")
    }
    return true
  }

  private mutating func give(_ verdict: Verdict) throws {
    guard try !session.give(verdict) else { return }
    Messages.line("that post has been forgotten meanwhile: nothing is kept of it")
  }

  private func topic(named text: String) -> String {
    let name = text.trimmingBlanks
    guard let number = Int(name), topics.indices.contains(number - 1) else { return name }
    return topics[number - 1]
  }

  private mutating func mistake(_ message: String) -> Bool {
    if !isTyped { mistakes += 1 }
    Messages.line(isTyped ? message : "line \(lines): \(message)")
    return false
  }

  private func ask(_ prompt: String) -> String? {
    Messages.raw(prompt)
    return StandardInput.line(unless: isInterrupted)
  }

  private func show() throws {
    guard let post = session.current else { return }
    try json ? showLine(post) : isTyped ? showPage(post) : showPlain(post)
    try StandardOutput.flush()
  }

  private func showLine(_ post: LabelCandidate) throws {
    var line = JSONLine()
    line.add("id", post.id)
    line.add("text", post.text)
    if let probability = post.probability { line.add("probability", probability) }
    if let subject = post.subject { line.add("subject", subject) }
    if let name = post.provenance.handle { line.add("screen_name", name) }
    if let time = post.provenance.createdAt {
      line.add("created_at", UTCTime.text(milliseconds: time))
    }
    line.add("left", session.left)
    try StandardOutput.line(line.text)
  }

  private func showPlain(_ post: LabelCandidate) throws {
    try StandardOutput.line("\(Shown.plain(post.id))\t\(Shown.plain(post.text))")
  }

  private func showPage(_ post: LabelCandidate) throws {
    let probability = post.probability.map { "p \(Shown.decimal($0, 2))" }
    let facts = [
      post.provenance.handle.map { "@" + Shown.plain($0) },
      post.provenance.createdAt.map { String(UTCTime.text(milliseconds: $0).prefix(16)) },
      probability, post.subject.map(Shown.plain), "\(Shown.number(session.left)) left",
    ].compactMap(\.self).joined(separator: " · ")
    try StandardOutput.line("\n" + Style.dim(facts))
    for line in Shown.wrapped(Shown.plain(post.text), to: terminalWidth() - 2) {
      try StandardOutput.line("  " + Style.bold(line))
    }
    if let topic = session.topic { try StandardOutput.line("  topic: \(Shown.plain(topic))") }
    if let note = session.note { try StandardOutput.line("  note: \(Shown.plain(note))") }
    try StandardOutput.line(Style.dim(Self.help))
    guard !topics.isEmpty else { return }
    let named = topics.prefix(9).enumerated().map { "\($0 + 1) \(Shown.plain($1))" }
    try StandardOutput.line(Style.dim(named.joined(separator: "  ")))
  }
}

/// What a session has come to.
struct LabelTally {
  var given: [Verdict: Int]
  var takenBack: Int
  var left: Int

  private func count(_ verdict: Verdict) -> Int { given[verdict] ?? 0 }

  var text: String {
    let total = Verdict.allCases.reduce(0) { $0 + count($1) }
    let parts = Verdict.allCases.filter { count($0) > 0 }
      .map { "\(Shown.number(count($0))) \($0.rawValue)" }
    return "\(Shown.count(total, "post")) judged"
      + (parts.isEmpty ? "" : ": " + parts.joined(separator: ", "))
      + (left > 0 ? "; \(Shown.number(left)) left" : "; that was the last that was chosen")
  }

  func print() throws {
    var line = JSONLine()
    for verdict in Verdict.allCases { line.add(verdict.rawValue, count(verdict)) }
    line.add("taken_back", takenBack)
    line.add("left", left)
    try StandardOutput.line(line.text)
  }
}

extension String {
  fileprivate var trimmingBlanks: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " || $0 == "\r" }.reversed())
  }
}
