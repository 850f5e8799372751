/// What X says of the rules that a plan adds, before anything is changed.
private struct RuleCheck {
  /// Rules that X takes as things are.
  var ready: [StreamRule] = []
  /// Rules that X may take when others are gone: the same one with another tag, or what a cap
  /// leaves no room for.
  var later: [StreamRule] = []
  var refused: [(value: String, problem: XProblem)] = []
}

extension XClient {
  /// Has X check what a plan would add, and changes nothing: `refused` is what would keep it from
  /// being followed.
  package func check(_ plan: RulePlan) async throws(XError) -> RuleOutcome {
    var outcome = RuleOutcome()
    outcome.refused = try await ruleCheck(plan).refused
    return outcome
  }

  /// Brings the server's rules into step. Where some have to go, X first checks those that are to
  /// come, and nothing is changed unless it takes them all. Those that there is room for are added
  /// before any is deleted; where one of the rest is refused all the same, what was deleted comes
  /// back. Where none has to go, what X takes is added, whatever it refuses.
  package func follow(_ plan: RulePlan) async throws(XError) -> RuleOutcome {
    guard !plan.delete.isEmpty else {
      return plan.add.isEmpty ? RuleOutcome() : try await addRules(plan.add)
    }
    var outcome = RuleOutcome()
    var check = try await ruleCheck(plan)
    outcome.refused = check.refused
    if outcome.refused.isEmpty, !check.ready.isEmpty {
      let added = try await addRules(check.ready)
      outcome.created = added.created
      // What was checked in parts may not fit as a whole before others are gone.
      let crowded = added.refused.filter { $0.problem.isRuleCap }.map(\.value)
      check.later += check.ready.filter { crowded.contains(XProblem.shown($0.value)) }
      outcome.refused = added.refused.filter { !$0.problem.isRuleCap }
    }
    guard outcome.refused.isEmpty else {
      outcome.isHeldBack = true
      return outcome
    }
    let deleted = try await deleteRules(ids: plan.delete.compactMap(\.id))
    outcome.deleted = deleted.deleted
    outcome.refused = deleted.refused
    guard !check.later.isEmpty else { return outcome }
    let added: RuleOutcome
    do throws(XError) { added = try await addRules(check.later) } catch {
      try? await restore(plan, withdrawing: check.later)
      throw error
    }
    guard added.refused.isEmpty else {
      outcome.refused += added.refused
      outcome.deleted = 0
      outcome.isHeldBack = true
      try await restore(plan, withdrawing: check.later)
      return outcome
    }
    outcome.created += added.created
    return outcome
  }

  /// Brings back what a plan deletes, after what was to take its place.
  private func restore(
    _ plan: RulePlan, withdrawing added: [StreamRule]
  ) async throws(XError) {
    let keys = Set(added.map(\.key))
    let unwanted = try await rules().filter { keys.contains($0.key) }.compactMap(\.id)
    if !unwanted.isEmpty { _ = try await deleteRules(ids: unwanted) }
    _ = try await addRules(plan.delete)
  }

  private func ruleCheck(_ plan: RulePlan) async throws(XError) -> RuleCheck {
    var check = RuleCheck()
    let leaving = Set(plan.delete.map { Self.plain($0.value) })
    for start in stride(from: 0, to: plan.add.count, by: Limits.rulesAtATime) {
      let part = plan.add[start..<min(start + Limits.rulesAtATime, plan.add.count)]
      let errors = try await addRules(Array(part), dryRun: true).refused
      var problems = Dictionary(
        errors.map { (Self.plain($0.value), $0.problem) }, uniquingKeysWith: { first, _ in first })
      for rule in part {
        let name = Self.plain(XProblem.shown(rule.value))
        switch problems.removeValue(forKey: name) {
        case nil: check.ready.append(rule)
        case let problem? where problem.isRuleCap: check.later.append(rule)
        case let problem? where problem.isDuplicateRule && leaving.contains(Self.plain(rule.value)):
          check.later.append(rule)
        case let problem?: check.refused.append((rule.value, problem))
        }
      }
      // What is said of no single rule is said of all of them.
      for (name, problem) in problems.sorted(by: { $0.key < $1.key }) {
        guard problem.isRuleCap else {
          check.refused.append((name, problem))
          continue
        }
        check.later += check.ready.filter { part.contains($0) }
        check.ready.removeAll { part.contains($0) }
      }
    }
    if check.refused.isEmpty, !check.later.isEmpty {
      check.refused = try await excess(of: plan).map { [("", $0)] } ?? []
    }
    return check
  }

  /// What X would say of the number of rules, once a plan is followed; nil: there is room.
  private func excess(of plan: RulePlan) async throws(XError) -> XProblem? {
    let counts = try await ruleCounts()
    let change = plan.add.count - plan.delete.count
    guard let rules = counts.rules, change > 0,
      let cap = [counts.appCap, counts.projectCap].compactMap({ $0 }).min(), rules + change > cap
    else { return nil }
    return XProblem(
      title: "RulesCapExceeded",
      detail: "there would be \(rules + change) rules, and X allows \(cap)", type: "rule-cap")
  }

  /// A rule's text as X compares it: space between words does not count.
  private static func plain(_ value: String) -> String { StreamRule(value).key[0] }
}
