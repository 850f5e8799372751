internal import ArgumentParser
internal import Machine
internal import Node
internal import SupportDesk
internal import Terminal
internal import XAPI

struct XCompliance: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compliance",
    abstract: "Ask X which posts and users have to go, and forget them.",
    discussion: """
      Sends the ids of all posts from X that are kept, in tables, labels and the log, or those of \
      users with --users, as a batch compliance job, waits for its end, and forgets what X says is \
      deleted, protected, withheld or suspended. A run that was ended goes on with --job and the \
      number shown; X has one job at a time. More than a million ids are as many jobs, one after \
      the other.

      Example: grouse x compliance --dry-run
      """)

  @Flag(help: "Ask for authors, not for posts.") var users = false
  @Flag(help: "Only show what X says.") var dryRun = false
  @Option(help: "Go on with a job that was begun.") var job: String?
  @OptionGroup var options: GlobalOptions

  func run() throws {
    let configuration = try options.configuration()
    let kept = KeptIDs(
      users ? .users : .posts, in: try DataDirectory(reading: configuration.dataDirectory),
      configuration)
    var tally = Tally()
    var begun = job
    var ids = try kept.next(ComplianceJob.mostIDs, above: 0)
    guard !ids.isEmpty || begun != nil else {
      return Messages.line("there is nothing from X to ask for")
    }
    repeat {
      let isLast = ids.count < ComplianceJob.mostIDs
      let results = try ask(ids, begun, configuration)
      // A job that another run has begun may be of other ids.
      let named = begun == nil ? results.filter { ids.holds($0.id) } : results
      tally.asked += ids.count
      try settle(named, &tally)
      if isLast { break }
      if begun == nil { ids = try kept.next(ComplianceJob.mostIDs, above: ids.last ?? 0) }
      begun = nil
    } while !ids.isEmpty
    if dryRun || tally.doomed == 0 {
      return Messages.line(
        "\(Shown.number(tally.doomed)) of \(Shown.number(tally.asked)) have to go")
    }
    Messages.line(ForgetWork.said(tally.report))
  }

  /// What has come of all jobs.
  private struct Tally {
    var asked = 0
    var doomed = 0
    var report = Forgetter.Report()
  }

  /// What X says of ids, or of those of a job that was begun.
  private func ask(
    _ ids: [UInt64], _ begun: String?, _ configuration: Configuration
  ) throws -> [ComplianceResult] {
    let kind: ComplianceJob.Kind = users ? .users : .posts
    return try XSession.run(
      configuration, saying: "what was begun goes on with --job and its number"
    ) { client in
      if let begun {
        let job = try await client.compliance(begun)
        guard job.kind == kind else {
          throw XError.invalid("job \(begun) is one of \(job.kind.rawValue); see --users")
        }
        return try await client.results(of: job, uploading: ids)
      }
      let job = try await client.beginCompliance(kind)
      Messages.line("job \(job.id) has begun; to go on with it: --job \(job.id)")
      return try await client.results(of: job, uploading: ids)
    }
  }

  /// Shows what has to go, and has it forgotten.
  private func settle(_ named: [ComplianceResult], _ tally: inout Tally) throws {
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
    tally.doomed += doomed.count
    if dryRun || doomed.isEmpty { return }
    let report = try ForgetWork.forget(
      doomed.map { (users ? "user:" : "post:") + $0.id }, options, purpose: "grouse x compliance")
    tally.report.add(report)
  }
}

extension [UInt64] {
  /// Whether an id is among these, which rise.
  fileprivate func holds(_ id: String) -> Bool {
    guard let number = UInt64(id) else { return false }
    var range = indices
    while !range.isEmpty {
      let middle = range.lowerBound + range.count / 2
      if self[middle] == number { return true }
      range = self[middle] < number ? middle + 1..<range.upperBound : range.lowerBound..<middle
    }
    return false
  }
}
