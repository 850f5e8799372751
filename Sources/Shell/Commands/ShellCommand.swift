/// A command of the shell's own, which is no CQL.
enum ShellCommand: Equatable {
  /// A setting that is ON or OFF; `show` asks which.
  enum Switch: Equatable { case show, on, off }

  case help([String])
  case clear, exit, login
  case expand(Switch)
  case tracing(Switch)
  case paging(Switch, rows: Int?)
  case consistency(String?)
  case serialConsistency(String?)
  case showVersion, showHost, showSession, showReplicas
  case captureShow, captureOff
  case capture(file: String)
  case source(file: String)
  case history(Int?)
  case copy(CopyCommand)

  static let levels: Set<String> = [
    "ANY", "ONE", "TWO", "THREE", "QUORUM", "ALL", "LOCAL_QUORUM", "EACH_QUORUM", "SERIAL",
    "LOCAL_SERIAL", "LOCAL_ONE",
  ]
  static let names = [
    "CAPTURE", "CLEAR", "CLS", "CONSISTENCY", "COPY", "EXIT", "EXPAND", "HELP", "HISTORY", "LOGIN",
    "PAGING", "QUIT", "SERIAL", "SHOW", "SOURCE", "TRACING",
  ]

  /// Nil where the text is a statement. Thrown: a command with something in it that it does not
  /// take.
  init?(_ text: String) throws(ShellError) {
    let first = text.prefix { $0.isLetter || $0 == "?" }.uppercased()
    guard Self.names.contains(first) || first == "?" else { return nil }
    var words = try ShellWords(text)
    _ = words.takeWord()
    guard let command = try Self.command(first, &words), words.isEmpty else {
      throw ShellError("Improper \(first) command.")
    }
    self = command
  }

  private static func command(
    _ name: String, _ words: inout ShellWords
  ) throws(ShellError) -> ShellCommand? {
    switch name {
    case "HELP", "?":
      var topics: [String] = []
      while let topic = words.takeWord() { topics.append(topic.uppercased()) }
      return .help(topics)
    case "CLEAR", "CLS": return .clear
    case "EXIT", "QUIT": return .exit
    case "LOGIN":
      while !words.isEmpty, words.takeWord() != nil || words.takeString() != nil {}
      return .login
    case "EXPAND": return takeSwitch(&words).map(ShellCommand.expand)
    case "TRACING": return takeSwitch(&words).map(ShellCommand.tracing)
    case "PAGING": return paging(&words)
    case "CONSISTENCY": return level(&words).map(ShellCommand.consistency)
    case "SERIAL":
      guard words.take("CONSISTENCY") else { return nil }
      return level(&words).map(ShellCommand.serialConsistency)
    case "SHOW": return show(&words)
    case "CAPTURE":
      if words.isEmpty { return .captureShow }
      if words.take("OFF") { return .captureOff }
      return words.takeString().map { .capture(file: $0) }
    case "SOURCE": return words.takeString().map { .source(file: $0) }
    case "HISTORY": return words.isEmpty ? .history(nil) : number(&words).map { .history($0) }
    case "COPY": return .copy(try CopyCommand(&words))
    default: return nil
    }
  }

  private static func takeSwitch(_ words: inout ShellWords) -> Switch? {
    if words.isEmpty { return .show }
    if words.take("ON") { return .on }
    return words.take("OFF") ? .off : nil
  }

  private static func paging(_ words: inout ShellWords) -> ShellCommand? {
    if let found = takeSwitch(&words) { return .paging(found, rows: nil) }
    return number(&words).map { .paging(.on, rows: $0) }
  }

  private static func number(_ words: inout ShellWords) -> Int? {
    words.takeWord().flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
  }

  /// Nil where what stands there is no level; `.some(nil)` where nothing does.
  private static func level(_ words: inout ShellWords) -> String?? {
    guard !words.isEmpty else { return .some(nil) }
    guard let level = words.takeWord()?.uppercased(), levels.contains(level) else { return nil }
    return level
  }

  private static func show(_ words: inout ShellWords) -> ShellCommand? {
    if words.take("VERSION") { return .showVersion }
    if words.take("HOST") { return .showHost }
    if words.take("SESSION"), words.takeWord() != nil { return .showSession }
    if words.take("REPLICAS"), words.takeWord() != nil {
      _ = words.takeWord()
      return .showReplicas
    }
    return nil
  }
}
