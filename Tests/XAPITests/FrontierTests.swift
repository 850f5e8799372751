import Machine
import TestSupport
import Testing

@testable import XAPI

@Suite struct FrontierTests {
  /// Posts come out of order, by less than the overlap. Wherever the process dies, those that came
  /// before lie above `since` and behind `mark`, or not above `since`: and none is missing below.
  @Test func `nothing that is missing lies before the position`() {
    var random = Seed.random()
    for _ in 0..<30 {
      let overlap = Int64.random(in: 5..<100, using: &random)
      var frontier = Frontier(
        at: StreamPosition(since: .id(0), mark: [0]), now: 0, overlap: overlap,
        overlapPosts: Int.random(in: 1...10, using: &random) * 1_000)
      // Post n is made at time n and comes up to overlap - 1 later.
      let arrivals = (1...400).map { id in
        (time: Int64(id) + Int64.random(in: 0..<overlap, using: &random), id: UInt64(id))
      }.sorted { $0.time < $1.time }
      var written: [UInt64] = []
      for arrival in arrivals {
        written.append(arrival.id)
        frontier.advance(highest: arrival.id, posts: 1, now: arrival.time) {
          [Int64(written.count)]
        }
        check(frontier, written)
      }
      #expect(frontier.position != StreamPosition(since: .id(0), mark: [0]))
    }
  }

  private func check(_ frontier: Frontier, _ written: [UInt64]) {
    guard case .id(let since) = frontier.position.since else {
      Issue.record("no id")
      return
    }
    let all = Set(written)
    #expect(since == 0 || (1...since).allSatisfy { all.contains($0) })
    // What a search behind `since` would bring again is found behind the mark.
    let known = Set(written[Int(frontier.position.mark[0])...])
    #expect(written.allSatisfy { $0 <= since || known.contains($0) })
  }

  @Test func `it waits while the stream is broken, and for what is late then`() {
    var frontier = Frontier(
      at: StreamPosition(since: .id(5), mark: [0]), now: 0, overlap: 10)
    frontier.advance(highest: 50, posts: 1, now: 1) { [1] }
    frontier.breakOff()
    for time in 1..<100 {
      frontier.advance(highest: UInt64(100 + time), posts: 1, now: Int64(time)) { [1] }
    }
    #expect(frontier.position.since == .id(5))
    frontier.goOn()
    frontier.dropOld(1_000)
    #expect(frontier.position.since == .id(5))
    frontier.advance(highest: 150, posts: 1, now: 1_000) { [7] }
    frontier.dropOld(1_009)
    #expect(frontier.position.since == .id(5))
    frontier.dropOld(1_010)
    #expect(frontier.position == StreamPosition(since: .id(199), mark: [7]))
  }

  @Test func `the first posts take the place of the time`() {
    var frontier = Frontier(at: StreamPosition(since: .time(0), mark: [3]), now: 0, overlap: 10)
    #expect(frontier.isWithoutID)
    // In a gap the time tells more than what comes behind it, unless that is older.
    var behind = Frontier(
      at: StreamPosition(since: .time(2_000_000_000_000), mark: [3]), now: 0, overlap: 10)
    behind.begin(lowest: UInt64.max, behindGap: true)
    #expect(behind.isWithoutID)
    behind.begin(lowest: 40, behindGap: true)
    #expect(behind.position.since == .id(39))
    frontier.begin(lowest: 40, behindGap: false)
    #expect(frontier.position == StreamPosition(since: .id(39), mark: [3]))
    #expect(!frontier.isWithoutID)
  }
}
