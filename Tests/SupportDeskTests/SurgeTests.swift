import Machine
import Node
import SupportDesk
import Synchronization
import TestSupport
import Testing

@testable import Streams

/// Alerts: the watch by itself, and in the query.
@Suite struct `Surges` {
  private func alerts(_ minutes: [(minute: Int64, complaints: Int64)]) throws -> [SurgeAlert] {
    var watch = SurgeWatch(from: (minutes.first?.minute ?? 0) * 60_000)
    var last: [Int64: SurgeAlert] = [:]
    for (minute, complaints) in minutes {
      for alert in watch.take(complaints, at: minute * 60_000, brand: "asos") {
        last[alert.startedAt] = alert
      }
      // What it keeps can be kept.
      #expect(try SurgeWatch.decoded(watch.encoded()) == watch)
    }
    return last.values.sorted { $0.startedAt < $1.startedAt }
  }

  @Test func `a surge begins above what is usual and ends when it is calm`() throws {
    var minutes: [(Int64, Int64)] = (0..<40).map { ($0, $0 % 4 + 2) }
    minutes += (40..<50).map { ($0, 40) }
    // Not calm enough, then calm.
    minutes += [(50, 3), (51, 30), (52, 3), (53, 2), (54, 3), (55, 2), (56, 3), (57, 3)]
    let found = try alerts(minutes)
    #expect(found.count == 1)
    let alert = try #require(found.first)
    #expect(alert.startedAt == 40 * 60_000 && alert.endedAt == 57 * 60_000)
    #expect(alert.complaints == 400 + 3 + 30 + 3 + 2 + 3 + 2 + 3 && alert.peak == 40)
    #expect(alert.usual == 3.5 && alert.threshold > 10 && alert.threshold < 20)
  }

  @Test func `noise, quiet and a new start are no surges`() throws {
    var random = Seed.random()
    for _ in 0..<50 {
      let mean = Int.random(in: 1...60, using: &random)
      // A sum of coin tosses, of about a Poisson's spread.
      let noise = (0..<300).map { minute in
        (
          Int64(minute),
          Int64(
            (0..<(2 * mean)).reduce(0) { sum, _ in sum + Int.random(in: 0...1, using: &random) })
        )
      }
      #expect(try alerts(noise) == [])
    }
    // Nothing is usual before a quarter of an hour.
    #expect(try alerts((0..<14).map { ($0, $0 == 13 ? 500 : 1) }) == [])
    // Behind a long silence that is usual which was before it.
    #expect(try alerts((0..<100).map { ($0, 20) } + [(200, 22), (201, 25)]) == [])
    #expect(try alerts((0..<100).map { ($0, 2) } + [(200, 90), (201, 95)]).map(\.usual) == [2])
    // A quiet minute counts as none, though nobody writes.
    let found = try alerts((0..<30).map { ($0 * 2, 1) } + [(61, 60)])
    #expect(found.map(\.usual) == [0])
  }

  @Test func `what lasts is the new usual`() throws {
    let minutes = (0..<30).map { (Int64($0), Int64(2)) } + (30..<400).map { (Int64($0), Int64(50)) }
    let found = try alerts(minutes)
    #expect(found.map(\.startedAt) == [30 * 60_000])
    #expect(found.map(\.endedAt) == [210 * 60_000])
  }

  @Test func `the query finds them, whatever the batches, and an ended one is ended`() throws {
    var random = Seed.random()
    var wanted: [String]?
    for _ in 0..<3 {
      let desk = try Desk()
      desk.settings.batchBytes = Int.random(in: 200...20_000, using: &random)
      var lines: [String] = []
      for minute in 0..<50 {
        for number in 0..<(minute == 30 ? 40 : 2) {
          lines.append(
            #"{"data":{"id":"\#(minute * 100 + number + 1)","text":"angry parcel","author_id":"7","#
              + #""lang":"en","created_at":"2026-11-20T10:\#(minute < 10 ? "0" : "")\#(minute):00Z","#
              + #""edit_history_tweet_ids":["\#(minute * 100 + number + 1)"]}}"#)
        }
      }
      try desk.log.ensureTopic(desk.settings.topic, partitions: 1, isCompacted: false)
      for line in lines { try desk.append(line, at: 1_795_182_000_000) }
      try desk.classify()
      let found = try desk.rows("SELECT * FROM grouse.alerts")
      #expect(found.count == 1)
      #expect(found.allSatisfy { $0.contains("10:30") && $0.contains("10:36") })
      #expect(wanted == nil || wanted == found)
      wanted = found
    }
  }
}
