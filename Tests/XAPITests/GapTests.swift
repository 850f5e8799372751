import FakeX
import Machine
import Posts
import Synchronization
import Testing

@testable import XAPI

/// What a broken stream has left out is searched for: all of it, and no more than that.
@Suite struct GapTests {
  private static let search = "/2/tweets/search/recent"

  private func deliver(_ posts: [(id: UInt64, line: String)], to stage: StreamStage) {
    stage.x.deliver(posts.map(\.line))
  }

  /// Breaks the stream, publishes posts meanwhile, and waits until it is open again.
  private func miss(_ posts: [(id: UInt64, line: String)], _ stage: StreamStage) async {
    let opened = stage.x.status.openedStreams
    stage.x.refuse(Refusal(.unavailable, path: "/2/tweets/search/stream", times: 4))
    stage.x.inject(.cleanEnd)
    await stage.waitForX { $0.openStreams == 0 }
    deliver(posts, to: stage)
    await stage.waitForX { $0.openStreams == 1 && $0.openedStreams > opened }
  }

  /// Posts of now, or of so many milliseconds later.
  private func posts(
    _ numbers: Range<Int>, later: Int64 = 0
  ) -> [(id: UInt64, line: String)] {
    numbers.map { StreamStage.post($0, ago: -later) }
  }

  @Test func `an id from the future does not tell how far the stream has come`() async throws {
    let stage = try StreamStage()
    var all = posts(0..<1, later: 86_400_000)
    func waitForSearch() async {
      await stage.waitForNotice {
        $0.contains("of the gap were found") || $0.contains("could not be filled")
      }
    }
    try await stage.run { _ in
      deliver(all, to: stage)
      await stage.sink.wait { $0.ids.count == 1 }
      all += posts(1..<10)
      deliver(Array(all[1...]), to: stage)
      await stage.sink.wait { $0.ids.count == 10 }
      let missed = posts(10..<20)
      all += missed
      await miss(missed, stage)
      await waitForSearch()
    }
    #expect(Set(stage.sink.ids) == Set(all.map(\.id)), "\(stage.said)")
    // The run after finds it among what is kept.
    stage.notices.withLock { $0.removeAll() }
    let missed = posts(20..<30)
    all += missed
    deliver(missed, to: stage)
    try await stage.run { _ in
      deliver(posts(30..<31), to: stage)
      await waitForSearch()
    }
    #expect(Set(stage.sink.ids).isSuperset(of: all.map(\.id)), "\(stage.said)")
  }

  @Test func `a gap that is open for long doubles nothing`() async throws {
    // The posts behind the gap are many more than the ids that are remembered.
    let stage = try StreamStage(gate: Self.search, latestIDs: 200)
    let gate = try #require(stage.gate)
    let first = posts(0..<20)
    let missed = posts(20..<50)
    var live: [(id: UInt64, line: String)] = []
    try await stage.run {
      $0.overlap = 1_000
    } _: { stream in
      deliver(first, to: stage)
      await stage.sink.wait { $0.ids.count == 20 }
      await miss(missed, stage)
      await gate.waitForRequest()
      // The first tells where the gap ends.
      live = posts(50..<51)
      deliver(live, to: stage)
      await stage.sink.wait { $0.ids.count == 21 }
      live += posts(51..<3_000, later: 1_000)
      deliver(Array(live[1...]), to: stage)
      await stage.sink.wait { $0.ids.count == 2_970 }
      #expect(await stream.knownIDs <= 400)
      gate.open()
      await stage.waitForNotice { $0.contains("30 posts of the gap") }
      #expect(await stream.knownIDs <= 400)
    }
    let ids = stage.sink.ids
    #expect(ids.count == 3_000)
    #expect(Set(ids) == Set((first + missed + live).map(\.id)))
    // The search that had waited is made anew up to what the stream has brought itself.
    #expect(gate.sent.count >= 2 && gate.sent.dropFirst().allSatisfy { $0.contains("until_id=") })
    #expect(gate.sent.count <= 4)
  }

  @Test func `gaps one behind the other are searched each for itself`() async throws {
    let stage = try StreamStage(gate: Self.search, latestIDs: 200)
    let gate = try #require(stage.gate)
    var wanted: [(id: UInt64, line: String)] = []
    try await stage.run {
      $0.overlap = 1
    } _: { stream in
      for round in 0..<3 {
        let start = Int64(round + 1) * 10_000
        let numbers = round * 1_000..<round * 1_000 + 900
        let live =
          posts(numbers.prefix(100), later: start)
          + posts(numbers.dropFirst(100), later: start + 1_000)
        // One after the other, so that it is seen how far the stream has come.
        for part in stride(from: 0, to: live.count, by: 100) {
          deliver(Array(live[part..<part + 100]), to: stage)
          let count = 900 * round + part + 100
          await stage.sink.wait { $0.ids.count >= count }
        }
        let missed = posts(
          round * 1_000 + 900..<round * 1_000 + 910, later: start + 2_000)
        wanted += live + missed
        await miss(missed, stage)
        await gate.waitForRequest()
      }
      let last = StreamStage.post(5_000, ago: -50_000)
      wanted.append(last)
      deliver([last], to: stage)
      await stage.sink.wait { $0.ids.contains(last.id) }
      #expect(stage.sink.kept.withLock { $0.note?.missing.count ?? 0 } >= 1)
      #expect(await stream.knownIDs < 900)
      gate.open()
      let all = Set(wanted.map(\.id))
      await stage.sink.wait { all.isSubset(of: $0.ids) }
    }
    #expect(stage.sink.ids.count == wanted.count)
  }

  @Test func `a gap that a run leaves open is the next one's, and nothing else`() async throws {
    let stage = try StreamStage(gate: Self.search, latestIDs: 200)
    let gate = try #require(stage.gate)
    let first = posts(0..<20)
    let missed = posts(20..<50)
    let live = posts(50..<2_050)
    try await stage.run {
      $0.overlap = 1
    } _: { _ in
      deliver(first, to: stage)
      await stage.sink.wait { $0.ids.count == 20 }
      await miss(missed, stage)
      await gate.waitForRequest()
      for part in stride(from: 0, to: live.count, by: 200) {
        deliver(Array(live[part..<part + 200]), to: stage)
        await stage.sink.wait { $0.ids.count == 20 + part + 200 }
      }
    }
    #expect(Set(stage.sink.ids).isDisjoint(with: missed.map(\.id)))
    let note = try #require(stage.sink.kept.withLock { $0.note })
    #expect(note.missing.count == 1)
    #expect(StreamPosition(word: note.word, mark: note.mark) == note)
    gate.open()
    try await stage.run { _ in
      let all = Set((first + missed + live).map(\.id))
      await stage.sink.wait { all.isSubset(of: $0.ids) }
    }
    #expect(stage.sink.ids.count == 2_050)
  }

  @Test func `X counts a post once, however often it is searched for`() async throws {
    let stage = try StreamStage(clock: StandingClock().clock)
    var count = 0
    try await stage.run { _ in
      for round in 0..<5 {
        deliver(posts(count..<count + 8), to: stage)
        await stage.sink.wait { $0.ids.count == (round * 10) + 8 }
        await miss(posts(count + 8..<count + 10), stage)
        count += 10
        await stage.sink.wait { $0.ids.count == (round + 1) * 10 }
      }
    }
    #expect(stage.x.status.paid == ["post_read": 50])
    let spent = stage.client.ledger.dollars
    #expect(abs(spent - 0.25) < 1e-9, "\(spent)")
    #expect(abs(spent - Double(stage.x.status.spent) / 1_000) < 1e-9)
  }

  @Test func `what the program says to cost is what the ledger has`() async throws {
    let stage = try StreamStage()
    try await stage.run { stream in
      deliver(posts(0..<4), to: stage)
      stage.x.inject(.duplicate)
      deliver(posts(4..<5), to: stage)
      stage.x.deliver(#"{"delete":{"tweet":{"id":"77","author_id":"5"}}}"#)
      await stage.sink.wait { $0.ids.count == 5 }
      await miss(posts(5..<6), stage)
      await stage.waitForNotice { $0.contains("of the gap were found") }
      #expect(abs(stream.status.dollars - 0.03) < 1e-9, "\(stream.status.dollars)")
    }
  }

  @Test func `a joined search that is refused is made for each rule`() async throws {
    let stage = try StreamStage { $0.caps.queryLength = 12 }
    stage.x.addRule("late", tag: "brand:asos")
    let other = (0..<10).map { StreamStage.post($0, text: "late") }
    let missed = posts(10..<20) + other
    try await stage.run { _ in
      await miss(missed, stage)
      await stage.waitForNotice { $0.contains("20 posts of the gap") }
    }
    #expect(Set(stage.sink.ids) == Set(missed.map(\.id)))
    #expect(stage.sink.ids.count == 20)
    #expect(!stage.said.contains { $0.contains("could not be filled") }, "\(stage.said)")
  }

  @Test func `a rule whose search is refused costs the others nothing`() async throws {
    let stage = try StreamStage { $0.caps.queryLength = 12 }
    // The first that is searched for is refused.
    let long = "(never again) OR (never more)"
    #expect(stage.x.status.rules == 1)
    stage.x.addRule(long, tag: "other")
    stage.x.addRule("late", tag: "third")
    let other = (0..<10).map { StreamStage.post($0, text: "late") }
    let missed = posts(10..<20) + other
    try await stage.run { _ in
      await miss(missed, stage)
      await stage.waitForNotice { $0.contains("20 posts of the gap") }
    }
    #expect(Set(stage.sink.ids) == Set(missed.map(\.id)))
    let said = stage.said.filter { $0.contains("could not be filled") }
    #expect(said.count == 1 && said[0].contains(long), "\(stage.said)")
  }

  @Test func `posts that are used up end it, and the gap stays for the next run`() async throws {
    let stage = try StreamStage()
    let first = posts(0..<1)
    let missed = posts(1..<11)
    let stream = try stage.stream()
    let running = Task { try await stream.run() }
    await stage.waitForStream()
    deliver(first, to: stage)
    await stage.sink.wait { $0.ids.count == 1 }
    stage.x.refuse(Refusal(.usageCap, path: Self.search, times: 1))
    stage.x.refuse(Refusal(.unavailable, path: "/2/tweets/search/stream", times: 4))
    stage.x.inject(.cleanEnd)
    await stage.waitForX { $0.openStreams == 0 }
    deliver(missed, to: stage)
    let error = await #expect(throws: StreamFailure.self) { try await running.value }
    guard case .usageCapped = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    try await stage.run { _ in await stage.sink.wait { $0.ids.count >= 11 } }
    #expect(Set(stage.sink.ids).count == 11 && stage.sink.ids.count == 11)
  }

  private static let day: Int64 = 86_400_000

  @Test(arguments: [true, false])
  func `after more than seven days the last seven are searched`(_ hasID: Bool) async throws {
    let stage = try StreamStage()
    let old = (0..<5).map { StreamStage.post($0, ago: 8 * Self.day) }
    let recent = (5..<10).map { StreamStage.post($0, ago: Int64($0 - 4) * Self.day) }
    deliver(old + recent, to: stage)
    let left = Clock.system.milliseconds - 10 * Self.day
    let since: StreamPosition.Since =
      hasID ? .id(StreamStage.post(0, ago: 10 * Self.day).id) : .time(left)
    try await stage.run {
      $0.start = StreamPosition(since: since, mark: [0])
    } _: { _ in
      await stage.waitForNotice { $0.contains("5 posts of the gap") }
    }
    #expect(Set(stage.sink.ids) == Set(recent.map(\.id)))
    #expect(stage.said.count { $0.contains("seven days only") } == 1, "\(stage.said)")
  }

  @Test func `X decides how far back its seven days are`() async throws {
    // Its clock is ten minutes ahead of ours, and the gap begins between the two.
    let stage = try StreamStage { $0.searchReach = 7 * Self.day - 600_000 }
    let since = StreamStage.post(0, ago: 7 * Self.day - 120_000).id
    let recent = posts(1..<4)
    deliver(recent, to: stage)
    try await stage.run {
      $0.start = StreamPosition(since: .id(since), mark: [0])
    } _: { _ in
      await stage.waitForNotice { $0.contains("3 posts of the gap") }
    }
    #expect(stage.said.count { $0.contains("seven days only") } == 1, "\(stage.said)")
    #expect(Set(stage.sink.ids) == Set(recent.map(\.id)))
  }

  @Test func `an end that X does not take is left out`() async throws {
    let stage = try StreamStage(gate: Self.search)
    let gate = try #require(stage.gate)
    let missed = posts(0..<5)
    try await stage.run {
      $0.overlap = 1
    } _: { _ in
      await miss(missed, stage)
      await gate.waitForRequest()
      deliver(posts(5..<6), to: stage)
      await stage.sink.wait { $0.ids.count == 1 }
      deliver(posts(6..<305, later: 1_000), to: stage)
      await stage.sink.wait { $0.ids.count == 300 }
      gate.refuse("until_id")
      gate.open()
      await stage.waitForNotice { $0.contains("of the gap were found") }
    }
    #expect(stage.sink.ids.count == 305)
    #expect(gate.sent.contains { $0.contains("until_id=") })
  }
}
