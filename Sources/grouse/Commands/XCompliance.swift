internal import ArgumentParser
internal import Machine
internal import Node
internal import SupportDesk
internal import Tables
internal import Terminal
internal import XAPI

struct XCompliance: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compliance",
    abstract: "Ask X which posts and users have to go, and forget them.",
    discussion: """
      Sends the ids of all posts from X in the tables, or of their authors with --users, as a batch \
      compliance job, waits for its end, and forgets what X says is deleted, protected, withheld or \
      suspended. A wait that was ended goes on with --job and the number shown; X has one job at a \
      time.

      Example: grouse x compliance --dry-run
      """)

  @Flag(help: "Ask for authors, not for posts.") var users = false
  @Flag(help: "Only show what X says.") var dryRun = false
  @Option(help: "Go on with a job that was begun.") var job: String?
  @OptionGroup var options: GlobalOptions

  func run() throws {
    let configuration = try options.configuration()
    let ids = try Self.ids(configuration, users: users)
    guard !ids.isEmpty else { return Messages.line("there is nothing from X to ask for") }
    let kind: ComplianceJob.Kind = users ? .users : .posts
    let begun = job
    let results = try XSession.run(
      configuration, saying: "what was begun goes on with the same command, or the next run"
    ) { client in
      if let begun {
        let job = try await client.compliance(begun)
        guard job.kind == kind else {
          throw XError.invalid("job \(begun) is one of \(job.kind.rawValue); see --users")
        }
        return try await client.results(of: job)
      }
      let job = try await client.beginCompliance(kind)
      Messages.line("job \(job.id) has begun; to go on with it: --job \(job.id)")
      try await client.upload(ids, for: job)
      return try await client.results(of: job)
    }
    let known = Set(ids)
    let named = results.filter { known.contains($0.id) }
    let doomed = named.filter { $0.action == "delete" && $0.reason != "scrub_geo" }
    let others = Dictionary(grouping: named.filter { !doomed.contains($0) }) {
      "\($0.action) \($0.reason)"
    }
    for (words, some) in others.sorted(by: { $0.key < $1.key }) {
      Messages.line("\(Shown.number(some.count)) are kept, of which X says: \(words)")
    }
    for result in doomed where options.json || dryRun {
      var line = JSONLine()
      line.add("id", result.id)
      line.add("action", result.action)
      line.add("reason", result.reason)
      try StandardOutput.line(line.text)
    }
    if dryRun || doomed.isEmpty {
      return Messages.line("\(Shown.number(doomed.count)) of \(Shown.number(ids.count)) have to go")
    }
    let report = try ForgetWork.forget(
      doomed.map { (users ? "user:" : "post:") + $0.id }, options, purpose: "grouse x compliance")
    Messages.line(
      "forgot \(Shown.number(report.posts)) posts: \(Shown.number(report.rows)) rows, "
        + "\(Shown.number(report.records)) records of the log")
  }

  /// The ids that are numbers, as X's are.
  private static func ids(_ configuration: Configuration, users: Bool) throws -> [String] {
    let directory = try DataDirectory(reading: configuration.dataDirectory)
    guard let tables = try directory.readTables() else { return [] }
    let store = EmbeddedTableStore(tables)
    let all = try store.prepare("SELECT \(users ? "author_id" : "id") FROM grouse.posts")
    var ids: Set<String> = []
    var page: PagingState?
    repeat {
      let found = try store.execute(all, BoundValues(), from: page)
      for row in found.rows {
        guard let bytes = row[0], (1...19).contains(bytes.count),
          bytes.allSatisfy({ (0x30...0x39).contains($0) })
        else { continue }
        ids.insert(String(decoding: bytes, as: UTF8.self))
      }
      page = found.next
    } while page != nil
    return ids.sorted()
  }
}
