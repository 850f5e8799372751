import Bytes
import Curl
import FakeX
import Machine
import Synchronization
import TestSupport
import Testing

@testable import XAPI

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Tokens of OAuth 2.0 in their file, with the local X.
@Suite struct TokenStoreTests {
  private let folder = TemporaryDirectory()
  private var path: String { folder("data/deeper/tokens.json") }

  private func store() -> TokenStore { TokenStore(path, clientID: "fake-client-id") }

  private func client(
    _ stage: StreamStage, _ store: TokenStore, through transport: (any XTransport)? = nil
  ) -> XClient {
    var credentials = XCredentials()
    credentials.tokens = store
    return XClient(
      transport ?? stage.client.transport, credentials, stage.client.settings)
  }

  private func stage() throws -> StreamStage {
    try StreamStage(clock: StandingClock().clock) { $0.timeScale = 1 }
  }

  /// Signs in as a browser does.
  private func signIn(_ stage: StreamStage) async throws -> TokenStore.Tokens {
    let transport = stage.client.transport
    let login = OAuth2(
      clientID: "fake-client-id", redirect: "http://127.0.0.1:1/callback",
      random: (0..<3).flatMap { _ in Entropy.identifier() })
    // The page sends the browser back.
    let page = String(login.page(at: "/i/oauth2/authorize"))
    let answer = try await transport.send(HTTPRequest("GET", page))
    let back = try #require(answer[header: "location"])
    await #expect(throws: XError.self) {
      try await login.tokens(for: back.replacing("state=", with: "state=x"), transport)
    }
    return try await login.tokens(for: back, transport)
  }

  /// Tokens that were good once, in the file.
  private func keepExpired(_ stage: StreamStage) async throws {
    let tokens = try await signIn(stage)
    try await store().keep(.init(access: tokens.access, refresh: tokens.refresh, expires: 0))
  }

  private func renewals(_ stage: StreamStage) -> Int {
    stage.x.status.requests.count { $0 == "POST /2/oauth2/token" } - 1
  }

  /// Notes of each request that shows a token whether it is the one in the file by then.
  private final class Watch: XTransport {
    let below: any XTransport
    let path: String
    let isKept = Mutex<[Bool]>([])

    init(_ below: any XTransport, _ path: String) {
      self.below = below
      self.path = path
    }

    func send(_ request: HTTPRequest) async throws(CurlError) -> HTTPResponse {
      if let shown = request.headers.first(where: { $0.name == "Authorization" })?.value {
        let json = try? JSON(parsing: LocalDisk().readAll(path))
        let kept = json?["access_token"]?.text.map { "Bearer \($0)" }
        isKept.withLock { $0.append(shown == kept) }
      }
      return try await below.send(request)
    }

    func open(_ request: HTTPRequest, silence: Int) async throws(CurlError) -> XStreamAnswer {
      try await below.open(request, silence: silence)
    }

    func pause(milliseconds: Int) async throws(CurlError) {
      try await below.pause(milliseconds: milliseconds)
    }
  }

  @Test func `a user signs in`() async throws {
    let stage = try stage()
    let store = store()
    try await store.keep(try await signIn(stage))
    #expect(try await client(stage, store).whoAmI()["username"] == "GrouseDesk")
    #expect(renewals(stage) == 0)
  }

  @Test func `renewed tokens are kept before they are used`() async throws {
    let stage = try stage()
    for renewal in 1...3 {
      if renewal == 1 { try await keepExpired(stage) }
      let watch = Watch(stage.client.transport, path)
      #expect(
        try await client(stage, store(), through: watch).whoAmI()["username"] == "GrouseDesk")
      #expect(watch.isKept.withLock { $0 } == [true])
      #expect(renewals(stage) == renewal)
      // What is kept is good for the next renewal.
      let json = try JSON(parsing: try LocalDisk().readAll(path))
      try await store().keep(
        .init(
          access: try #require(Secret(json["access_token"]?.text ?? "")),
          refresh: Secret(json["refresh_token"]?.text ?? ""), expires: 0))
    }
  }

  @Test func `tokens that cannot be kept are not used`() async throws {
    let stage = try stage()
    try await keepExpired(stage)
    try LocalDisk().createDirectory(path + ".tmp")
    let watch = Watch(stage.client.transport, path)
    await #expect(throws: XError.self) {
      try await client(stage, store(), through: watch).whoAmI()
    }
    #expect(renewals(stage) == 1)
    #expect(watch.isKept.withLock { $0.isEmpty })
  }

  @Test(arguments: [1, 4])
  func `a token is renewed once for all who ask`(_ processes: Int) async throws {
    let stage = try stage()
    try await keepExpired(stage)
    let clients = (0..<processes).map { _ in client(stage, store()) }
    try await withThrowingTaskGroup(of: JSON.self) { group in
      for client in clients {
        for _ in 0..<4 { group.addTask { try await client.whoAmI() } }
      }
      for try await me in group { #expect(me["username"] == "GrouseDesk") }
    }
    #expect(renewals(stage) == 1)
  }

  @Test func `the place for tokens is made for its owner alone`() async throws {
    try await store().prepare()
    for name in ["data", "data/deeper"] {
      var status = stat()
      #expect(stat(folder(name), &status) == 0)
      #expect(status.st_mode & 0o7777 == 0o700)
    }
    #expect(try LocalDisk().list(folder("data/deeper")).isEmpty)
    // What is kept already stays.
    try LocalDisk().replace(path, with: Array("kept".utf8))
    try await store().prepare()
    #expect(try LocalDisk().list(folder("data/deeper")) == ["tokens.json"])
    #expect(try LocalDisk().readAll(path) == Array("kept".utf8))
  }

  @Test func `a place where nothing can be kept is told before`() async throws {
    try LocalDisk().replace(folder("data"), with: [])
    await #expect(throws: XError.self) { try await store().prepare() }
    try LocalDisk().remove(folder("data"))
    try LocalDisk().createDirectory(path)
    await #expect(throws: XError.self) { try await store().prepare() }
    // Where the directory is there, and no file can be written.
    try LocalDisk().remove(path)
    try LocalDisk().createDirectory(path + ".trial.tmp")
    await #expect(throws: XError.self) { try await store().prepare() }
  }
}
