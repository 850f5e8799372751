import FakeJetstream
import Foundation
import Machine
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The program against a local Jetstream.
@Suite struct `Posts from Bluesky` {
  private let stage = Stage()
  private let feed = JetstreamFeed()
  /// The stream's time goes evenly: a rewind is some 20 events, fewer than a connection brings.
  private let base = Clock.system.microseconds - 3_600_000_000

  private func environment(_ addresses: String...) -> [String: String] {
    [
      "GROUSE_BLUESKY_URL": addresses.joined(separator: ","),
      "GROUSE_BLUESKY_BACKOFF_SCALE": "0.01",
      "GROUSE_BLUESKY_HANDLES": "false", "GROUSE_BLUESKY_REWIND_MS": "2",
    ]
  }

  private func publish(_ numbers: Range<Int>) {
    for number in numbers {
      feed.post(
        number % 2 == 0 ? "asos where is parcel \(number)" : "a cat", did: "did:plc:a\(number % 5)",
        key: "k\(number)", at: base + Int64(number) * 100)
    }
  }

  private func wait(
    _ program: RunningProgram, for server: FakeJetstream,
    until isSo: @escaping (FakeJetstream.Seen) -> Bool
  ) throws {
    try program.wait { server.wait(milliseconds: 100, until: isSo) }
  }

  private func kept() throws -> [String] {
    try stage.works("consume", "posts").objects().compactMap { object in
      let commit = object["commit"] as? [String: Any]
      return commit?["operation"] as? String == "create" ? commit?["rkey"] as? String : nil
    }
  }

  @Test func `killed again and again, it keeps every post once`() throws {
    var random = Seed.random()
    var behaviour = JetstreamBehaviour()
    behaviour.seed = Seed.value
    behaviour.breakAfter = 50...400
    behaviour.fragment = 1...400
    behaviour.pingEvery = 30
    let server = FakeJetstream(feed, behaviour)
    let environment = environment(try server.start())
    defer { server.stop() }
    var published = 0
    func publishSome(_ count: Int) {
      publish(published..<(published + count))
      published += count
    }
    let first = try stage.start("collect", "--bluesky", environment: environment)
    try wait(first, for: server) { $0.open > 0 }
    publishSome(100)
    // From here on it is known where the stream goes on.
    try first.wait { try !kept().isEmpty }
    first.send(SIGTERM)
    #expect(first.wait().code == 0)
    for _ in 0..<8 {
      let connections = server.status.cursors.count
      let program = try stage.start("collect", "--bluesky", environment: environment)
      publishSome(200)
      try wait(program, for: server) { $0.cursors.count > connections }
      publishSome(200)
      for _ in 0..<Int.random(in: 0...200_000, using: &random) { Worker.yieldProcessor() }
      program.send(SIGKILL)
      _ = program.wait()
    }
    let last = try stage.start("collect", "--bluesky", environment: environment)
    let expected = Set((0..<published).filter { $0 % 2 == 0 }.map { "k\($0)" })
    var found: [String] = []
    try last.wait {
      found = try kept()
      return found.count >= expected.count
    }
    last.send(SIGTERM)
    #expect(last.wait().code == 0)
    found = try kept()
    #expect(found.count == expected.count)
    #expect(Set(found) == expected)
    try stage.works("check")
  }

  @Test func `a run classifies them, and a deletion takes the row away`() throws {
    let server = FakeJetstream(feed)
    let environment = environment(try server.start())
    defer { server.stop() }
    try stage.train()
    let program = try stage.start("run", "--bluesky", environment: environment)
    try wait(program, for: server) { $0.open > 0 }
    publish(0..<20)
    try program.wait { try stage.postCount() >= 10 }
    feed.publish("delete", did: "did:plc:a4", key: "k4", at: Clock.system.microseconds, record: nil)
    try program.wait { try stage.postCount() == 9 }
    let forgotten = try stage.works("forget", "did:plc:a1", "--json").objects()
    #expect(forgotten.first?["rows"] as? Int == 2)
    #expect(try stage.postCount() == 7)
    let rows = try stage.works("cql", "-e", "SELECT id, author_id FROM grouse.posts", "--json")
      .objects()
    #expect(rows.allSatisfy { ($0["id"] as? String)?.hasPrefix("at://did:plc:a") == true })
    #expect(!rows.contains { $0["author_id"] as? String == "did:plc:a1" })
    program.send(SIGTERM)
    #expect(program.wait().code == 0)
    #expect(try kept().sorted() == ["k0", "k10", "k12", "k14", "k18", "k2", "k8"])
    try stage.works("check")
  }

  @Test func `what is no address is a fault of the configuration`() throws {
    try stage.fails(
      "collect", "--bluesky", environment: ["GROUSE_BLUESKY_URL": "http://x"],
      saying: ["GROUSE_BLUESKY_URL", "wss://"])
  }
}
