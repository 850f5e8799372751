import Machine
import Posts
import TestSupport
import Testing

@testable import XAPI

/// Frontier, gaps and known ids together, against a plain account of what was delivered.
@Suite struct GapModelTests {
  private struct Post {
    var id: UInt64
    /// When the stream would bring it.
    var arrival: Int64
  }

  /// A stream that breaks at random, brings posts late by less than the overlap, is searched now
  /// and then, and whose run may be another one at any moment.
  private struct Model {
    static let overlap: Int64 = 40
    /// What comes within some overlaps; far less than all.
    static let latest = 400
    var frontier: Frontier
    var gaps = Gaps()
    var known = KnownIDs(latest: Model.latest)
    var written: [UInt64] = []
    var kept: Set<UInt64> = []
    var isOpen = true

    init(now: Int64) {
      frontier = Frontier(
        at: StreamPosition(since: .time(now), mark: [0]), now: now, overlap: Self.overlap)
    }

    var position: StreamPosition { gaps.position(frontier.position) }

    mutating func keepKnown() {
      let settled: UInt64 = if case .id(let id) = frontier.position.since { id } else { 0 }
      known.keep(gaps.ranges, settled: settled)
    }

    mutating func breakOff() {
      guard isOpen else { return }
      isOpen = false
      frontier.breakOff()
      gaps.open(at: frontier.position)
      keepKnown()
    }

    mutating func open() {
      isOpen = true
      frontier.goOn()
    }

    mutating func write(_ id: UInt64, now: Int64, isSearched: Bool = false) {
      guard known.insert(id) else { return }
      #expect(kept.insert(id).inserted, "\(id) is written twice")
      if !isSearched {
        if frontier.isWithoutID { frontier.begin(lowest: id, behindGap: !gaps.isEmpty) }
        if !frontier.isWithoutID { gaps.begin(at: frontier.position.since) }
        gaps.end(lowest: id, now: now, overlap: Self.overlap)
        keepKnown()
      }
      written.append(id)
      frontier.advance(highest: id, posts: 1, now: now) { [Int64(written.count)] }
    }

    mutating func fill(_ published: [UInt64], now: Int64) {
      for gap in gaps.all {
        let since: UInt64
        switch gap.since {
        case .id(let id): since = id + 1
        case .time(let time): since = PostTime.firstSnowflake(at: time)
        }
        for id in published where id >= since && id < gap.until ?? .max {
          write(id, now: now, isSearched: true)
        }
        if let closed = gaps.close(gap) { frontier.closed(closed) }
        keepKnown()
      }
    }

    /// Nothing but the position and what is written outlives a run.
    mutating func restart(now: Int64) {
      let position = position
      known = KnownIDs(at: position, latest: Self.latest)
      for id in written[Int(position.mark[0])...] { known.insert(id) }
      frontier = Frontier(
        at: StreamPosition(since: position.since, mark: position.mark), highest: known.highest,
        now: now, overlap: Self.overlap)
      frontier.breakOff()
      gaps = Gaps(goingOnAt: position)
      keepKnown()
      isOpen = false
    }

    /// What was published and is not kept must be looked for from the position.
    func check(_ published: [UInt64]) {
      let position = position
      let ranges = Gaps(goingOnAt: position).ranges
      for id in published where !kept.contains(id) {
        #expect(ranges.contains { $0.contains(id) }, "\(id) is lost at \(position)")
      }
    }
  }

  @Test func `nothing is lost and nothing doubled, wherever it breaks`() {
    var random = Seed.random()
    for _ in 0..<12 {
      let start: Int64 = 1_760_000_000_000
      // Posts are made at any time, several a millisecond, and come late.
      let posts = (0..<4_000).map { number in
        let made = start + Int64(number / 2)
        return Post(
          id: PostTime.firstSnowflake(at: made) + UInt64(number),
          arrival: made + Int64.random(in: 0..<Model.overlap - 2, using: &random))
      }.sorted { $0.arrival < $1.arrival }
      var model = Model(now: start)
      var published: [UInt64] = []
      for post in posts {
        published.append(post.id)
        if model.isOpen { model.write(post.id, now: post.arrival) }
        // What comes behind the very first post and is older is of before the beginning.
        guard post.arrival > start + Model.overlap else { continue }
        switch Int.random(in: 0..<200, using: &random) {
        case 0..<4: model.breakOff()
        case 4..<30: if !model.isOpen { model.open() }
        case 30..<32: if model.isOpen { model.fill(published, now: post.arrival) }
        case 32: model.restart(now: post.arrival)
        default: break
        }
        if published.count.isMultiple(of: 100) { model.check(published) }
      }
      let end = start + 10_000
      if !model.isOpen { model.open() }
      model.fill(published, now: end)
      #expect(model.kept == Set(published))
      #expect(model.known.count <= Model.latest)
    }
  }

  @Test func `a position is read as it was noted`() {
    let since: [StreamPosition.Since] = [.id(0), .id(.max), .time(5), .time(-5)]
    for first in since {
      for second in since {
        let position = StreamPosition(
          since: first, mark: [3, 4],
          missing: [.init(since: second, until: 7), .init(since: first, until: .max)])
        #expect(StreamPosition(word: position.word, mark: [3, 4]) == position)
        #expect(!position.word.contains(" "))
      }
    }
    #expect(StreamPosition(word: "id:77", mark: []) == StreamPosition(since: .id(77), mark: []))
    for wrong in ["", "id", "id:", "id:x", "name:5", "id:5,", "id:5,id:4", "id:5,id:4<x", "5<6"] {
      #expect(StreamPosition(word: wrong, mark: []) == nil, "\(wrong)")
    }
  }

  @Test func `more breaks than are kept become fewer, and none is lost`() {
    var gaps = Gaps()
    for number in 0..<UInt64(Limits.gaps + 20) {
      gaps.open(at: StreamPosition(since: .id(number * 10), mark: [Int64(number)]))
      gaps.end(lowest: 1, now: 0, overlap: 1)
    }
    #expect(gaps.all.count == Limits.gaps)
    #expect(gaps.all.first?.since == .id(0) && gaps.all.first?.mark == [0])
    #expect(gaps.all.dropFirst().map(\.mark[0]) == Array(21..<Int64(Limits.gaps + 20)))
  }
}
