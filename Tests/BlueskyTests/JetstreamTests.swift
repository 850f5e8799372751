import Bluesky
import FakeJetstream
import Machine
import Posts
import Synchronization
import TestSupport
import Testing

@Suite struct JetstreamTests {
  private func behaviour(_ change: (inout JetstreamBehaviour) -> Void) -> JetstreamBehaviour {
    var behaviour = JetstreamBehaviour()
    change(&behaviour)
    return behaviour
  }

  @Test func `any cut of the bytes and any fragments give the same posts`() throws {
    let seed = Seed.value
    Seed.printSeed()
    var random = SeededRandom(seed: seed)
    for round in 0..<12 {
      var posts = SamplePosts()
      let longest = [1, 3, 40, 900].randomElement(using: &random) ?? 1
      let server = FakeJetstream(
        posts.feed,
        behaviour {
          $0.seed = seed &+ UInt64(round)
          $0.chunk = round % 3 == 0 ? nil : 1...longest
          $0.fragment = round % 2 == 0 ? 0...longest : nil
          $0.pingEvery = 5
        })
      let address = try server.start()
      defer { server.stop() }
      let stage = JetstreamStage()
      try stage.run([address]) {
        server.wait { $0.open > 0 }
        posts.publish(60)
        stage.sink.wait { $0.events.count >= 20 }
        server.wait { $0.pongs >= 12 }
      }
      #expect(stage.sink.keys == posts.expected, "seed \(seed), round \(round)")
      let published = stage.sink.kept.withLock { $0.lines }.map {
        String(decoding: $0, as: UTF8.self)
      }
      #expect(published.allSatisfy { $0.contains(#"\u00e9 \ud83d\ude00 é😀"#) })
    }
  }

  @Test func `breaks of every kind lose nothing and give nothing twice`() throws {
    let seed = Seed.value
    Seed.printSeed()
    var posts = SamplePosts()
    let server = FakeJetstream(
      posts.feed,
      behaviour {
        $0.seed = seed
        $0.breakAfter = 10...400
        $0.refusals = 2
        $0.fragment = 1...300
      })
    let address = try server.start()
    defer { server.stop() }
    let stage = JetstreamStage()
    try stage.run([address]) {
      server.wait { $0.open > 0 }
      // What comes before anything is known of the stream may be lost with its connection.
      posts.publish(3)
      stage.sink.wait { $0.note != nil }
      for _ in 0..<20 { posts.publish(500) }
      stage.sink.wait { $0.events.count >= posts.expected.count }
    }
    #expect(server.status.breaks > 5)
    #expect(stage.sink.keys.sorted() == posts.expected.sorted(), "seed \(seed)")
    #expect(
      server.status.targets.allSatisfy { $0.contains("wantedCollections=app.bsky.feed.post") })
  }

  @Test func `a process that is killed at any append goes on where it was`() throws {
    let seed = Seed.value
    Seed.printSeed()
    var random = SeededRandom(seed: seed)
    var posts = SamplePosts()
    let server = FakeJetstream(posts.feed, behaviour { $0.breakAfter = 50...2_000 })
    let address = try server.start()
    defer { server.stop() }
    let stage = JetstreamStage()
    // So that there is a note of where the stream began.
    try stage.run([address]) {
      server.wait { $0.open > 0 }
      posts.publish(3)
      stage.sink.wait { $0.note != nil }
    }
    posts.publish(6_000)
    var kills = 0
    while kills < 15 {
      stage.sink.kept.withLock {
        $0.failsBehind = Int.random(in: 0...2, using: &random)
        $0.keepsLast = Bool.random(using: &random)
      }
      do {
        try stage.run([address]) {
          stage.sink.wait { ($0.failsBehind ?? 0) < 0 || $0.events.count >= posts.expected.count }
        }
        posts.publish(500)
      } catch is MemorySink.Killed { kills += 1 }
    }
    stage.sink.kept.withLock { $0.failsBehind = nil }
    try stage.run([address]) {
      stage.sink.wait { $0.events.count >= posts.expected.count }
    }
    #expect(stage.sink.keys.sorted() == posts.expected.sorted(), "seed \(seed)")
  }

  @Test func `another server whose times differ neither loses nor doubles`() throws {
    var posts = SamplePosts()
    let servers = [Int64(0), 1_200, -1_200].map { skew in
      FakeJetstream(
        posts.feed,
        behaviour {
          $0.breakAfter = 100...300
          $0.skew = skew
        })
    }
    let addresses = try servers.map { try $0.start() }
    defer { for server in servers { server.stop() } }
    let stage = JetstreamStage()
    try stage.run(addresses) {
      servers[0].wait { $0.open > 0 }
      posts.publish(3)
      stage.sink.wait { $0.note != nil }
      for _ in 0..<10 { posts.publish(400) }
      stage.sink.wait { $0.events.count >= posts.expected.count }
    }
    #expect(servers.allSatisfy { !$0.status.cursors.isEmpty })
    #expect(stage.sink.keys.sorted() == posts.expected.sorted())
  }

  @Test func `a silent connection is given up`() throws {
    var posts = SamplePosts()
    let server = FakeJetstream(posts.feed, behaviour { $0.stallAfter = 30 })
    let address = try server.start()
    defer { server.stop() }
    let stage = JetstreamStage()
    let change: (inout Jetstream.Settings) -> Void = { $0.idleTimeout = 200 }
    try stage.run([address], change) {
      server.wait { $0.open > 0 }
      posts.publish(31)
      server.wait { $0.cursors.count > 1 }
      server.behave { $0.stallAfter = nil }
      posts.publish(60)
      stage.sink.wait { $0.events.count >= posts.expected.count }
    }
    #expect(stage.sink.keys.sorted() == posts.expected.sorted())
  }

  @Test func `a quiet connection that answers is kept`() throws {
    let server = FakeJetstream(JetstreamFeed())
    let address = try server.start()
    defer { server.stop() }
    let stage = JetstreamStage()
    let change: (inout Jetstream.Settings) -> Void = { $0.idleTimeout = 1_000 }
    try stage.run([address], change) {
      server.wait { $0.clientPings >= 3 }
    }
    #expect(server.status.cursors.count == 1)
  }

  @Test func `a sink that stands still makes the server wait`() throws {
    let feed = JetstreamFeed()
    let server = FakeJetstream(feed)
    let address = try server.start()
    defer { server.stop() }
    let stage = JetstreamStage()
    let filling = String(repeating: "x", count: 60_000)
    let total = 1_000
    try stage.run([address]) {
      server.wait { $0.open > 0 }
      stage.sink.kept.withLock { $0.isBlocked = true }
      for number in 0..<total {
        feed.post("asos \(filling)", key: "k\(number)", at: 1_763_661_871_000_000 + Int64(number))
      }
      server.wait { $0.isStuck || $0.sent == total }
      #expect(server.status.sent < total)
      stage.sink.kept.withLock { $0.isBlocked = false }
      stage.sink.changed.raise()
      stage.sink.wait { $0.events.count >= total }
    }
    #expect(server.status.cursors.count == 1)
    // What waits in the box, and one read more.
    #expect(stage.status.withLock { $0 }.mostWaiting < 8 << 20)
  }

  @Test func `deletions of what is kept come, those of others do not`() throws {
    let feed = JetstreamFeed()
    let server = FakeJetstream(feed)
    let address = try server.start()
    defer { server.stop() }
    let stage = JetstreamStage()
    let base: Int64 = 1_763_661_871_000_000
    try stage.run([address]) {
      server.wait { $0.open > 0 }
      feed.post("about asos", key: "ours", at: base)
      feed.post("about cats", key: "other", at: base + 1)
      feed.publish("{\"did\":\"did:plc:abc\",\"time_us\":", base + 2, ",\"kind\":\"identity\"}")
      feed.publish("delete", key: "other", at: base + 3, record: nil)
      feed.publish("{\"time_us\":", base + 4, ",")
      feed.publish(
        "update", key: "ours", at: base + 5,
        record: "{\"$type\":\"app.bsky.feed.post\",\"text\":\"about dogs\"}")
      feed.publish("delete", key: "ours", at: base + 6, record: nil)
      let gone = #","kind":"account","account":{"active":false,"status":"deleted"}}"#
      feed.publish(#"{"did":"did:plc:other","time_us":"#, base + 7, gone)
      feed.publish(#"{"did":"did:plc:abc","time_us":"#, base + 8, gone)
      stage.sink.wait { $0.events.count >= 4 && $0.reasons.count >= 1 }
    }
    #expect(stage.sink.keys == ["ours", "ours", "ours", ""])
    #expect(
      stage.sink.kept.withLock { $0.events.map(\.kind) }
        == [.commit(.create), .commit(.update), .commit(.delete), .departure])
  }

  @Test func `a message that is too long is got by`() throws {
    let feed = JetstreamFeed()
    let server = FakeJetstream(feed)
    let address = try server.start()
    defer { server.stop() }
    let stage = JetstreamStage()
    let base: Int64 = 1_763_661_871_000_000
    try stage.run([address]) {
      server.wait { $0.open > 0 }
      feed.post("about asos", key: "k1", at: base)
      stage.sink.wait { $0.note != nil }
      feed.post(String(repeating: "x", count: 17 << 20), key: "k2", at: base + 10_000)
      stage.notices.wait { $0.contains("too long to get by") }
      // It has begun to read what comes now.
      server.wait { $0.open > 0 && $0.cursors.count > 1 && $0.cursors.last == .some(nil) }
      feed.post("asos again", key: "k3", at: base + 20_000)
      stage.sink.wait { $0.events.count >= 2 }
    }
    #expect(stage.sink.keys == ["k1", "k3"])
  }

  @Test func `it ends while it waits, while it connects and while it reads`() throws {
    let feed = JetstreamFeed()
    let refusing = FakeJetstream(feed, behaviour { $0.refusals = .max })
    let address = try refusing.start()
    defer { refusing.stop() }
    let stage = JetstreamStage()
    let change: (inout Jetstream.Settings) -> Void = { $0.backoffScale = 1_000 }
    try stage.run([address], change) {
      stage.notices.wait { $0.contains("503") }
    }
    #expect(stage.sink.keys.isEmpty)
  }
}
