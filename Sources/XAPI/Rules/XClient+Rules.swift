internal import Bytes

/// What the server did with rules.
package struct RuleOutcome: Sendable {
  /// Rules that are there now.
  package var created: [StreamRule] = []
  package var deleted = 0
  /// Rules that it does not take, each with the reason.
  package var refused: [(value: String, problem: XProblem)] = []
  /// Whether rules that were to be deleted stay, or are there again, as others are refused.
  package var isHeldBack = false

  package init() {}
}

/// How many rules there are, and may be.
package struct RuleCounts: Hashable, Sendable {
  package var rules: Int?
  package var appCap: Int?
  package var projectCap: Int?
}

extension XClient {
  private static let rulesPath = ["2", "tweets", "search", "stream", "rules"]

  /// All rules of the stream.
  package func rules() async throws(XError) -> [StreamRule] {
    var rules: [StreamRule] = []
    var token: String?
    repeat {
      let query = token.map { [(name: "pagination_token", value: $0)] } ?? []
      let answer = try await call(XCall("GET", Self.rulesPath, query: query, as: .app))
      rules += (answer["data"]?.elements ?? []).compactMap { StreamRule($0) }
      token = answer["meta"]?["next_token"]?.text
    } while token != nil && rules.count < Limits.pages
    return rules
  }

  /// Adds rules. X answers that all is well also where it takes none of them: look at `refused`.
  package func addRules(
    _ rules: [StreamRule], dryRun: Bool = false
  ) async throws(XError) -> RuleOutcome {
    var outcome = RuleOutcome()
    for start in stride(from: 0, to: rules.count, by: Limits.rulesAtATime) {
      let part = rules[start..<min(start + Limits.rulesAtATime, rules.count)]
      let body: JSON = [
        "add": .array(
          part.map { rule in
            let value = JSON.Field("value", .text(rule.value))
            return .object(
              rule.tag.isEmpty ? [value] : [value, JSON.Field("tag", .text(rule.tag))])
          })
      ]
      let answer = try await change(body, dryRun)
      outcome.created += (answer["data"]?.elements ?? []).compactMap { StreamRule($0) }
      outcome.refused += Self.refused(answer)
    }
    return outcome
  }

  /// Deletes rules by their ids.
  package func deleteRules(
    ids: [String], dryRun: Bool = false
  ) async throws(XError) -> RuleOutcome {
    var outcome = RuleOutcome()
    for start in stride(from: 0, to: ids.count, by: Limits.rulesAtATime) {
      let part = ids[start..<min(start + Limits.rulesAtATime, ids.count)]
      let answer = try await change(
        ["delete": ["ids": .array(part.map { .text($0) })]], dryRun)
      outcome.deleted += answer["meta"]?["summary"]?["deleted"]?.integer ?? 0
      outcome.refused += Self.refused(answer)
    }
    return outcome
  }

  /// How many rules there are and may be, as the server counts: documents are not reliable here.
  package func ruleCounts() async throws(XError) -> RuleCounts {
    let answer = try await call(XCall("GET", Self.rulesPath + ["counts"], as: .app))
    let data = answer["data"] ?? answer
    func number(_ names: String...) -> Int? {
      names.lazy.compactMap { data[$0]?.integer ?? data[$0]?.text.flatMap { Int($0) } }.first
    }
    return RuleCounts(
      rules: number("project_rules_count", "client_app_rules_count", "rule_count", "rules_count")
        ?? data["client_app_rules_count"]?["rule_count"]?.integer,
      appCap: number("cap_per_client_app"), projectCap: number("cap_per_project"))
  }

  private func change(_ body: JSON, _ dryRun: Bool) async throws(XError) -> JSON {
    let query = dryRun ? [(name: "dry_run", value: "true")] : []
    return try await call(XCall("POST", Self.rulesPath, query: query, body: body, as: .app))
  }

  private static func refused(_ answer: JSON) -> [(value: String, problem: XProblem)] {
    (answer["errors"]?.elements ?? []).map {
      (XProblem.shown($0["value"]?.text ?? $0["id"]?.text ?? ""), XProblem($0))
    }
  }
}
