import Machine
import Synchronization
import TestSupport
import Testing

@testable import XAPI

/// That nothing is sent twice, whatever happens between.
@Suite struct PostingTests {
  private let folder = TemporaryDirectory()
  private let x = LateX()

  private func intents() -> PostIntentFiles { PostIntentFiles(folder("posts")) }

  /// As another process does, that knows only what is on the disk; nil: it was killed.
  private func post(
    _ text: String, replyTo: String? = "100", key: String? = nil, isChecked: Bool = true
  ) async throws -> PostOutcome? {
    let draft = Draft(text, replyTo: replyTo)
    do {
      return try await x.client().post(draft, key: key, intents(), isChecked: isChecked)
    } catch XError.cancelled { return nil }
  }

  private func meet(_ fates: LateX.Fate...) { x.state.withLock { $0.fates = fates } }

  private func intent(_ text: String, replyTo: String? = "100") throws -> PostIntent? {
    try intents().find(PostIntent.key(of: Draft(text, replyTo: replyTo), named: nil))
  }

  private func isUnsettled(_ outcome: PostOutcome?) -> Bool {
    if case .unsettled = outcome { true } else { false }
  }

  @Test func `what was sent behind a long wait is not sent again`() async throws {
    meet(.limited, .killedTaken)
    #expect(try await post("sorry") == nil)
    #expect(x.attempts == 2)
    #expect(isUnsettled(try await post("so sorry")))
    x.advance(seconds: 9)
    #expect(isUnsettled(try await post("so sorry")))
    x.advance(seconds: 1)
    #expect(try await post("very sorry") == .wasSent(id: "7000"))
    #expect(x.attempts == 2)
  }

  @Test func `what never arrived is sent when that is certain`() async throws {
    meet(.lost)
    #expect(isUnsettled(try await post("sorry")))
    x.advance(seconds: 120)
    #expect(isUnsettled(try await post("sorry")))
    x.advance(seconds: 1)
    #expect(try await post("sorry") == .sent(id: "7000"))
    #expect(x.attempts == 2)
  }

  /// An oracle's only rule: whatever becomes of however many tries, X has one answer at most, and
  /// one in the end, which is what is told.
  @Test(arguments: [true, false])
  func `nothing is sent twice, whatever happens`(_ isReply: Bool) async throws {
    var random = Seed.random()
    for round in 0..<150 {
      x.advance(seconds: 1_000)
      let before = x.posts.count
      x.state.withLock { $0.lag = .random(in: 0...119_000, using: &random) }
      func next() async throws -> PostOutcome? {
        let words = isReply ? Int.random(in: 0..<3, using: &random) : 0
        let reply = isReply ? "\(100 + round)" : nil
        do {
          return try await post("sorry \(round), \(words)", replyTo: reply)
        } catch XError.refused(let status, _) {
          #expect(status == 401)
          return nil
        } catch XError.usageCapped { return nil }
      }
      for _ in 0..<Int.random(in: 1..<8, using: &random) {
        let fates = (0..<2).map { _ in LateX.Fate.allCases.randomElement(using: &random) ?? .lost }
        x.state.withLock { $0.fates = fates }
        if case .sent(let id)? = try await next() { #expect(id == x.posts.last?.id) }
        #expect(x.posts.count <= before + 1)
        x.advance(seconds: .random(in: 0...150, using: &random))
      }
      meet()
      x.advance(seconds: 240)
      let id: String
      switch try await next() {
      case .sent(let sent), .wasSent(let sent): id = sent
      case let other:
        Issue.record("\(String(describing: other))")
        return
      }
      #expect(x.posts.count == before + 1)
      #expect(x.posts.last?.id == id)
    }
  }

  @Test func `a duplicate of what may be ours is not taken for a refusal`() async throws {
    // Searches show it later than they ever should.
    x.state.withLock { $0.lag = 1_000_000 }
    meet(.killedTaken)
    #expect(try await post("hello", replyTo: nil) == nil)
    x.advance(seconds: 121)
    #expect(isUnsettled(try await post("hello", replyTo: nil)))
    #expect(x.attempts == 2)
    #expect(try intent("hello", replyTo: nil)?.state == .sending)
    // A refusal for another reason settles nothing of what was before it.
    x.advance(seconds: 121)
    meet(.unauthorized)
    await #expect(throws: XError.self) { try await post("hello", replyTo: nil) }
    x.advance(seconds: 1_000)
    #expect(try await post("hello", replyTo: nil) == .wasSent(id: "7000"))
    #expect(x.attempts == 3)
  }

  @Test func `a duplicate of what is not ours is refused`() async throws {
    #expect(try await post("hello", replyTo: nil, key: "a") == .sent(id: "7000"))
    x.advance(seconds: 1_000)
    await #expect(throws: XError.self) { try await post("hello", replyTo: nil) }
    #expect(try intent("hello", replyTo: nil)?.state == .refused(status: 403))
    #expect(x.posts.count == 1)
  }

  @Test func `one sends while another has to wait`() async throws {
    let refusals = Mutex<[PostRefusal]>([])
    let (client, other) = (try x.client(), PostIntentFiles(folder("posts")))
    x.state.withLock { state in
      state.meanwhile = {
        do {
          _ = try await client.post(Draft("another", replyTo: "100"), key: "own", other)
        } catch let refusal as PostRefusal { refusals.withLock { $0.append(refusal) } } catch {}
      }
    }
    #expect(try await post("sorry") == .sent(id: "7000"))
    #expect(x.attempts == 1)
    guard case .beingSent(let holder) = refusals.withLock({ $0.first }) else {
      Issue.record("nobody was refused")
      return
    }
    #expect(holder.contains("grouse x post"))
    #expect(try await post("another") == .wasSent(id: "7000"))
  }

  @Test func `what is no answer is told by its own name, or its text`() async throws {
    for (text, key) in [("a", nil), ("b", nil), ("c", "k"), ("d", "reply 100")] {
      #expect(try await post(text, replyTo: nil, key: key) == .sent(id: x.posts.last?.id ?? ""))
    }
    #expect(x.posts.map(\.text) == ["a", "b", "c", "d"])
    #expect(try await post("e", replyTo: nil, key: "k") == .wasSent(id: "7002"))
    #expect(try await post("answer") == .sent(id: "7004"))
  }

  @Test(arguments: ["100", "0100", "+100"])
  func `an answer is told by what it answers`(_ id: String) async throws {
    #expect(try await post("one", replyTo: "100", key: "a") == .sent(id: "7000"))
    #expect(try await post("two", replyTo: id, key: "b") == .wasSent(id: "7000"))
    #expect(try await post("three", replyTo: id) == .wasSent(id: "7000"))
    #expect(try await post("four", replyTo: "101", key: "a") == .sent(id: "7001"))
  }

  @Test func `who has not called gets no answer`() async throws {
    x.state.withLock {
      $0.uncalled = ["100"]
      $0.missing = ["101"]
    }
    await #expect(throws: PostRefusal.notSummoned("100")) { try await post("sorry") }
    await #expect(throws: PostRefusal.noSuchPost("101")) {
      try await post("sorry", replyTo: "101")
    }
    #expect(x.attempts == 0)
    #expect(try await post("sorry", isChecked: false) == .sent(id: "7000"))
  }

  @Test func `nothing is kept of a text, nor of what it answers`() async throws {
    let (text, id) = ("words-of-our-own", "2051837460012345678")
    for fate in LateX.Fate.allCases {
      try? LocalDisk().remove(folder("posts"))
      meet(fate)
      _ = try? await post(text, replyTo: id)
      _ = try? await post(text + " \(fate)", replyTo: nil)
      let names = try LocalDisk().list(folder("posts"))
      #expect(names.count == 4)
      for name in names {
        let bytes = try LocalDisk().readAll(folder("posts/\(name)"))
        let kept = name + String(decoding: bytes, as: UTF8.self)
        #expect(!kept.contains(text) && !kept.contains(id))
      }
    }
  }

  @Test(
    arguments: zip(
      LateX.Fate.allCases,
      [
        .sent(id: "7000"), .sent(id: "7000"), .sending, .sending, .sending, .sending, .sending,
        .sending, .refused(status: 401), .refused(status: 429), .sending, .sending,
      ] as [PostIntent.State]))
  func `what is noted is what is known`(
    _ fate: LateX.Fate, _ state: PostIntent.State
  ) async throws {
    meet(fate)
    _ = try? await post("sorry")
    let intent = try #require(try intent("sorry"))
    #expect(intent.state == state)
    #expect((intent.unsettledSince != nil) == (state == .sending))
  }

  @Test func `what no search can show any more is left to a person`() async throws {
    meet(.killedTaken)
    #expect(try await post("sorry") == nil)
    x.advance(seconds: 8 * 86_400)
    guard case .unsettled(let reason) = try await post("very sorry") else {
      Issue.record("it was sent")
      return
    }
    #expect(reason.contains("by hand"))
    #expect(x.attempts == 1)
  }

  @Test func `nothing is sent that cannot be noted`() async throws {
    _ = try intents().claim("reply 100")
    let lock = try #require(try LocalDisk().list(folder("posts")).first)
    // In the place of the file that the intent is written to.
    try LocalDisk().createDirectory(folder("posts/" + lock.replacing(".lock", with: ".tmp")))
    await #expect(throws: XError.self) { try await post("sorry") }
    #expect(x.attempts == 0)
  }
}
