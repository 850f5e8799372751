package import Curl

/// Why a stream is over for good.
package enum StreamFailure: Error, Hashable, CustomStringConvertible {
  /// X refuses to open it, and would again.
  case refused(status: Int, XProblem)
  case usageCapped(XProblem)
  case request(XError)

  package var description: String {
    switch self {
    case .refused(let status, let problem): "\(XError.refused(status: status, problem))"
    case .usageCapped(let problem): "\(XError.usageCapped(problem))"
    case .request(let error): "\(error)"
    }
  }
}

/// What is done when a stream's connection has ended: a state machine without time and network.
///
/// X asks clients to come back at once where a stream that worked breaks off, and then ever slower:
/// linearly where the network fails, doubling where the server does, from a minute on where it says
/// that it is asked too often. What cannot succeed is not tried again.
package struct ReconnectPolicy: Sendable {
  /// How a connection ended.
  package enum Ending: Sendable {
    /// The server ended its answer.
    case closed
    /// The network failed, or nothing came for too long.
    case lost(CurlError)
    /// The server said in the stream that it is over.
    case disconnected(XProblem)
    /// There was no stream.
    case refused(status: Int, XProblem, RateLimit)
  }

  /// What to do next.
  package enum Step: Hashable, Sendable {
    case connect(Wait)
    /// Ask X to let go of connections that it believes to be open, then connect.
    case freeConnections(Wait)
    /// See that there are rules, then connect.
    case syncRules(Wait)
    case stop(StreamFailure)
  }

  /// How long to wait.
  package struct Wait: Hashable, Sendable {
    package var milliseconds: Int
    /// Whether the server has named it: then nothing shortens it.
    package var isNamed = false

    package init(milliseconds: Int, isNamed: Bool = false) {
      self.milliseconds = milliseconds
      self.isNamed = isNamed
    }

    static let none = Wait(milliseconds: 0)
  }

  private let scale: Double
  private var networkFailures = 0
  private var serverFailures = 0
  private var limitings = 0
  private var ruleFailures = 0
  /// Whether the last connection, if any, brought something.
  private var hasProgressed = true
  private var hasFreed = false
  /// When connections were freed, in milliseconds since 1970.
  private var freed: [Int64] = []
  /// What the last opened stream said of further ones.
  private var limit = RateLimit()

  /// X's windows.
  private static let window: Int64 = 15 * 60_000
  /// X lets a client free its connections 25 times a window.
  private static let freedAWindow = 20

  package init(scale: Double = 1) { self.scale = max(scale, 0) }

  /// A stream was opened.
  package mutating func opened(_ limit: RateLimit) { self.limit = limit }

  /// The stream works: it has brought posts, or lives already longer than a keep-alive takes.
  package mutating func progressed() {
    networkFailures = 0
    serverFailures = 0
    limitings = 0
    ruleFailures = 0
    hasProgressed = true
    hasFreed = false
  }

  /// What to do now; `random`, from 0 to below 1, spreads the waits.
  package mutating func next(after ending: Ending, now: Int64, random: Double) -> Step {
    defer { hasProgressed = false }
    var step = step(after: ending, now, random)
    // The headers of the last stream may say that another one will be refused.
    if case .connect(let wait) = step, let named = limit.wait(now: now), named > wait.milliseconds {
      step = .connect(Wait(milliseconds: named + Int(random * 250), isNamed: true))
    }
    limit = RateLimit()
    return step
  }

  private mutating func step(after ending: Ending, _ now: Int64, _ random: Double) -> Step {
    switch ending {
    case .closed, .lost: return .connect(networkWait(random))
    case .disconnected(let problem): return disconnected(problem, now, random)
    case .refused(let status, let problem, let limit):
      return refused(status, problem, limit, now, random)
    }
  }

  private mutating func disconnected(
    _ problem: XProblem, _ now: Int64, _ random: Double
  ) -> Step {
    if problem.isUsageCap { return .stop(.usageCapped(problem)) }
    if problem.connectionIssue == "TooManyConnections" {
      return tooMany(RateLimit(), now, random)
    }
    if isAboutRules(problem) { return .syncRules(ruleWait(random)) }
    switch problem.disconnectType {
    // Somebody has ended it, perhaps to connect in our place: not at once again.
    case "ForceDisconnect", "ClientApplicationStateDegraded": return yield(random)
    default:
      return problem.type == "client-disconnected"
        ? yield(random) : .connect(networkWait(random))
    }
  }

  private mutating func yield(_ random: Double) -> Step {
    hasFreed = true
    return .connect(serverWait(random))
  }

  private mutating func refused(
    _ status: Int, _ problem: XProblem, _ limit: RateLimit, _ now: Int64, _ random: Double
  ) -> Step {
    if problem.isUsageCap { return .stop(.usageCapped(problem)) }
    switch status {
    case 429, 420:
      if problem.connectionIssue == "TooManyConnections" { return tooMany(limit, now, random) }
      return .connect(limitWait(limit, now, random))
    case 409: return .syncRules(ruleWait(random))
    case 408, 425, 500...: return .connect(named(limit, status, now) ?? serverWait(random))
    default:
      return isAboutRules(problem)
        ? .syncRules(ruleWait(random)) : .stop(.refused(status: status, problem))
    }
  }

  private func isAboutRules(_ problem: XProblem) -> Bool {
    ["RuleConfigurationIssue", "RulesInvalidIssue"].contains(problem.connectionIssue)
      || problem.disconnectType == "InvalidRules"
  }

  /// A connection of ours that X still believes in is asked to go once; whoever else may be there
  /// is not driven out again and again.
  private mutating func tooMany(_ limit: RateLimit, _ now: Int64, _ random: Double) -> Step {
    freed.removeAll { now - $0 >= Self.window }
    guard !hasFreed, freed.count < Self.freedAWindow else {
      return .connect(limitWait(limit, now, random))
    }
    hasFreed = true
    freed.append(now)
    return .freeConnections(Wait(milliseconds: scaled(250)))
  }

  private mutating func networkWait(_ random: Double) -> Wait {
    if hasProgressed { return .none }
    networkFailures += 1
    return spread(min(250 * networkFailures, 16_000), random)
  }

  private mutating func serverWait(_ random: Double) -> Wait {
    serverFailures += 1
    return spread(min(5_000 << min(serverFailures - 1, 10), 320_000), random)
  }

  /// At once, as rules that were missing are there then; slower where they do not help.
  private mutating func ruleWait(_ random: Double) -> Wait {
    ruleFailures += 1
    return ruleFailures == 1
      ? .none : spread(min(5_000 << min(ruleFailures - 2, 10), 320_000), random)
  }

  private mutating func limitWait(_ limit: RateLimit, _ now: Int64, _ random: Double) -> Wait {
    limitings += 1
    if let named = limit.wait(now: now) {
      return Wait(milliseconds: named + Int(random * 250), isNamed: true)
    }
    return spread(min(60_000 << min(limitings - 1, 10), Int(Self.window)), random)
  }

  /// What a server that is busy asks for; a rate limit's window is not meant by that.
  private func named(_ limit: RateLimit, _ status: Int, _ now: Int64) -> Wait? {
    guard status == 503, limit.limit == nil else { return nil }
    return limit.wait(now: now).map { Wait(milliseconds: $0, isNamed: true) }
  }

  /// A tenth more at most, so that clients that lost a server together do not return together.
  private func spread(_ milliseconds: Int, _ random: Double) -> Wait {
    Wait(milliseconds: scaled(Double(milliseconds) * (1 + random / 10)))
  }

  private func scaled(_ milliseconds: Double) -> Int { Int(milliseconds * scale) }
}
