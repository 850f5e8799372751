internal import Bytes

/// One thing that can be configured: the same in `grouse.yaml`, the environment and on the command
/// line. The table of all keys is what files are checked against and what `doctor` shows.
package struct ConfigurationKey: Hashable, Sendable {
  /// What a key's value may be.
  package enum Kind: Hashable, Sendable {
    case text
    case list
    case boolean
    case integer(ClosedRange<Int>)
    case choice([String])
    /// `batch`, or `interval(MS)`.
    case durability
    /// A number that need not be whole.
    case number(ClosedRange<Double>)
    /// Lines of text: a list whose entries may have commas.
    case lines
    /// An address of HTTP, without a user's name and password.
    case address
    /// What is never shown, and stands in no configuration file.
    case secret
  }

  /// Dotted, as in `log.partitions`.
  package let name: String
  package let kind: Kind
  package let standard: String
  package let summary: String

  /// The environment variable that sets it: `GROUSE_LOG_PARTITIONS`.
  package var environmentName: String {
    "GROUSE_" + String(name.uppercased().map { $0 == "." || $0 == "-" ? "_" : $0 })
  }

  /// Every key there is.
  package static let all: [ConfigurationKey] = general + x + bluesky

  private static let general: [ConfigurationKey] = [
    .init("data-dir", .text, "./grouse-data", "where everything is kept"),
    .init("topic", .text, "posts", "the topic that posts go to and verdicts are made from"),
    .init("log.backend", .choice(["embedded"]), "embedded", "where topics are kept"),
    .init("log.partitions", .integer(1...1_024), "1", "partitions of a topic that is made"),
    .init(
      "log.segment-bytes", .integer(1_024...(1 << 30)), "\(1 << 30)",
      "bytes of a segment file before the next is begun"),
    .init(
      "log.durability", .durability, "batch",
      "batch: acknowledged means on disk; interval(MS): synced every MS milliseconds of appends"),
    .init(
      "log.retention-ms", .integer(-1...Int.max), "-1",
      "how long records are kept where their topic does not say; -1: for ever"),
    .init(
      "log.retention-bytes", .integer(-1...Int.max), "-1",
      "bytes of a partition that are kept where its topic does not say; -1: all"),
    .init(
      "log.dedupe-buffer-mib", .integer(1...4_096), "16",
      "memory for the keys of a compaction, 43,000 a MiB; with more keys it takes several rounds"),
    .init(
      "log.offsets-retention-minutes", .integer(1...52_560_000), "10080",
      "how long a consumer group's offsets are kept after its last commit"),
    .init(
      "log.forget-interval-minutes", .integer(1...525_600), "60",
      "how often `grouse run` takes posts that were deleted, or are too old, away"),
    .init(
      "retention.days", .integer(0...36_500), "0",
      "days that posts are kept in the tables from when they were made, and records of all topics from "
        + "when they came, unless log.retention-ms or the topic says otherwise; 0: for ever"),
    .init("tables.backend", .choice(["embedded"]), "embedded", "where tables are kept"),
    .init(
      "tables.durability", .durability, "batch",
      "batch: committed means on disk; interval(MS): a power cut may lose the last commit of MS"),
    .init("brand.names", .list, "asos", "how people name the brand; the first keys its rows"),
    .init("brand.handles", .list, "@ASOS,@ASOS_HeresToHelp", "the brand's accounts"),
    .init("filter.retweets", .choice(["drop", "keep"]), "drop", "what becomes of retweets"),
    .init("filter.languages", .list, "en", "languages kept; empty keeps all"),
    .init("model.name", .text, "complaints", "the model that classifies, NAME or NAME@VERSION"),
    .init(
      "http.port", .integer(0...65_535), "0",
      "a port of 127.0.0.1 for /metrics and whatever else is only read; 0: the socket alone"),
    .init("sources.files", .list, "", "files that `grouse run` collects"),
    .init("sources.stdin", .boolean, "false", "collect what comes in on standard input"),
    .init("sources.x", .boolean, "false", "collect X's filtered stream"),
  ]

  init(_ name: String, _ kind: Kind, _ standard: String, _ summary: String) {
    self.name = name
    self.kind = kind
    self.standard = standard
    self.summary = summary
  }

  /// Why `value` cannot be this key's; nil where it can.
  func objection(to value: String) -> String? {
    switch kind {
    case .text: value.isEmpty ? "it must not be empty" : nil
    case .list: nil
    case .boolean: ["true", "false"].contains(value) ? nil : "it must be true or false"
    case .integer(let range):
      Int(value).map(range.contains) == true
        ? nil : "it must be a number from \(range.lowerBound) to \(range.upperBound)"
    case .choice(let choices):
      choices.contains(value) ? nil : "it must be \(choices.joined(separator: " or "))"
    case .durability:
      Self.interval(value) != nil || value == "batch"
        ? nil : "it must be batch or interval(MILLISECONDS)"
    case .number(let range):
      Double(value).map(range.contains) == true
        ? nil : "it must be a number from \(range.lowerBound) to \(range.upperBound)"
    case .lines: nil
    case .address: Self.objection(toAddress: value)
    case .secret: value.isEmpty ? "it must not be empty" : nil
    }
  }

  private static func objection(toAddress value: String) -> String? {
    guard ["http://", "https://"].contains(where: { value.hasPrefix($0) }) else {
      return "it must begin with https:// or http://"
    }
    let authority = value.drop { $0 != "/" }.dropFirst(2).prefix { $0 != "/" }
    return authority.contains("@")
      ? "an address is shown and kept in logs, so it must hold no name and password" : nil
  }

  /// How a value that cannot be is shown.
  func shown(refused value: String) -> String {
    switch kind {
    case .secret: "***"
    case .address where value.contains("@"): "***"
    default: value
    }
  }

  /// The milliseconds of `interval(MS)`.
  static func interval(_ value: String) -> Int? {
    guard value.hasPrefix("interval("), value.hasSuffix(")"),
      let number = Int(value.dropFirst(9).dropLast()), (1...3_600_000).contains(number)
    else { return nil }
    return number
  }

  /// What to say of a name that does not exist: the key whose name is near, as `show` gives it, or
  /// all there are.
  static func advice(on name: String, _ show: (ConfigurationKey) -> String) -> String {
    let near = EditDistance.nearest(to: name, among: all.map(\.name))
    if let key = all.first(where: { $0.name == near }) { return "did you mean \(show(key))?" }
    return "there are " + all.map(show).joined(separator: ", ")
  }
}
