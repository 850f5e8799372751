internal import ArgumentParser
internal import Bytes
internal import Machine
internal import Node
internal import Synchronization
internal import Terminal
internal import XAPI

struct X: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "X's API: the stream's rules, searches, mentions, posting.",
    discussion: """
      Takes GROUSE_X_BEARER_TOKEN, or the keys of OAuth 1.0a (see `grouse doctor` for all settings). \
      X takes money for what it delivers: what a command has probably cost is said at its end.

      Example: grouse x rules list
      """,
    subcommands: [
      XRules.self, XSearch.self, XMentions.self, XWhoAmI.self, XUsage.self, XPost.self,
      XDelete.self, XCompliance.self, XLogin.self,
    ])
}

/// Asks X on the main thread, shows waits, and what it has probably cost.
enum XSession {
  static func run<Value: Sendable>(
    _ configuration: Configuration, saying consequence: String = "nothing was changed",
    _ body: @escaping @Sendable (XClient) async throws -> Value
  ) throws -> Value {
    Interruption.endProcess(saying: consequence)
    let client = try configuration.x().client { Messages.line("\($0)") }
    defer {
      if client.ledger.dollars > 0 {
        let parts = client.ledger.all.map { "\(Shown.number($0.entry.count)) \($0.what)" }
        Messages.line(
          "\(parts.joined(separator: ", ")): about \(Dollars.shown(client.ledger.dollars))")
      }
    }
    return try ThreadExecutor.run { try await body(client) }
  }
}

/// Amounts of money.
enum Dollars {
  static func shown(_ amount: Double) -> String { "$" + Shown.decimal(amount, 3) }
}

/// Posts as they are found, for people or for scripts.
struct FoundPosts {
  var json: Bool
  var limit: Int
  private(set) var shown = 0

  init(json: Bool, limit: Int) {
    self.json = json
    self.limit = limit
  }

  var isFull: Bool { shown >= limit }

  mutating func show(_ page: PostPage) throws {
    let names = Dictionary(
      page.users.compactMap { user in user["id"]?.text.map { ($0, user["username"]?.text ?? "") } },
      uniquingKeysWith: { first, _ in first })
    for (post, line) in zip(page.posts, page.lines()) where !isFull {
      shown += 1
      if json {
        try StandardOutput.line(String(decoding: line.line, as: UTF8.self))
        continue
      }
      let author = post["author_id"]?.text.flatMap { names[$0] }.map { "@\($0)" } ?? ""
      let note = (post["note_tweet"] ?? post["note_post"])?["text"]?.text
      let parts = [
        post["id"]?.text, post["created_at"]?.text, author, note ?? post["text"]?.text,
      ].compactMap { $0 }.filter { !$0.isEmpty }
      try StandardOutput.line(Shown.plain(parts.joined(separator: "  ")))
    }
    for problem in page.problems { Messages.line("\(problem)") }
    try StandardOutput.flush()
  }

  /// Pages one after the other until there are enough. What takes more than one costs more than a
  /// glance, and is said before.
  static func show(
    _ query: PostQuery, of client: XClient, json: Bool, limit: Int
  ) async throws {
    let estimate = client.estimate(query, limit: limit)
    if estimate.requests > 1 {
      Messages.line(
        "up to \(Shown.number(estimate.posts)) posts in \(Shown.number(estimate.requests)) requests: "
          + "\(Dollars.shown(estimate.dollars)) at most")
    }
    var posts = FoundPosts(json: json, limit: limit)
    for try await page in client.pages(query) {
      try posts.show(page)
      if posts.isFull { break }
    }
    if posts.shown == 0 { Messages.line("nothing was found") }
  }
}

struct XSearch: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search", abstract: "Search posts, the newest first.",
    discussion: """
      Of the last seven days, or of all times with --archive. With --json each line is a post as the \
      stream sends it, ready for `grouse collect --stdin`.

      Example: grouse x search '(@ASOS OR asos) lang:en -is:retweet' --limit 500 --json
      """)

  @Argument(help: "What is looked for, in X's language of queries.") var query: String
  @Flag(help: "Search all posts there are.") var archive = false
  @Option(help: "At most this many posts.") var limit = 100
  @Option(name: .customLong("since-id"), help: "Only posts newer than the one of this id.")
  var sinceID: UInt64?
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    guard limit > 0 else { throw ValidationError("--limit must be a number more than 0") }
  }

  func run() throws {
    let (json, limit) = (options.json, limit)
    let since = sinceID.map { StreamPosition.Since.id($0) }
    let query: PostQuery =
      archive
      ? .archive(query, since: since, pageSize: limit)
      : .recent(query, since: since, pageSize: limit)
    let configuration = try options.configuration()
    try XSession.run(configuration) { client in
      try await FoundPosts.show(query, of: client, json: json, limit: limit)
    }
  }
}

struct XMentions: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mentions", abstract: "Posts that mention an account, the newest first.",
    discussion: "Of one's own account unless --of names another.\n\nExample: grouse x mentions")

  @Option(help: "The account's name.") var of: String?
  @Option(help: "At most this many posts.") var limit = 100
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    guard limit > 0 else { throw ValidationError("--limit must be a number more than 0") }
  }

  func run() throws {
    let (json, limit, name) = (options.json, limit, of)
    try XSession.run(try options.configuration()) { client in
      let user: JSON
      if let name {
        guard let found = try await client.users(named: [name]).first else {
          throw XError.invalid("there is no account \(name)")
        }
        user = found
      } else {
        user = try await client.whoAmI()
      }
      guard let id = user["id"]?.text else {
        throw XError.unreadable(path: "/2/users", reason: "there is no id in it")
      }
      try await FoundPosts.show(
        .mentions(of: id, isOwn: name == nil, pageSize: limit), of: client, json: json,
        limit: limit)
    }
  }
}

struct XWhoAmI: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "whoami", abstract: "The account that is signed in.",
    discussion: "Example: grouse x whoami")

  @OptionGroup var options: GlobalOptions

  func run() throws {
    let user = try XSession.run(try options.configuration()) { try await $0.whoAmI() }
    if options.json { return try StandardOutput.line(user.line) }
    let name = user["username"]?.text ?? "?"
    try StandardOutput.line(
      Shown.plain("@\(name)  \(user["name"]?.text ?? "")  \(user["id"]?.text ?? "")"))
  }
}

struct XUsage: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "usage", abstract: "How many posts were read in this month, as X counts.",
    discussion: "Example: grouse x usage")

  @OptionGroup var options: GlobalOptions

  func run() throws {
    let usage = try XSession.run(try options.configuration()) { try await $0.usage() }
    if options.json { return try StandardOutput.line(usage.line) }
    var table = TextTable(["", "found"])
    for field in usage.fields ?? [] {
      switch field.value {
      case .array, .object, .null: continue
      default:
        table.rows.append([
          Shown.plain(field.name.replacing("_", with: " ")),
          Shown.plain(field.value.text ?? field.value.line),
        ])
      }
    }
    try table.print()
  }
}
