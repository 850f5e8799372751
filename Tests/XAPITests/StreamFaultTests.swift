import Bytes
import FakeX
import Machine
import Posts
import Synchronization
import TestSupport
import Testing

@testable import XAPI

/// Each class of failure: every post is kept, and once.
@Suite struct StreamFaultTests {
  /// Delivers posts before and behind a fault, and waits until they are kept.
  private func survive(
    _ stage: StreamStage, reasons: Int = 0, _ fault: (StreamStage) -> Void
  ) async throws {
    var wanted: Set<UInt64> = []
    func deliver(_ numbers: Range<Int>) {
      for number in numbers {
        let post = StreamStage.post(number)
        wanted.insert(post.id)
        stage.x.deliver(post.line)
      }
      // Some chunkings keep a line's end back until more comes.
      stage.x.sendKeepAlive()
    }
    try await stage.run { _ in
      deliver(0..<5)
      await stage.sink.wait { $0.ids.count >= 5 }
      fault(stage)
      deliver(5..<15)
      let all = wanted
      await stage.sink.wait { all.isSubset(of: $0.ids) && $0.reasons.count >= reasons }
    }
    let ids = stage.sink.ids
    #expect(ids.count == wanted.count, "\(stage.said)")
    #expect(Set(ids) == wanted)
  }

  @Test(arguments: Fault.all)
  func `a fault costs no post and doubles none`(_ fault: Fault) async throws {
    let stage = try StreamStage(keepAliveTimeout: fault == .stall ? 150 : 60_000)
    let reasons = [.brokenLine, .unknownMessage].contains(fault) ? 1 : 0
    try await survive(stage, reasons: reasons) { $0.x.inject(fault) }
    if reasons > 0 { #expect(stage.sink.reasons.count == reasons) }
  }

  @Test(arguments: [
    Chunking.bytes(1), .bytes(7), .severalLines(4), .betweenEnds, .random(seed: 3),
  ])
  func `any chunking is understood`(_ chunking: Chunking) async throws {
    let stage = try StreamStage { $0.stream.chunking = chunking }
    try await survive(stage) { stage in
      stage.x.sendKeepAlive()
      stage.x.inject(.duplicate)
    }
    #expect(stage.sink.reasons == [])
  }

  @Test(arguments: [
    Refusal.Kind.unavailable, .badGateway, .tooManyRequests, .hangUp, .reset,
  ])
  func `a refusal is waited out`(_ kind: Refusal.Kind) async throws {
    let stage = try StreamStage()
    try await survive(stage) { stage in
      stage.x.refuse(Refusal(kind, path: "/2/tweets/search/stream", times: 2))
      stage.x.inject(.cleanEnd)
    }
    let path = "GET /2/tweets/search/stream"
    #expect(stage.x.status.requests.count { $0 == path } == 4)
  }

  @Test func `a search that fails is made again`() async throws {
    let stage = try StreamStage()
    try await survive(stage) { stage in
      // More often than a single request is tried.
      stage.x.refuse(Refusal(.unavailable, path: "/2/tweets/search/recent", times: 10))
      stage.x.refuse(Refusal(.hangUp, path: "/2/tweets/search/stream", times: 20))
      stage.x.inject(.cleanEnd)
    }
    #expect(stage.sink.kept.withLock { $0.origins.contains(.search) })
  }

  @Test func `a gap that X does not tell of is said, and the stream goes on`() async throws {
    let stage = try StreamStage()
    stage.x.refuse(Refusal(.clientForbidden, path: "/2/tweets/search/recent", times: 1_000))
    try await stage.run { _ in
      stage.x.inject(.cleanEnd)
      await stage.waitForNotice { $0.contains("could not be filled") }
      await stage.waitForStream()
      stage.x.deliver(StreamStage.post(1).line)
      await stage.sink.wait { $0.ids.count == 1 }
    }
  }

  @Test func `a gap that is open at the end is filled by the next run`() async throws {
    let stage = try StreamStage()
    let first = StreamStage.post(0)
    let missed = (1...10).map { StreamStage.post($0) }
    let live = (11...60).map { StreamStage.post($0) }
    // The search of this run never ends.
    try await stage.run {
      $0.overlap = 1
    } _: { _ in
      stage.x.deliver(first.line)
      await stage.sink.wait { !$0.ids.isEmpty }
      stage.x.refuse(Refusal(.silence, path: "/2/tweets/search/recent"))
      stage.x.refuse(Refusal(.unavailable, path: "/2/tweets/search/stream", times: 8))
      stage.x.inject(.cleanEnd)
      await stage.waitForX { $0.openStreams == 0 }
      stage.x.deliver(missed.map(\.line))
      await stage.waitForStream()
      for post in live {
        stage.x.deliver(post.line)
        await stage.sink.wait { $0.ids.contains(post.id) }
      }
    }
    #expect(Set(stage.sink.ids).isDisjoint(with: missed.map(\.id)))
    try await stage.run { _ in
      await stage.sink.wait { $0.ids.count >= 61 }
    }
    let ids = stage.sink.ids
    #expect(ids.count == 61)
    #expect(Set(ids) == Set((missed + live + [first]).map(\.id)))
  }

  @Test func `a ghost of ours is freed`() async throws {
    // It would stay for longer than any test.
    let stage = try StreamStage { $0.stream.ghost = 1 << 40 }
    try await survive(stage) { $0.x.inject(.reset) }
    #expect(stage.x.status.requests.contains("DELETE /2/connections/all"))
    #expect(stage.said.contains { $0.contains("let go") })
  }

  @Test(arguments: [
    (Refusal.Kind.unauthorized, 401), (.clientForbidden, 403),
    (.answer(status: 400, type: "text/plain", text: "no"), 400),
  ])
  func `what X will not allow ends it`(_ kind: Refusal.Kind, _ status: Int) async throws {
    let stage = try StreamStage()
    stage.x.refuse(Refusal(kind, times: 100))
    let stream = try stage.stream()
    let error = await #expect(throws: StreamFailure.self) { try await stream.run() }
    guard case .refused(status, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(stage.x.status.requests.count == 1)
    #expect(stream.status.state == .stopped)
  }

  @Test func `a cap on usage ends it and is no rate limit`() async throws {
    let stage = try StreamStage()
    stage.x.refuse(Refusal(.usageCap, times: 100))
    let stream = try stage.stream()
    let error = await #expect(throws: StreamFailure.self) { try await stream.run() }
    guard case .usageCapped = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(stage.x.status.requests.count == 1)
  }

  @Test func `missing rules are added`() async throws {
    let stage = try StreamStage(rule: false)
    try await survive(stage) { _ in }
    #expect(stage.x.status.rules == 1)
    #expect(stage.said.contains { $0.contains("added 1 rule") })
  }

  @Test func `no rules, and none wished for, ends it`() async throws {
    let stage = try StreamStage(rule: false)
    let stream = try stage.stream { $0.rules = [] }
    await #expect(throws: StreamFailure.self) { try await stream.run() }
  }

  @Test func `a token that is missing is said`() async throws {
    let stage = try StreamStage(credentials: XCredentials())
    let stream = try stage.stream()
    let error = await #expect(throws: StreamFailure.self) { try await stream.run() }
    #expect(error?.description.contains("GROUSE_X_BEARER_TOKEN") == true)
  }

  @Test func `it ends at once where nothing comes`() async throws {
    // No keep-alive within the hour: only the stop can end it.
    let stage = try StreamStage(keepAliveTimeout: 3_600_000)
    try await stage.run { _ in stage.x.inject(.stall) }
  }

  @Test func `a sink that fails ends it with its error`() async throws {
    let stage = try StreamStage()
    stage.sink.kept.withLock { $0.failsBehind = 0 }
    let stream = try stage.stream()
    let running = Task { try await stream.run() }
    await stage.waitForStream()
    stage.x.deliver(StreamStage.post(1).line)
    await #expect(throws: MemorySink.Failure.self) { try await running.value }
  }

  /// As where a callback throws: nothing that came with it, or behind it, is lost.
  @Test func `what a sink that fails has not kept, the next run brings`() async throws {
    var random = Seed.random()
    let stage = try StreamStage()
    var wanted: [UInt64] = []
    func deliver(_ count: Int) {
      let posts = (0..<count).map { StreamStage.post(wanted.count + $0) }
      wanted += posts.map(\.id)
      stage.x.deliver(posts.map(\.line))
    }
    for round in 0..<6 {
      let stream = try stage.stream { $0.overlap = 1 }
      let running = Task { try await stream.run() }
      await stage.waitForX { $0.openedStreams > round }
      deliver(Int.random(in: 20..<60, using: &random))
      let all = Set(wanted)
      await stage.sink.wait { all.isSubset(of: $0.ids) }
      let note = stage.sink.kept.withLock { kept in
        kept.failsBehind = Int.random(in: 0...1, using: &random)
        return kept.note
      }
      deliver(30)
      // What comes as a whole may be written before it fails: the next one is not.
      await stage.sink.wait { $0.failsBehind == 0 }
      deliver(30)
      await #expect(throws: MemorySink.Failure.self) { try await running.value }
      #expect(stream.status.state == .stopped)
      stage.sink.kept.withLock { kept in
        // Whatever was written meanwhile, nothing behind the failure counts as kept.
        if case .id(let since)? = kept.note?.since {
          #expect(wanted.filter { $0 <= since }.allSatisfy { kept.ids.contains($0) })
        }
        #expect(kept.note != nil && note != nil)
        kept.failsBehind = nil
      }
    }
    let all = Set(wanted)
    try await stage.run { _ in await stage.sink.wait { all.isSubset(of: $0.ids) } }
    #expect(stage.sink.ids.count == wanted.count && Set(stage.sink.ids) == all)
  }

  @Test func `how it does is told while it goes on`() async throws {
    let standing = StandingClock()
    let stage = try StreamStage(clock: standing.clock)
    try await stage.run { stream in
      let made = PostTime.ofSnowflake(StreamStage.post(0).id)
      let lateness = Int(made - standing.clock.milliseconds) + 7_000
      standing.advance(milliseconds: lateness)
      let post = StreamStage.post(1)
      stage.x.sendKeepAlive()
      stage.x.deliver(post.line)
      await stage.sink.wait { $0.ids.contains(post.id) }
      // What it does with the post is done when it answers again.
      #expect(await stream.knownIDs == 1)
      let lag = standing.clock.milliseconds - PostTime.ofSnowflake(post.id)
      let status = stream.status
      #expect(status.state == .connected && status.lag == lag && (1...7_000).contains(lag))
      #expect(status.lastPost == standing.clock.milliseconds && status.keepAlives == 1)
      // What is silent is seen to be: nothing moves the moment of the last byte.
      standing.advance(milliseconds: 12_000)
      #expect(standing.clock.milliseconds - (stream.status.lastHeard ?? 0) == 12_000)
    }
  }

  @Test func `lines are kept byte for byte, however they are cut`() async throws {
    var random = Seed.random()
    let lines = (1...40).map { number in
      let id = StreamStage.post(number).id
      return [
        #"{"data":{"id":"\#(id)","text":"\u0041sos \ud83d\ude00 \"q\" \/ 日本 é"}}"#,
        #"  { "data" : {"text":"asos","id": "\#(id)"}, "new":[1.50e1,null] }  "#,
        #"{"matching_rules":[{"id":"1"}],"data":{"id":"\#(id)","n":1.0,"text":"\t"}}"#,
        "{\"data\":{\"id\":\"\(id)\",\"text\":\"\u{301}\u{2028}\"}}",
      ][number % 4]
    }
    let bytes = Array(lines.joined(separator: "\r\n").utf8) + Array("\r\n\r\n".utf8)
    for _ in 0..<20 {
      var pieces: [[UInt8]] = []
      var rest = bytes[...]
      while !rest.isEmpty {
        pieces.append(Array(rest.prefix(Int.random(in: 1...300, using: &random))))
        rest = rest.dropFirst(pieces.last?.count ?? 0)
      }
      var credentials = XCredentials()
      credentials.bearer = Secret("t")
      let sink = MemorySink()
      let client = XClient(ScriptedStream(pieces), credentials)
      try await FilteredStream(client, into: sink, .init()).run()
      let kept = sink.kept.withLock { $0.lines }
      #expect(kept == lines.map { Array($0.utf8) })
      #expect(sink.reasons == [])
    }
  }

  @Test func `what a crash leaves out is found again, and nothing twice`() async throws {
    var random = Seed.random()
    let stage = try StreamStage()
    var number = 0
    var wanted: Set<UInt64> = []
    func deliver(_ count: Int) {
      for _ in 0..<count {
        number += 1
        let post = StreamStage.post(number)
        wanted.insert(post.id)
        stage.x.deliver(post.line)
      }
    }
    for round in 0..<25 {
      // Its overlap is some milliseconds: notes move on while it runs.
      let stream = try stage.stream { $0.overlap = Int.random(in: 1...20_000, using: &random) }
      let running = Task { try await stream.run() }
      if round == 0 { await stage.waitForStream() }
      deliver(Int.random(in: 0..<60, using: &random))
      if Bool.random(using: &random) {
        stage.x.inject(Fault.quick.randomElement(using: &random) ?? .reset)
        deliver(Int.random(in: 0..<60, using: &random))
      }
      if Bool.random(using: &random) {
        let count = stage.sink.ids.count + Int.random(in: 0...10, using: &random)
        let most = wanted.count
        await stage.sink.wait { $0.ids.count >= min(count, most) }
      }
      // As a crash: from some write on, nothing is written any more, not even the note.
      stage.sink.kept.withLock { $0.failsBehind = Int.random(in: 0...2, using: &random) }
      let before = stage.sink.kept.withLock { $0.note }
      deliver(5)
      stream.stop()
      _ = await running.result
      stage.sink.kept.withLock { kept in
        kept.failsBehind = nil
        if Bool.random(using: &random) { kept.note = before }
      }
      deliver(Int.random(in: 0..<30, using: &random))
    }
    let all = wanted
    try await stage.run { _ in await stage.sink.wait { all.isSubset(of: $0.ids) } }
    let ids = stage.sink.ids
    #expect(ids.count == wanted.count)
    #expect(Set(ids) == wanted)
  }

  @Test func `a sink that is slow makes X wait`() async throws {
    let stage = try StreamStage()
    let line = StreamStage.post(1, text: "asos " + String(repeating: "x", count: 4_000)).line
    stage.sink.kept.withLock { $0.isBlocked = true }
    let stream = try stage.stream()
    let running = Task.detached { try await stream.run() }
    await stage.waitForStream()
    stage.x.supply([Array(line.utf8)], rounds: 20_000)
    // 80 MB would come; what is sent stops growing far before.
    await MemorySink.onThread { [x = stage.x] in
      var last = -1
      let pause = Signal()
      while x.status.sentBytes != last || last == 0 {
        last = x.status.sentBytes
        pause.wait(since: pause.generation, milliseconds: 300)
      }
    }
    #expect(stage.x.status.sentBytes < 40 << 20)
    stage.sink.kept.withLock { $0.isBlocked = false }
    await stage.sink.wait { $0.ids.count == 20_000 }
    stream.stop()
    try await running.value
    #expect(stage.sink.ids.count == 20_000)
  }
}
