import FakeX
import Machine
import Testing

@testable import XAPI

/// Rules are brought into step, and no good one is lost on the way.
@Suite struct RulePlanTests {
  private func stage(
    _ present: [StreamRule], _ change: (inout Settings) -> Void = { _ in }
  ) throws -> StreamStage {
    let stage = try StreamStage(rule: false, change)
    for rule in present { #expect(stage.x.addRule(rule.value, tag: rule.tag)) }
    return stage
  }

  private func follow(_ wished: [StreamRule], _ stage: StreamStage) async throws -> RuleOutcome {
    try await stage.client.follow(
      RulePlan(wished: wished, present: try await stage.client.rules()))
  }

  private func rules(_ stage: StreamStage) async throws -> Set<[String]> {
    Set(try await stage.client.rules().map(\.key))
  }

  private func keys(_ rules: [StreamRule]) -> Set<[String]> { Set(rules.map(\.key)) }

  private static let old = [StreamRule("asos", tag: "t"), StreamRule("late", tag: "t")]

  @Test func `nothing is deleted where a rule is refused`() async throws {
    let stage = try stage(Self.old)
    let before = try await stage.client.rules()
    let outcome = try await follow([StreamRule("new"), StreamRule("-only")], stage)
    #expect(outcome.refused.map(\.value) == ["-only"])
    #expect(outcome.isHeldBack && outcome.deleted == 0 && outcome.created.isEmpty)
    // The very same ones: nothing was deleted and added again.
    #expect(try await stage.client.rules() == before)
  }

  @Test func `what X takes replaces what is there`() async throws {
    let stage = try stage(Self.old)
    let wished = [StreamRule("late", tag: "t"), StreamRule("new", tag: "u")]
    let outcome = try await follow(wished, stage)
    #expect(outcome.refused.isEmpty && !outcome.isHeldBack)
    #expect(outcome.deleted == 1 && outcome.created.map(\.value) == ["new"])
    #expect(try await rules(stage) == keys(wished))
    // It was there before the other one went.
    let changes = stage.x.status.requests.filter { $0.hasPrefix("POST") }
    #expect(changes.count == 3)
  }

  @Test func `another tag is another rule, and no duplicate`() async throws {
    let stage = try stage(Self.old)
    let wished = [StreamRule("asos", tag: "u"), StreamRule("late", tag: "u"), StreamRule("new")]
    let plan = RulePlan(wished: wished, present: try await stage.client.rules())
    #expect(try await stage.client.check(plan).refused.isEmpty)
    let outcome = try await stage.client.follow(plan)
    #expect(outcome.refused.isEmpty && outcome.deleted == 2 && outcome.created.count == 3)
    #expect(try await rules(stage) == keys(wished))
  }

  @Test func `a duplicate of what stays is refused`() async throws {
    let stage = try stage(Self.old)
    let outcome = try await follow(
      [StreamRule("asos", tag: "t"), StreamRule("asos", tag: "u")], stage)
    #expect(outcome.refused.count == 1 && outcome.isHeldBack)
    #expect(try await rules(stage) == keys(Self.old))
  }

  @Test func `a cap that is reached leaves room for what takes the place of others`() async throws {
    let stage = try stage(Self.old) { $0.caps.rules = 2 }
    let wished = [StreamRule("new"), StreamRule("newer")]
    let outcome = try await follow(wished, stage)
    #expect(outcome.refused.isEmpty && outcome.deleted == 2)
    #expect(try await rules(stage) == keys(wished))
  }

  @Test func `a cap that there is no room under changes nothing`() async throws {
    let stage = try stage(Self.old) { $0.caps.rules = 2 }
    let outcome = try await follow(
      [StreamRule("asos", tag: "t"), StreamRule("new"), StreamRule("newer")], stage)
    #expect(outcome.refused.count == 1)
    #expect(outcome.refused.first?.problem.detail.contains("3 rules") == true)
    #expect(outcome.isHeldBack)
    #expect(try await rules(stage) == keys(Self.old))
  }

  @Test func `what was deleted for another that is refused after all comes back`() async throws {
    let stage = try stage(Self.old) { $0.caps.rules = 2 }
    let plan = RulePlan(
      wished: [StreamRule("new"), StreamRule("newer")], present: try await stage.client.rules())
    // The check, the counts and the deletion pass; then somebody else takes the room.
    let text = #"{"meta":{"summary":{"created":0}},"errors":[{"value":"new","title":"Odd"}]}"#
    let transport = Meddler(stage.client.transport) { number in
      number == 2 ? HTTPAnswer.json(text) : nil
    }
    let client = XClient(
      transport, stage.client.authorizer.credentials, stage.client.settings)
    let outcome = try await client.follow(plan)
    #expect(outcome.refused.map(\.problem.title) == ["Odd"])
    #expect(outcome.isHeldBack && outcome.deleted == 0)
    #expect(try await rules(stage) == keys(Self.old))
  }

  @Test func `what was deleted comes back where the rest cannot be sent`() async throws {
    let stage = try stage(Self.old) { $0.caps.rules = 2 }
    let plan = RulePlan(
      wished: [StreamRule("new"), StreamRule("newer")], present: try await stage.client.rules())
    let transport = Meddler(stage.client.transport) { number in
      number == 2 ? HTTPAnswer.failing : nil
    }
    let client = XClient(
      transport, stage.client.authorizer.credentials, stage.client.settings)
    await #expect(throws: XError.self) { try await client.follow(plan) }
    #expect(try await rules(stage) == keys(Self.old))
  }

  @Test func `many rules are exchanged under a tight cap`() async throws {
    let old = (0..<120).map { StreamRule("old\($0)", tag: "t") }
    let stage = try stage(old) { $0.caps.rules = 150 }
    let wished = (0..<140).map { StreamRule("new\($0)", tag: "t") } + old.prefix(5)
    let outcome = try await follow(wished, stage)
    #expect(outcome.refused.isEmpty && outcome.created.count == 140)
    #expect(try await rules(stage) == keys(wished))
  }

  @Test func `where nothing has to go, what X takes is added`() async throws {
    let stage = try stage(Self.old)
    let outcome = try await follow(Self.old + [StreamRule("new"), StreamRule("-only")], stage)
    #expect(outcome.refused.map(\.value) == ["-only"] && !outcome.isHeldBack)
    #expect(try await rules(stage) == keys(Self.old + [StreamRule("new")]))
  }

  @Test func `a stream deletes no rules, whatever it wishes for`() async throws {
    let stage = try stage(Self.old)
    stage.x.refuse(
      Refusal(
        .answer(
          status: 409, type: "application/json",
          text: #"{"title":"ConnectionException","connection_issue":"RulesInvalidIssue"}"#),
        path: "/2/tweets/search/stream"))
    try await stage.run {
      $0.rules = [StreamRule("new")]
    } _: { _ in
    }
    #expect(try await rules(stage) == keys(Self.old))
    #expect(!stage.x.status.requests.contains { $0.hasPrefix("POST") })
  }
}
