import Curl
import Testing

@testable import XAPI

@Suite struct ReconnectPolicyTests {
  private static func problem(_ type: String = "", issue: String = "", disconnect: String = "")
    -> XProblem
  {
    var problem = XProblem(title: "Title", detail: "detail", type: type)
    problem.connectionIssue = issue
    problem.disconnectType = disconnect
    return problem
  }

  private static func refused(
    _ status: Int, _ problem: XProblem = problem(), _ limit: RateLimit = RateLimit()
  ) -> ReconnectPolicy.Ending {
    .refused(status: status, problem, limit)
  }

  private static let network = ReconnectPolicy.Ending.lost(
    .noConnection(place: "x", reason: "refused"))

  /// The waits behind so many endings of a kind.
  private static func waits(
    _ ending: ReconnectPolicy.Ending, _ count: Int, scale: Double = 1, now: Int64 = 0
  ) -> [ReconnectPolicy.Step] {
    var policy = ReconnectPolicy(scale: scale)
    return (0..<count).map { _ in policy.next(after: ending, now: now, random: 0) }
  }

  private static func connect(_ milliseconds: Int...) -> [ReconnectPolicy.Step] {
    milliseconds.map { .connect(.init(milliseconds: $0)) }
  }

  @Test func `the network is tried at once, then linearly`() {
    #expect(Self.waits(Self.network, 4) == Self.connect(0, 250, 500, 750))
    #expect(Self.waits(Self.network, 100).last == Self.connect(16_000)[0])
    #expect(Self.waits(.closed, 3) == Self.connect(0, 250, 500))
    #expect(
      Self.waits(.disconnected(Self.problem(disconnect: "OperationalDisconnect")), 3)
        == Self.connect(0, 250, 500))
  }

  @Test(arguments: [500, 502, 503, 504, 408])
  func `the server's failures double the wait`(_ status: Int) {
    #expect(
      Self.waits(Self.refused(status), 9)
        == Self.connect(
          5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 320_000, 320_000, 320_000))
  }

  @Test(arguments: [400, 401, 403, 404, 301])
  func `what cannot succeed is not tried again`(_ status: Int) {
    #expect(
      Self.waits(Self.refused(status), 1)
        == [.stop(.refused(status: status, Self.problem()))])
  }

  @Test func `rate limits are waited for as named, else from a minute on`() {
    #expect(Self.waits(Self.refused(429), 3) == Self.connect(60_000, 120_000, 240_000))
    let limit = RateLimit(limit: 50, remaining: 0, reset: 700_000)
    let named = ReconnectPolicy.Step.connect(.init(milliseconds: 699_000, isNamed: true))
    #expect(Self.waits(Self.refused(429, Self.problem(), limit), 1, now: 1_000) == [named])
    // Nothing shortens what the server has named.
    #expect(
      Self.waits(Self.refused(429, Self.problem(), limit), 1, scale: 0, now: 1_000) == [named])
    #expect(
      Self.waits(Self.refused(429), 2, scale: 0.001) == Self.connect(60, 120))
    // A clock that is wrong does not make us wait for ever.
    let far = RateLimit(limit: 50, remaining: 0, reset: 1 << 50)
    #expect(
      Self.waits(Self.refused(429, Self.problem(), far), 1)
        == [.connect(.init(milliseconds: Limits.namedWait, isNamed: true))])
  }

  @Test func `a cap on usage ends it`() {
    let cap = Self.problem("usage-capped")
    #expect(Self.waits(Self.refused(429, cap), 1) == [.stop(.usageCapped(cap))])
    #expect(Self.waits(.disconnected(cap), 1) == [.stop(.usageCapped(cap))])
  }

  @Test func `a ghost is freed once`() {
    let ghost = Self.refused(429, Self.problem(issue: "TooManyConnections"))
    var policy = ReconnectPolicy()
    #expect(
      policy.next(after: ghost, now: 0, random: 0)
        == .freeConnections(.init(milliseconds: 250)))
    #expect(policy.next(after: ghost, now: 0, random: 0) == Self.connect(60_000)[0])
    #expect(policy.next(after: ghost, now: 0, random: 0) == Self.connect(120_000)[0])
    // After a connection that worked, the next ghost is its own.
    policy.progressed()
    #expect(
      policy.next(after: ghost, now: 0, random: 0)
        == .freeConnections(.init(milliseconds: 250)))
  }

  @Test func `who was driven out does not drive out`() {
    var policy = ReconnectPolicy()
    policy.progressed()
    let forced = ReconnectPolicy.Ending.disconnected(Self.problem(disconnect: "ForceDisconnect"))
    #expect(policy.next(after: forced, now: 0, random: 0) == Self.connect(5_000)[0])
    let ghost = Self.refused(429, Self.problem(issue: "TooManyConnections"))
    #expect(policy.next(after: ghost, now: 0, random: 0) == Self.connect(60_000)[0])
  }

  @Test func `not even ghosts are freed without end`() {
    var policy = ReconnectPolicy()
    let ghost = Self.refused(429, Self.problem(issue: "TooManyConnections"))
    var freed = 0
    for _ in 0..<100 {
      policy.progressed()
      if case .freeConnections = policy.next(after: ghost, now: 0, random: 0) { freed += 1 }
    }
    #expect(freed == 20)
    policy.progressed()
    guard case .freeConnections = policy.next(after: ghost, now: 900_000, random: 0) else {
      Issue.record("a new window has begun")
      return
    }
  }

  @Test func `missing rules are seen to`() {
    let missing = Self.refused(409, Self.problem(issue: "RuleConfigurationIssue"))
    let steps = Self.waits(missing, 3)
    #expect(
      steps == [0, 5_000, 10_000].map { .syncRules(.init(milliseconds: $0)) })
    #expect(
      Self.waits(.disconnected(Self.problem(disconnect: "InvalidRules")), 1)
        == [.syncRules(.init(milliseconds: 0))])
  }

  @Test func `progress begins anew`() {
    var policy = ReconnectPolicy()
    for _ in 0..<5 { _ = policy.next(after: Self.network, now: 0, random: 0) }
    for _ in 0..<5 { _ = policy.next(after: Self.refused(503), now: 0, random: 0) }
    policy.progressed()
    #expect(policy.next(after: Self.network, now: 0, random: 0) == Self.connect(0)[0])
    #expect(policy.next(after: Self.refused(503), now: 0, random: 0) == Self.connect(5_000)[0])
    // A server that ends each stream at once is not asked without a pause.
    policy.opened(RateLimit())
    #expect(policy.next(after: .closed, now: 0, random: 0) == Self.connect(250)[0])
  }

  @Test func `the last leave to connect is not spent on a refusal`() {
    var policy = ReconnectPolicy(scale: 0)
    policy.opened(RateLimit(limit: 50, remaining: 0, reset: 90_000))
    policy.progressed()
    #expect(
      policy.next(after: .closed, now: 30_000, random: 0)
        == .connect(.init(milliseconds: 60_000, isNamed: true)))
  }

  @Test func `waits are spread by a tenth`() {
    var policy = ReconnectPolicy()
    guard case .connect(let wait) = policy.next(after: Self.refused(503), now: 0, random: 0.999)
    else {
      Issue.record("no wait")
      return
    }
    #expect((5_400...5_500).contains(wait.milliseconds))
  }
}
