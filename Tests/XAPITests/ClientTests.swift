import Bytes
import Curl
import FakeX
import Machine
import Synchronization
import TestSupport
import Testing

@testable import XAPI

/// Requests to the local X.
@Suite struct ClientTests {
  private let folder = TemporaryDirectory()

  /// Keys of OAuth 1.0a that the local X knows.
  private static func keys() throws -> XCredentials {
    let known = Credentials()
    var credentials = XCredentials()
    credentials.consumer = .init(
      key: try #require(Secret(known.consumerKey)),
      secret: try #require(Secret(known.consumerSecret)))
    credentials.access = .init(
      key: try #require(Secret(known.accessToken)),
      secret: try #require(Secret(known.accessSecret)))
    return credentials
  }

  private static let author =
    #""includes":{"users":[{"id":"5","name":"A","username":"author"},"#
    + #"{"id":"90210009","name":"Desk","username":"GrouseDesk"}]}"#

  private static func mention(_ number: Int, of name: String = "GrouseDesk") -> (UInt64, String) {
    let id = StreamStage.post(number).id
    return (
      id,
      #"{"data":{"id":"\#(id)","text":"@\#(name) late \#(number)","author_id":"5","#
        + #""entities":{"mentions":[{"start":0,"end":10,"username":"\#(name)","#
        + #""id":"90210009"}]},"edit_history_tweet_ids":["\#(id)"]},\#(author)}"#
    )
  }

  @Test func `pages are read as they are asked for`() async throws {
    let stage = try StreamStage()
    let posts = (0..<250).map { StreamStage.post($0) }
    stage.x.deliver(posts.map(\.line))
    var found: [UInt64] = []
    for try await page in stage.client.pages(.recent("asos")) {
      found += page.lines().compactMap(\.id)
    }
    #expect(found == posts.map(\.id).reversed())
    #expect(stage.x.status.requests.count == 3)
    #expect(stage.client.ledger.all.map(\.entry.count) == [250])
    #expect(abs(stage.client.ledger.dollars - 1.25) < 1e-9)
    for try await _ in stage.client.pages(.archive("asos", pageSize: 10)) { break }
    #expect(stage.x.status.requests.count == 4)
  }

  @Test func `what searches find looks as the stream sends it`() async throws {
    let stage = try StreamStage()
    let post = Self.mention(1)
    stage.x.deliver(post.1)
    let pages = try await stage.client.posts(ids: ["\(post.0)", "123"])
    let line = try #require(pages.first?.lines(tag: "t", ruleID: "7").first)
    let json = try JSON(parsing: line.line)
    #expect(json["data"]?["author_id"] == "5")
    #expect(json["includes"]?["users"]?.elements?.contains { $0["username"] == "author" } == true)
    #expect(json["matching_rules"]?.line == #"[{"id":"7","tag":"t"}]"#)
    #expect(pages.first?.problems.count == 1)
  }

  @Test(arguments: [XClient.Settings.FieldSpelling.tweet, .post])
  func `both spellings are understood`(_ spelling: XClient.Settings.FieldSpelling) async throws {
    let stage = try StreamStage()
    stage.x.deliver(Self.mention(1, of: "asos").1)
    var settings = stage.client.settings
    settings.fieldSpelling = spelling
    var credentials = XCredentials()
    credentials.bearer = Secret("fake-bearer")
    let client = XClient(
      XNetwork(try #require(HTTPSession()), url: stage.x.address), credentials, settings)
    var pages = client.pages(.recent("asos")).makeAsyncIterator()
    let page = try #require(try await pages.next())
    let post = try #require(page.posts.first)
    #expect(post["author_id"] == "5")
    let name = spelling == .tweet ? "edit_history_tweet_ids" : "edit_history_post_ids"
    #expect(post[name] != nil)
  }

  @Test func `a signed client is known`() async throws {
    let stage = try StreamStage(credentials: try Self.keys())
    let me = try await stage.client.whoAmI()
    #expect(me["username"] == "GrouseDesk")
    let post = Self.mention(1)
    stage.x.deliver(post.1)
    var found: [UInt64] = []
    for try await page in stage.client.pages(.mentions(of: "90210009")) {
      found += page.lines().compactMap(\.id)
    }
    #expect(found == [post.0])
    // The app's own token is had with the same keys.
    #expect(try await stage.client.usage().fields?.isEmpty == false)
    #expect(stage.x.status.requests.contains("POST /oauth2/token"))
  }

  @Test func `wrong keys are refused, and not shown`() async throws {
    var credentials = try Self.keys()
    credentials.access?.secret = try #require(Secret("wrong-secret-word"))
    let stage = try StreamStage(credentials: credentials)
    let error = await #expect(throws: XError.self) { try await stage.client.whoAmI() }
    guard case .refused(401, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(!"\(String(describing: error))".contains("wrong-secret"))
  }

  @Test func `rate limits are waited for until the moment that X names`() async throws {
    let waits = Mutex<[XWait]>([])
    let standing = StandingClock()
    let stage = try StreamStage(clock: standing.clock) { settings in
      settings.rateLimits = ["GET /2/tweets/search/stream/rules": 2]
      settings.rateWindow = 2_000_000
    }
    let client = XClient(
      stage.client.transport, stage.client.authorizer.credentials, stage.client.settings,
      clock: standing.clock,
      waiting: { wait in
        waits.withLock { $0.append(wait) }
        standing.advance(milliseconds: wait.milliseconds)
      })
    for _ in 0..<2 { _ = try await client.rules() }
    #expect(waits.withLock { $0.isEmpty })
    _ = try await client.rules()
    let seen = waits.withLock { $0 }
    #expect(seen.count == 1)
    #expect(seen.first?.isNamed == true)
    // Waited for before it was asked, so that nothing was refused.
    #expect(stage.x.status.requests.count == 3)
  }

  /// Refusals that name no end of the limit, more of them than are waited out, or fewer.
  @Test(arguments: [5, 1_000])
  func `a limit without an end is waited for ever longer, and not for ever`(
    _ refusals: Int
  ) async throws {
    let waits = Mutex<[XWait]>([])
    let stage = try StreamStage()
    var settings = stage.client.settings
    settings.backoffScale = 0.000_1
    let client = XClient(
      stage.client.transport, stage.client.authorizer.credentials, settings, random: { 0 },
      waiting: { wait in waits.withLock { $0.append(wait) } })
    stage.x.refuse(Refusal(.tooManyRequests, times: refusals))
    if refusals > 5 {
      let error = await #expect(throws: XError.self) { try await client.rules() }
      guard case .refused(429, _) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
    } else {
      #expect(try await client.rules().count == 1)
    }
    #expect(stage.x.status.requests.count == 6)
    let seen = waits.withLock { $0 }
    // From a minute on, as often as it is refused, and doubled each time.
    let scaled = [1, 2, 4, 8, 16].map { Int(Double($0) * 60_000 * settings.backoffScale) }
    #expect(seen.map(\.milliseconds) == scaled && scaled[0] > 0)
    #expect(seen.allSatisfy { !$0.isNamed })
  }

  @Test func `what is read twice in a day is counted once, as X does`() async throws {
    let standing = StandingClock()
    let stage = try StreamStage(credentials: try Self.keys(), clock: standing.clock)
    let posts = (0..<12).map { StreamStage.post($0) } + [Self.mention(12)]
    stage.x.deliver(posts.map { $0.1 })
    let ids = posts.map { "\($0.0)" }
    func read() async throws {
      for _ in 0..<2 {
        for try await _ in stage.client.pages(.recent("asos", pageSize: 10)) {}
        for try await _ in stage.client.pages(.mentions(of: "90210009")) {}
        _ = try await stage.client.posts(ids: ids + ["123"] + ids)
        _ = try await stage.client.users(named: ["author", "@GrouseDesk", "nobody"])
        _ = try await stage.client.whoAmI()
      }
    }
    let spent = { (stage.client.ledger.dollars * 1_000).rounded() }
    try await read()
    #expect(spent() == Double(stage.x.status.spent) && spent() == 12 * 5 + 1 + 20)
    #expect(stage.client.ledger.all.map(\.entry.count) == [13, 2])
    // The next day it is counted anew.
    standing.advance(milliseconds: 86_400_000)
    try await read()
    #expect(spent() == Double(stage.x.status.spent))
    #expect(stage.client.ledger.all.map(\.entry.count) == [26, 4])
  }

  @Test func `an estimate is no less than what whole pages cost`() async throws {
    let stage = try StreamStage(credentials: try Self.keys())
    let client = stage.client
    let posts = (0..<25).map { Self.mention($0) }
    stage.x.deliver(posts.map { $0.1 })
    for (limit, read) in [(1, 5), (5, 5), (6, 6), (25, 25)] {
      let query = PostQuery.mentions(of: "90210009", pageSize: limit)
      let estimate = client.estimate(query, limit: limit)
      #expect(estimate.requests == 1 && estimate.posts == read)
      #expect(abs(estimate.dollars - Double(read) * 0.001) < 1e-9)
      var pages = client.pages(query).makeAsyncIterator()
      #expect(try await pages.next()?.posts.count == read)
    }
    let mentions = client.estimate(.mentions(of: "1", pageSize: 5_000), limit: 5_000)
    #expect(mentions.requests == 50 && abs(mentions.dollars - 5) < 1e-9)
    let others = client.estimate(.mentions(of: "1", isOwn: false), limit: 101)
    #expect(others.posts == 200 && abs(others.dollars - 1) < 1e-9)
    #expect(client.estimate(.archive("a", pageSize: 501), limit: 501).posts == 1_000)
    #expect(client.estimate(.recent("a"), limit: .max).requests == Limits.pages)
  }

  @Test func `rules are added, refused one by one, and deleted`() async throws {
    let stage = try StreamStage(rule: false)
    let outcome = try await stage.client.addRules([
      StreamRule("asos", tag: "t"), StreamRule("-only"), StreamRule("@late"),
    ])
    #expect(outcome.created.map(\.value) == ["asos", "@late"])
    #expect(outcome.refused.map(\.value) == ["-only"])
    #expect(outcome.refused.first?.problem.messages.isEmpty == false)
    let again = try await stage.client.addRules([StreamRule("asos")])
    #expect(again.created.isEmpty)
    #expect(again.refused.first?.problem.title == "DuplicateRule")
    let dry = try await stage.client.addRules([StreamRule("new")], dryRun: true)
    #expect(dry.refused.isEmpty)
    let rules = try await stage.client.rules()
    #expect(rules.map(\.value) == ["asos", "@late"])
    let plan = RulePlan(wished: [StreamRule("asos", tag: "u")], present: rules)
    let followed = try await stage.client.follow(plan)
    #expect(followed.deleted == 2)
    #expect(try await stage.client.rules().map(\.tag) == ["u"])
    let counts = try await stage.client.ruleCounts()
    #expect(counts.appCap == 1_000)
  }

  private func intents() -> PostIntentFiles { PostIntentFiles(folder("posts")) }

  @Test func `an answer is sent once`() async throws {
    let stage = try StreamStage(credentials: try Self.keys())
    let post = Self.mention(1)
    stage.x.deliver(post.1)
    let draft = Draft("@author sorry", replyTo: "\(post.0)")
    let first = try await stage.client.post(draft, intents())
    guard case .sent(let id) = first else {
      Issue.record("\(first)")
      return
    }
    #expect(stage.x.status.written == [id])
    #expect(try await stage.client.post(draft, intents()) == .wasSent(id: id))
    #expect(stage.x.status.written == [id])
    #expect(try await stage.client.deletePost(id))
  }

  @Test(arguments: [true, false])
  func `an answer whose receipt was lost is not sent again`(_ isReply: Bool) async throws {
    let stage = try StreamStage(credentials: try Self.keys())
    let post = Self.mention(1)
    stage.x.deliver(post.1)
    let draft = Draft("@author sorry & so on", replyTo: isReply ? "\(post.0)" : nil)
    stage.x.refuse(Refusal(.lostAnswer, path: "/2/tweets", method: "POST"))
    let lost = try await stage.client.post(draft, intents())
    guard case .unsettled = lost else {
      Issue.record("\(lost)")
      return
    }
    #expect(stage.x.status.written.count == 1)
    // Another process, that knows only what is on the disk.
    let found = try await stage.client.post(draft, PostIntentFiles(folder("posts")))
    #expect(found == .wasSent(id: stage.x.status.written[0]))
    #expect(stage.x.status.written.count == 1)
  }

  @Test func `an answer to who has not called is refused`() async throws {
    let stage = try StreamStage(credentials: try Self.keys())
    let post = StreamStage.post(1)
    stage.x.deliver(post.line)
    let draft = Draft("sorry", replyTo: "\(post.id)")
    await #expect(throws: PostRefusal.notSummoned("\(post.id)")) {
      try await stage.client.post(draft, intents())
    }
    // X says the same where nobody has looked.
    await #expect(throws: XError.self) {
      try await stage.client.post(draft, intents(), isChecked: false)
    }
    #expect(stage.x.status.written.isEmpty)
    let key = PostIntent.key(of: draft, named: nil)
    #expect(try intents().find(key)?.state == .refused(status: 403))
  }
}
