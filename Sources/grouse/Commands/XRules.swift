internal import ArgumentParser
internal import Bytes
internal import Node
internal import Terminal
internal import XAPI

struct XRules: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rules", abstract: "The rules by which X's stream selects posts.",
    discussion: """
      x.rules in grouse.yaml declares them; without it there is one made of the brand's names and \
      accounts. `sync` brings X into step with that.

      Example: grouse x rules sync --dry-run
      """, subcommands: [List.self, Add.self, Delete.self, Sync.self, Counts.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the stream's rules.", discussion: "Example: grouse x rules list")

    @OptionGroup var options: GlobalOptions

    func run() throws {
      let rules = try XSession.run(try options.configuration()) { try await $0.rules() }
      try Rules.show(rules, json: options.json)
      if rules.isEmpty {
        Messages.line("no rules yet; `grouse x rules sync` or `grouse x rules add` makes some")
      }
    }
  }

  struct Add: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Add a rule.",
      discussion: "Example: grouse x rules add '@ASOS lang:en' --tag brand:asos")

    @Argument(help: "The rule.") var value: String
    @Option(help: "What posts that match are marked with.") var tag = ""
    @Flag(help: "Have X check it, and add nothing.") var dryRun = false
    @OptionGroup var options: GlobalOptions

    func run() throws {
      let rule = StreamRule(value, tag: tag)
      try Rules.lint([rule])
      let dryRun = dryRun
      let outcome = try XSession.run(try options.configuration()) {
        try await $0.addRules([rule], dryRun: dryRun)
      }
      try Rules.show(outcome.created, json: options.json)
      try Rules.throwIfRefused(outcome)
      if dryRun { Messages.line("X would take it; nothing was added") }
    }
  }

  struct Delete: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Delete rules by their ids.", discussion: "Example: grouse x rules delete 2051")

    @Argument(help: "The rules' ids.") var ids: [String]
    @OptionGroup var options: GlobalOptions

    func validate() throws {
      guard !ids.isEmpty else { throw ValidationError("name the ids of the rules to delete") }
    }

    func run() throws {
      let ids = ids
      let outcome = try XSession.run(try options.configuration()) {
        try await $0.deleteRules(ids: ids)
      }
      if options.json {
        try StandardOutput.line(JSON.object([.init("deleted", JSON(outcome.deleted))]).line)
      } else {
        Messages.line("deleted \(Shown.number(outcome.deleted)) of \(Shown.number(ids.count))")
      }
      try Rules.throwIfRefused(outcome)
      if outcome.deleted < ids.count { throw ExitCode.failure }
    }
  }

  struct Sync: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Bring X's rules into step with those of the configuration.",
      discussion: """
        Shows the plan (+ add, = keep, - delete), then follows it. Rules at X that are not \
        configured are deleted, if X takes all that are to be added: it checks them first.

        Example: grouse x rules sync --dry-run
        """)

    @Flag(help: "Show the plan, have X check what it would add, and change nothing.")
    var dryRun = false
    @OptionGroup var options: GlobalOptions

    func run() throws {
      let configuration = try options.configuration()
      let wished = configuration.xRules
      guard !wished.isEmpty else {
        throw XError.invalid("no rules: set x.rules, or brand.names and brand.handles")
      }
      try Rules.lint(wished)
      let (json, dryRun) = (options.json, dryRun)
      let outcome = try XSession.run(configuration) { client in
        let plan = RulePlan(wished: wished, present: try await client.rules())
        try Rules.show(plan, json: json)
        if !dryRun { return try await client.follow(plan) }
        return plan.add.isEmpty ? RuleOutcome() : try await client.check(plan)
      }
      if dryRun { Messages.line("nothing was changed") }
      if outcome.isHeldBack { Messages.line("no rule was deleted, as X does not take all of them") }
      try Rules.throwIfRefused(outcome)
    }
  }

  struct Counts: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "How many rules there are and may be, as X counts.",
      discussion: "Example: grouse x rules counts")

    @OptionGroup var options: GlobalOptions

    func run() throws {
      let counts = try XSession.run(try options.configuration()) { try await $0.ruleCounts() }
      let rows = [
        ("rules", counts.rules), ("allowed_of_app", counts.appCap),
        ("allowed_of_project", counts.projectCap),
      ]
      if options.json {
        return try StandardOutput.line(
          JSON.object(rows.map { .init($0.0, $0.1.map { JSON($0) } ?? .null) }).line)
      }
      var table = TextTable(["", "count"], numeric: [false, true])
      table.rows = rows.map {
        [$0.0.replacing("_", with: " "), $0.1.map { Shown.number($0) } ?? "not told"]
      }
      try table.print()
    }
  }
}

/// Rules as they are shown and checked.
enum Rules {
  static func show(_ rules: [StreamRule], json: Bool) throws {
    if json {
      for rule in rules { try StandardOutput.line(line(rule)) }
      return
    }
    guard !rules.isEmpty else { return }
    var table = TextTable(["id", "tag", "rule"])
    table.rows = rules.map { [$0.id ?? "", Shown.plain($0.tag), Shown.plain($0.value)] }
    try table.print()
    try StandardOutput.flush()
  }

  static func show(_ plan: RulePlan, json: Bool) throws {
    let parts = [("+", "add", plan.add), ("=", "keep", plan.keep), ("-", "delete", plan.delete)]
    for (sign, name, rules) in parts {
      for rule in rules {
        let tag = rule.tag.isEmpty ? "" : " => \(rule.tag)"
        try StandardOutput.line(
          json ? line(rule, plan: name) : Shown.plain("\(sign) \(rule.value)\(tag)"))
      }
    }
    try StandardOutput.flush()
  }

  private static func line(_ rule: StreamRule, plan: String? = nil) -> String {
    var fields: [JSON.Field] = plan.map { [.init("plan", .text($0))] } ?? []
    if let id = rule.id { fields.append(.init("id", .text(id))) }
    fields += [.init("value", .text(rule.value)), .init("tag", .text(rule.tag))]
    return JSON.object(fields).line
  }

  /// Says what is wrong with rules before X does. X has the last word on operators, and on length
  /// where a contract allows more.
  static func lint(_ rules: [StreamRule]) throws {
    var isWrong = false
    for rule in rules {
      for fault in RuleLint.faults(of: rule.value) {
        Messages.line("\(rule.value.isEmpty ? "the rule" : rule.value): \(fault)")
        isWrong = true
      }
    }
    if isWrong { throw ExitCode.failure }
  }

  static func throwIfRefused(_ outcome: RuleOutcome) throws {
    for (value, problem) in outcome.refused {
      Messages.line(
        value.isEmpty ? "X says: \(problem)" : "X does not take \(Shown.plain(value)): \(problem)")
    }
    if !outcome.refused.isEmpty { throw ExitCode.failure }
  }
}
