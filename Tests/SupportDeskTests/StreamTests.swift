import Machine
import Node
import Streams
import SupportDesk
import Tables
import TestSupport
import Testing

/// A query of a user's own, from a topic into a table, on the real engines.
@Suite struct `A user's query` {
  /// The one that README shows.
  private func words(_ desk: Desk) throws -> Query<Windowed<String, Int64>, TableStateStore> {
    let insert = try desk.store.prepare(
      "INSERT INTO shop.words (word, minute, count) VALUES (?, ?, ?)")
    let counts = try Stream(TopicSource("posts", in: desk.log))
      .watermark(.seconds(30)) { $0.timestamp }
      .flatMap { String(decoding: $0.value ?? [], as: UTF8.self).split(separator: " ") }
      .filter { $0.hasPrefix("#") }
      .aggregate(by: { String($0) }, in: .tumbling(.minutes(1)), .count())
    var settings = QuerySettings()
    settings.trigger = .availableNow
    return Query(
      "words", counts, in: TableStateStore(desk.store), settings: settings,
      to: .rows { batch, transaction in
        var values = BoundValues()
        for count in batch.events.map(\.value) {
          values.removeAll()
          values.append(count.key)
          values.append(count.window.lowerBound)
          values.append(count.value)
          try transaction.execute(insert, values)
        }
      })
  }

  @Test func `it counts what the topic has, once, in run after run`() throws {
    var random = Seed.random()
    let desk = try Desk()
    for definition in [
      "CREATE KEYSPACE shop WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}",
      "CREATE TABLE shop.words (word text, minute timestamp, count bigint, PRIMARY KEY (word, minute))",
    ] { _ = try desk.tables.execute(definition) }
    try desk.log.ensureTopic("posts", partitions: 1, isCompacted: false)
    var expected: [String: Int] = [:]
    var time: Int64 = 1_795_132_800_000
    for _ in 0..<30 {
      for _ in 0..<Int.random(in: 0...40, using: &random) {
        time += Int64.random(in: 0...20_000, using: &random)
        let word = ["#late", "#sale", "shoes"][Int.random(in: 0..<3, using: &random)]
        try desk.append("my \(word) order", at: time)
        if word.hasPrefix("#") {
          expected["\(word) \(time / 60_000 * 60_000)", default: 0] += 1
        }
      }
      try words(desk).run()
      // A window is over when an event has come half a minute behind its end.
      let over = expected.filter { entry in
        entry.key.split(separator: " ").last.flatMap { Int64($0) }.map {
          $0 + 60_000 <= time - 30_000
        } ?? false
      }
      let page = try desk.tables.execute("SELECT word, minute, count FROM shop.words")
      var found: [String: Int] = [:]
      for row in page.rows {
        guard let word = row[0], let minute = row[1], let count = row[2] else { continue }
        found["\(String(decoding: word, as: UTF8.self)) \(integer(minute))"] = Int(integer(count))
      }
      #expect(found == over)
    }
    #expect(try TablesCheck(desk.tables).faults == [])
  }

  private func integer(_ bytes: [UInt8]) -> Int64 { bytes.reduce(0) { $0 << 8 | Int64($1) } }
}
