import Curl
import FakeX
import Machine
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What the program does for an account, against a local X.
@Suite struct `An account at X` {
  private let stage = Stage()
  private let x = FakeX()
  private let environment: [String: String]
  /// A post of now.
  private static let id = UInt64(Clock.system.milliseconds - 1_288_834_974_657) << 22

  init() throws {
    environment = ["GROUSE_X_BASE_URL": try x.start(), "GROUSE_X_BACKOFF_SCALE": "0.001"]
  }

  /// With the keys of the account that posts.
  private var signed: [String: String] {
    let keys = Credentials()
    var environment = environment
    environment["GROUSE_X_API_KEY"] = keys.consumerKey
    environment["GROUSE_X_API_SECRET"] = keys.consumerSecret
    environment["GROUSE_X_ACCESS_TOKEN"] = keys.accessToken
    environment["GROUSE_X_ACCESS_SECRET"] = keys.accessSecret
    return environment
  }

  @Test func `an account's commands sign themselves`() throws {
    let environment = signed
    let me = try stage.works("x", "whoami", environment: environment)
    #expect(me.text.contains("@GrouseDesk"))
    let sent = try stage.works("x", "post", "hello", "--json", environment: environment)
    let again = try stage.works("x", "post", "hello", "--json", environment: environment)
    #expect(sent.text == again.text)
    #expect(x.status.written.count == 1)
    try stage.works("x", "delete", x.status.written[0], environment: environment)
    // Nobody has called the account there.
    x.deliver(Stage.post(Int(Self.id), "asos number 1").replacing("\n", with: ""))
    try stage.fails(
      "x", "post", "sorry", "--reply-to", "\(Self.id)", environment: environment,
      saying: ["has not mentioned"])
    #expect(x.status.written.count == 1)
  }

  @Test func `two commands do not answer one post at a time`() throws {
    let id = Self.id
    let mention = Stage.post(Int(id), "@GrouseDesk where is it")
      .replacing(#""lang""#, with: #""entities":{"mentions":[{"username":"GrouseDesk"}]},"lang""#)
    x.deliver(mention.replacing("\n", with: ""))
    x.refuse(Refusal(.silence, path: "/2/tweets", method: "POST"))
    let first = try stage.start(
      "x", "post", "sorry", "--reply-to", "\(id)", environment: signed)
    try first.wait {
      x.wait(milliseconds: 100) { $0.requests.contains("POST /2/tweets") } != nil
    }
    try stage.fails(
      "x", "post", "so sorry", "--reply-to", "\(id)", environment: signed,
      saying: ["is being sent by grouse x post (process \(first.identifier))"])
    first.send(SIGKILL)
    _ = first.wait()
    // Whether X has it cannot be known so soon.
    try stage.fails(
      "x", "post", "so sorry", "--reply-to", "\(id)", environment: signed,
      saying: ["whether it was sent is not known"])
    #expect(x.status.requests.count { $0 == "POST /2/tweets" } == 1)
    try stage.fails(
      "x", "post", "sorry", "--reply-to", "\(id)", "--key", "k", environment: signed, code: 64,
      saying: ["leave out --key"])
  }

  @Test func `a user signs in where there is no data directory yet`() throws {
    var environment = environment
    environment["GROUSE_X_CLIENT_ID"] = Credentials().clientID
    let base = environment["GROUSE_X_BASE_URL"] ?? ""
    func login() throws -> RunningProgram {
      try stage.start(
        "x", "login", "--port", "0", "--authorize", base + "/i/oauth2/authorize",
        environment: environment)
    }
    let program = try login()
    var shown = ""
    while !shown.contains("\n") {
      let more = program.nextOutput()
      if more.isEmpty { throw RunningProgram.EndedEarly(errors: program.wait().errors) }
      shown += String(decoding: more, as: UTF8.self)
    }
    let page = shown.prefix { $0 != "\n" }
    // As the browser does.
    let x = try #require(HTTPClient(.url(base)))
    let answer = try x.send(HTTPRequest("GET", String(page.dropFirst(base.count))))
    let back = try #require(answer[header: "location"])
    let path = back.dropFirst("http://".count).drop { $0 != "/" }
    let here = try #require(HTTPClient(.url(String(back.dropLast(path.count)))))
    // Somebody else's request ends nothing.
    let stray = "/callback?code=x&state=wrong"
    #expect(try here.send(HTTPRequest("GET", stray)).status == 404)
    #expect(try here.send(HTTPRequest("GET", String(path))).isSuccess)
    let outcome = program.wait()
    #expect(outcome.code == 0, "\(outcome.errors)")
    let me = try stage.works("x", "whoami", environment: environment)
    #expect(me.text.contains("@GrouseDesk"))
    // Where nothing can be kept, nobody is asked to say yes.
    environment["GROUSE_X_TOKEN_FILE"] = try stage.write("plain", "") + "/tokens"
    let refused = try login()
    #expect(refused.nextOutput().isEmpty)
    refused.send(SIGTERM)
    #expect(refused.wait().errors.contains("x.token-file"))
  }
}
