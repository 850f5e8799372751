import Curl
import FakeX
import Foundation
import Machine
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The program against a local X.
@Suite struct `Posts from X` {
  private let stage = Stage()
  private let x: FakeX
  private let environment: [String: String]

  init() throws {
    var settings = Settings()
    settings.stream.keepAlive = 50
    settings.rateLimits = [
      "GET /2/tweets/search/recent": 1_000_000, "GET /2/tweets/search/stream": 1_000_000,
    ]
    x = FakeX(settings)
    environment = [
      "GROUSE_X_BASE_URL": try x.start(), "GROUSE_X_BEARER_TOKEN": settings.bearer,
      "GROUSE_X_BACKOFF_SCALE": "0.001",
    ]
  }

  private static func post(_ number: Int) -> (id: UInt64, line: String) {
    let now = UInt64(Clock.system.milliseconds - 1_288_834_974_657)
    let id = now << 22 + UInt64(number)
    return (id, Stage.post(Int(id), "asos number \(number)").replacing("\n", with: ""))
  }

  /// The ids in the topic, in order.
  private func kept() throws -> [UInt64] {
    try stage.works("consume", "posts").objects().compactMap { object in
      ((object["data"] as? [String: Any])?["id"] as? String).flatMap { UInt64($0) }
    }
  }

  private func wait(
    _ program: RunningProgram, until isSo: @escaping (Status) -> Bool
  ) throws {
    try program.wait { x.wait(milliseconds: 100, until: isSo) != nil }
  }

  @Test func `killed again and again, it keeps every post once`() throws {
    var random = Seed.random()
    x.addRule("asos", tag: "brand:asos")
    let faults: [Fault] = Fault.quick + [.stall]
    var environment = environment
    environment["GROUSE_X_KEEPALIVE_TIMEOUT_MS"] = "400"
    var wanted: [UInt64] = []
    func deliver(_ count: Int) {
      for _ in 0..<count {
        let post = Self.post(wanted.count)
        wanted.append(post.id)
        x.deliver(post.line)
      }
    }
    for round in 0..<8 {
      let opened = x.status.openedStreams
      let program = try stage.start("collect", "--x", environment: environment)
      // A later one may have been killed before: it finds what it missed.
      try wait(program) { $0.openedStreams > opened }
      deliver(Int.random(in: 1..<200, using: &random))
      if round % 2 == 1 { x.inject(faults.randomElement(using: &random) ?? .reset) }
      deliver(Int.random(in: 1..<200, using: &random))
      let sent = x.status.sent
      if Bool.random(using: &random) { x.wait(milliseconds: 300) { $0.sent > sent } }
      program.send(SIGKILL)
      _ = program.wait()
      deliver(Int.random(in: 1..<50, using: &random))
    }
    let program = try stage.start("collect", "--x", environment: environment)
    #expect(program.waitForError("posts of the gap were found"))
    program.send(SIGTERM)
    let outcome = program.wait()
    #expect(outcome.code == 0, "\(outcome.errors)")
    let ids = try kept()
    #expect(ids.count == wanted.count)
    #expect(Set(ids) == Set(wanted))
    try stage.works("check", "log")
  }

  /// GROUSE_TEST_POSTS=200000 is what it was made for.
  @Test func `a run through faults and kills has each post once, and a row for it`() throws {
    let asked = ProcessInfo.processInfo.environment["GROUSE_TEST_POSTS"].flatMap(Int.init)
    let (total, kills) = (asked ?? 20_000, 20)
    var random = Seed.random()
    x.addRule("asos", tag: "brand:asos")
    x.fail(every: 1_000, seed: Seed.value)
    try stage.train()
    var wanted: [UInt64] = []
    func deliver(_ count: Int) {
      let posts = (0..<count).map { Self.post(wanted.count + $0) }
      wanted += posts.map(\.id)
      x.deliver(posts.map(\.line))
    }
    let most = total / kills
    for _ in 0..<kills {
      let opened = x.status.openedStreams
      let program = try stage.start("run", "--x", environment: environment)
      try wait(program) { $0.openedStreams > opened }
      var left = Int.random(in: most / 2...most, using: &random)
      while left > 0 {
        let some = min(left, Int.random(in: 1...1_000, using: &random))
        deliver(some)
        left -= some
        // A stream that is just broken gets none of them: they are searched for.
        try wait(program) { $0.openStreams > 0 }
      }
      program.send(SIGKILL)
      _ = program.wait()
      deliver(Int.random(in: 1...20, using: &random))
    }
    x.fail(every: 0, seed: 0)
    deliver(max(total - wanted.count, 1))
    let last = try stage.start("run", "--x", environment: environment)
    #expect(last.waitForError("posts of the gap were found"))
    last.send(SIGTERM)
    let outcome = last.wait()
    #expect(outcome.code == 0, "\(outcome.errors)")
    try stage.works("work", "--exit")
    let ids = try kept()
    #expect(ids.count == wanted.count && wanted.count >= total)
    #expect(Set(ids) == Set(wanted))
    let rows = try stage.works("cql", "-e", "SELECT id FROM grouse.posts", "--json").objects()
      .compactMap { ($0["id"] as? String).flatMap { UInt64($0) } }
    #expect(rows.count == wanted.count && Set(rows) == Set(wanted))
    try stage.works("check")
  }

  @Test func `ended, it keeps what has come, and says nothing that is secret`() throws {
    let program = try stage.start("collect", "--x", environment: environment)
    // There were no rules: it has made one of the brand.
    #expect(program.waitForError("added 1 rule"))
    try wait(program) { $0.openStreams == 1 }
    let posts = (0..<20).map { Self.post($0) }
    x.deliver(posts.map(\.line))
    try wait(program) { $0.sent == 20 }
    // It is in the topic while the program still runs, and nothing is lost or added by its end.
    try program.wait { try kept().count == 20 }
    x.inject(.stall)
    program.send(SIGTERM)
    let outcome = program.wait()
    #expect(outcome.code == 0)
    #expect(!outcome.errors.contains("fake-bearer"))
    #expect(outcome.errors.contains("collected 20 records"))
    #expect(try kept() == posts.map(\.id))
    let doctor = try stage.works("doctor", environment: environment)
    #expect(doctor.text.contains("x.bearer-token"))
    #expect(!doctor.text.contains("fake-bearer"))
    let json = try stage.works("doctor", "--json", environment: environment)
    #expect(!json.text.contains("fake-bearer"))
  }

  @Test func `broken lines go to the dead letters`() throws {
    x.addRule("asos")
    let program = try stage.start("collect", "--x", environment: environment)
    try wait(program) { $0.openStreams == 1 }
    x.inject(.brokenLine)
    x.deliver(Self.post(1).line)
    #expect(program.waitForError("no posts; see posts.dead"))
    program.send(SIGTERM)
    #expect(program.wait().code == 0)
    #expect(try kept().count == 1)
    #expect(try stage.works("consume", "posts.dead").lines.count == 1)
  }

  @Test func `what X refuses is said with what to do`() throws {
    var wrong = environment
    wrong["GROUSE_X_BEARER_TOKEN"] = "not-this-one"
    let outcome = try stage.fails(
      "collect", "--x", environment: wrong, saying: ["401", "GROUSE_X_BEARER_TOKEN"])
    #expect(!outcome.errors.contains("not-this-one"))
    wrong["GROUSE_X_BEARER_TOKEN"] = nil
    try stage.fails(
      "collect", "--x", environment: wrong, saying: ["no bearer token", "x.bearer-token-file"])
    try stage.write("token", "fake-bearer\n")
    wrong["GROUSE_X_BEARER_TOKEN_FILE"] = stage.folder("token")
    try stage.works("x", "rules", "list", environment: wrong)
  }

  @Test func `rules are brought into step`() throws {
    x.addRule("old")
    let yaml = """
      x:
        rules:
          - asos lang:en => brand:asos
          - value: '"late, again"'
            tag: late
      """
    try stage.write("grouse.yaml", yaml)
    let plan = try stage.works("x", "rules", "sync", "--dry-run", environment: environment)
    #expect(
      plan.lines == [
        "+ asos lang:en => brand:asos", "+ \"late, again\" => late", "- old",
      ])
    #expect(x.status.rules == 1)
    try stage.works("x", "rules", "sync", environment: environment)
    let again = try stage.works("x", "rules", "sync", environment: environment)
    #expect(again.lines.allSatisfy { $0.hasPrefix("= ") })
    let list = try stage.works("x", "rules", "list", "--json", environment: environment).objects()
    #expect(Set(list.compactMap { $0["tag"] as? String }) == ["brand:asos", "late"])
    try stage.works(
      "x", "rules", "delete", list[0]["id"] as? String ?? "", environment: environment)
    try stage.fails(
      "x", "rules", "add", "--", "-only", environment: environment, saying: ["only excludes"])
    try stage.works(
      "x", "rules", "add", "@ASOS", "--tag", "t", environment: environment)
    let refused = try stage.fails(
      "x", "rules", "add", "@ASOS", "--dry-run", environment: environment,
      saying: ["X does not take @ASOS"])
    #expect(!refused.errors.contains("X would take it"))
    let taken = try stage.works(
      "x", "rules", "add", "new", "--dry-run", environment: environment)
    #expect(taken.errors.contains("X would take it"))
    let counts = try stage.works("x", "rules", "counts", "--json", environment: environment)
    #expect(counts.text.contains("1000"))
    #expect(x.status.rules == 2)
  }

  @Test func `a rule that X does not take costs no other`() throws {
    x.addRule("asos", tag: "old")
    // Lints here, and is refused there.
    x.configure { $0.caps.ruleLength = 20 }
    let yaml = """
      x:
        rules:
          - late => new
          - '"a phrase of more than twenty characters" => new'
      """
    try stage.write("grouse.yaml", yaml)
    let saying = ["does not take", "more than twenty"]
    try stage.fails("x", "rules", "sync", "--dry-run", environment: environment, saying: saying)
    try stage.fails(
      "x", "rules", "sync", environment: environment, saying: saying + ["no rule was deleted"])
    let list = try stage.works("x", "rules", "list", "--json", environment: environment).objects()
    #expect(list.compactMap { $0["value"] as? String } == ["asos"])
  }

  @Test func `what takes many pages is estimated before`() throws {
    let posts = (0..<30).map { Self.post($0) }
    x.deliver(posts.map(\.line))
    let found = try stage.works("x", "search", "asos", "--limit", "250", environment: environment)
    #expect(found.errors.contains("up to 300 posts in 3 requests: $1.500 at most"))
    #expect(found.errors.contains("30 posts read: about $0.150"))
    let few = try stage.works("x", "search", "asos", "--limit", "100", environment: environment)
    #expect(!few.errors.contains("at most"))
    let mentions = try stage.works(
      "x", "mentions", "--of", "GrouseDesk", "--limit", "5000", environment: environment)
    #expect(mentions.errors.contains("up to 5,000 posts in 50 requests: $25.000 at most"))
  }

  @Test func `a search's posts are those of the stream`() throws {
    let posts = (0..<30).map { Self.post($0) }
    x.deliver(posts.map(\.line))
    let found = try stage.works(
      "x", "search", "asos", "--limit", "20", "--json", environment: environment)
    #expect(found.lines.count == 20)
    #expect(found.errors.contains("about $"))
    try stage.works("collect", "--stdin", input: found.text)
    #expect(try kept() == Array(posts.map(\.id).reversed().prefix(20)))
  }

  @Test func `what X says must go is forgotten`() throws {
    let posts = (0..<6).map { Self.post($0) }
    try stage.train()
    try stage.works("collect", "--stdin", input: posts.map { $0.line + "\n" }.joined())
    try stage.works("work", "--exit")
    let kept = try kept()
    #expect(kept.count == 6)
    x.deliver(posts.map(\.line))
    let client = try #require(HTTPClient(.url(environment["GROUSE_X_BASE_URL"] ?? "")))
    let gone = kept.prefix(2).map(String.init)
    let body = Array(#"{"ids":["\#(gone[0])","\#(gone[1])"]}"#.utf8)
    #expect(
      try client.send(HTTPRequest("POST", "/_fake/delete", body: body, type: "application/json"))
        .isSuccess)
    let shown = try stage.works(
      "x", "compliance", "--dry-run", "--json", environment: environment)
    #expect(try shown.objects().compactMap { $0["id"] as? String }.sorted() == gone.sorted())
    #expect(try stage.postCount() == 6)
    let done = try stage.works("x", "compliance", environment: environment)
    #expect(done.errors.contains("--job "))
    #expect(try stage.postCount() == 4)
    #expect(try self.kept() == Array(kept.dropFirst(2)))
    let again = try stage.works("x", "compliance", environment: environment)
    #expect(again.errors.contains("0 of 4 have to go"))
  }

  private func ask(_ path: String, _ body: String) throws -> Data {
    let client = try #require(HTTPClient(.url(environment["GROUSE_X_BASE_URL"] ?? "")))
    let token = environment["GROUSE_X_BEARER_TOKEN"] ?? ""
    var request = HTTPRequest("POST", path, body: Array(body.utf8), type: "application/json")
    request.headers.append(("Authorization", "Bearer \(token)"))
    let answer = try client.send(request)
    #expect(answer.isSuccess, "\(answer.status)")
    return Data(answer.body)
  }

  @Test func `what only the log has is asked for, too, and goes from it`() throws {
    let ids = (0..<4).map { Self.post($0).id }
    let lines = [
      Stage.post(Int(ids[0]), "asos where is my parcel"),
      Stage.post(Int(ids[1]), "asos ou est mon colis", lang: "fr"),
      Stage.post(Int(ids[2]), "asos nice coat"),
      Stage.post(Int(ids[3]), "asos joli manteau", lang: "fr"),
    ]
    try stage.train()
    try stage.works("collect", "--stdin", input: lines.joined())
    try stage.works("work", "--exit")
    #expect(try stage.postCount() == 2)
    x.deliver(lines.map { $0.replacing("\n", with: "") })
    _ = try ask("/_fake/delete", #"{"ids":["\#(ids[0])","\#(ids[1])"]}"#)
    let done = try stage.works("x", "compliance", environment: environment)
    #expect(done.errors.contains("forgot 2 posts: 1 row, 2 records"), "\(done.errors)")
    #expect(try kept() == [ids[2], ids[3]])
    #expect(try !stage.works("consume", "posts").text.contains("colis"))
    // The author of the other French one is known by the log alone.
    _ = try ask("/_fake/protect", #"{"ids":["7"]}"#)
    let users = try stage.works("x", "compliance", "--users", environment: environment)
    #expect(users.errors.contains("2 records"), "\(users.errors)")
    #expect(try kept().isEmpty)
  }

  @Test func `a job that was cut off before its upload goes on`() throws {
    let post = Self.post(1)
    try stage.works("collect", "--stdin", input: post.line + "\n")
    x.deliver(post.line)
    _ = try ask("/_fake/delete", #"{"ids":["\#(post.id)"]}"#)
    let begun = try ask("/2/compliance/jobs", #"{"type":"tweets"}"#)
    let object = try JSONSerialization.jsonObject(with: begun) as? [String: Any]
    let job = try #require((object?["data"] as? [String: Any])?["id"] as? String)
    try stage.fails(
      "x", "compliance", environment: environment, saying: ["one job at a time", "--job \(job)"])
    try stage.works("x", "compliance", "--job", job, environment: environment)
    #expect(try kept().isEmpty)
    try stage.works("x", "compliance", "--job", job, environment: environment)
  }
}
