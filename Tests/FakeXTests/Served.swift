import Bytes
import FakeX
import Testing

/// A local X that listens, for one test.
final class Served {
  let fake: FakeX
  let address: String

  init(rules: [String] = ["asos"], _ change: (inout Settings) -> Void = { _ in }) throws {
    var settings = Settings()
    settings.stream.keepAlive = nil
    change(&settings)
    fake = FakeX(settings)
    for rule in rules { #expect(fake.addRule(rule, tag: "brand")) }
    address = try fake.start()
  }

  deinit { fake.stop() }

  var client: Client { Client(address: address) }

  /// Opens a stream and waits until it is served.
  func stream(_ query: String = "") throws -> StreamClient {
    let stream = try StreamClient(address, query)
    try #require(stream.head.status == 200, "\(stream.head.status)")
    return stream
  }
}

/// Posts for tests.
enum Sample {
  /// A post as a stream of X has it.
  static func post(
    _ id: UInt64, _ text: String = "asos", author: String = "7", _ more: JSON = .object([])
  ) -> String {
    var data: [JSON.Field] = [
      JSON.Field("id", .text("\(id)")), JSON.Field("text", .text(text)),
      JSON.Field("author_id", .text(author)), JSON.Field("lang", "en"),
      JSON.Field("created_at", "2026-11-20T18:04:31.000Z"),
      JSON.Field("conversation_id", .text("\(id)")),
    ]
    data += more["data"]?.fields ?? []
    let users: JSON = [
      ["id": .text(author), "name": "Mara", "username": .text("user\(author)"), "verified": false]
    ]
    let includes: [JSON.Field] =
      [JSON.Field("users", .array((users.elements ?? []) + (more["users"]?.elements ?? [])))]
      + (more["tweets"].map { [JSON.Field("tweets", $0)] } ?? [])
    return JSON.object([
      JSON.Field("data", .object(data)), JSON.Field("includes", .object(includes)),
    ])
    .line
  }

  /// So many plain posts.
  static func posts(_ count: Int) -> [String] { (0..<count).map { post(UInt64(1_000 + $0)) } }
}
