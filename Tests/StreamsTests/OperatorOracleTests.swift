import Machine
import TestSupport
import Testing

@testable import Streams

/// Each step against a slow definition over the whole input: however records fall into batches,
/// however often the process dies, in one or several partitions, the outcome is the same.
@Suite struct `Steps of streams` {
  private static let delay: Int64 = 10

  /// An item with its partition's watermark before it, and the query's at the end.
  private static func watched(_ partitions: [[Item]]) -> (items: [(Item, Int64)], end: Int64) {
    var items: [(Item, Int64)] = []
    var ends: [Int64] = []
    for partition in partitions where !partition.isEmpty {
      var watermark = Int64.min
      for item in partition {
        // Those that are left out count for the time, too.
        if item.key != 4 { items.append((item, watermark)) }
        watermark = max(watermark, item.time - delay)
      }
      ends.append(watermark)
    }
    return (items, ends.min() ?? .min)
  }

  /// Runs a query to its end, with crashes on the way; returns its rows.
  private func run<Row: Sendable>(
    _ stream: (UInt64) throws -> Stream<Row>, seed: UInt64, mode: OutputMode = .append
  ) throws -> [Row] {
    var random = SeededRandom(seed: seed)
    let store = MemoryStore<Row>()
    while true {
      if Bool.random(using: &random) {
        store.crash(
          after: Int.random(in: 0..<6, using: &random), isCommitted: Bool.random(using: &random))
      }
      var settings = QuerySettings()
      settings.trigger = .availableNow
      settings.outputMode = mode
      settings.maxEndingPerCommit = Int.random(in: 1...12, using: &random)
      settings.maxRecordsPerBatch = Int.random(in: 2...20, using: &random)
      let query = Query(
        "q", try stream(random.next()), in: store, settings: settings,
        to: .rows { batch, transaction in transaction.rows += batch.events.map(\.value) })
      do {
        try query.run()
        return store.rows
      } catch is Crash {}
    }
  }

  private func seeds(_ test: String = #function) -> [UInt64] {
    var random = Seed.random(test)
    return (0..<200).map { _ in random.next() }
  }

  private func source(_ partitions: [[Item]], _ seed: UInt64) throws -> Stream<Item> {
    try Stream(ListSource("items", partitions, seed: seed))
      .watermark(.milliseconds(Int(Self.delay)), on: \.time)
      .filter { $0.key != 4 }
  }

  @Test func `windows give each result once, when they are over`() throws {
    for seed in seeds() {
      var random = SeededRandom(seed: seed)
      let partitions = Item.partitions(&random, Int.random(in: 1...3, using: &random))
      let size = Int64.random(in: 1...20, using: &random)
      let slide = Bool.random(using: &random) ? size : Int64.random(in: 1...25, using: &random)
      let window =
        slide == size
        ? Window.tumbling(Span(milliseconds: size))
        : .sliding(Span(milliseconds: size), every: Span(milliseconds: slide))
      let (items, end) = Self.watched(partitions)
      var expected: [Windowed<Int, Int64>: Int64] = [:]
      for start in stride(from: Int64(-200) * slide, to: 600 * slide, by: Int(slide)) {
        let range = start..<(start + size)
        guard range.upperBound <= end else { continue }
        for (item, watermark) in items
        where range.contains(item.time) && range.upperBound > watermark {
          expected[Windowed(key: item.key, window: range, value: 0), default: 0] += item.number
        }
      }
      let rows = try run(
        { seed in
          try source(partitions, seed).aggregate(by: \.key, in: window, .sum(\.number))
        }, seed: seed)
      let found = rows.map { Windowed(key: $0.key, window: $0.window, value: $0.value) }
      let wanted = expected.map {
        Windowed(key: $0.key.key, window: $0.key.window, value: $0.value)
      }
      #expect(Set(found) == Set(wanted) && found.count == wanted.count, "seed \(seed)")
    }
  }

  @Test func `a time that no window can hold is its record's fault`() throws {
    for time in [Int64.max, .max - 1, .min, 0] {
      for window in [
        Window.tumbling(.seconds(1)), .tumbling(.milliseconds(1)),
        .sliding(.seconds(2), every: .seconds(1)), .session(gap: .seconds(1)),
      ] {
        var settings = QuerySettings()
        settings.trigger = .availableNow
        settings.outputMode = .update
        settings.failures = .skip
        let store = MemoryStore<Range<Int64>>()
        let items = ListSource("items", [[Item(key: 0, time: time, number: 0)]], seed: nil)
        let stream = try Stream(items).watermark(.seconds(1), on: \.time)
          .aggregate(by: \.key, in: window, .count())
        var failed = 0
        try Query(
          "q", stream, in: store, settings: settings,
          to: .rows { batch, transaction in transaction.rows += batch.events.map(\.value.window) }
        ).run { failed += $0.failedRecords }
        #expect(failed == 1 || !store.rows.isEmpty && store.rows.allSatisfy { $0.contains(time) })
        if time == 0 { #expect(failed == 0) }
      }
    }
  }

  @Test func `sessions gather what is near`() throws {
    for seed in seeds() {
      var random = SeededRandom(seed: seed)
      let partitions = Item.partitions(&random, Int.random(in: 1...3, using: &random))
      let gap = Int64.random(in: 1...15, using: &random)
      let (items, end) = Self.watched(partitions)
      var wanted: [Windowed<Int, Int64>] = []
      for key in 0..<5 {
        let times = items.filter { $0.0.key == key && $0.0.time >= $0.1 }.map(\.0.time).sorted()
        var session: [Int64] = []
        func finish() {
          guard let first = session.first, let last = session.last, last + gap <= end else {
            return
          }
          wanted.append(
            Windowed(key: key, window: first..<(last + gap), value: Int64(session.count)))
        }
        for time in times {
          if let last = session.last, time >= last + gap {
            finish()
            session = []
          }
          session.append(time)
        }
        finish()
      }
      let found = try run(
        { seed in
          try source(partitions, seed)
            .aggregate(by: \.key, in: .session(gap: Span(milliseconds: gap)), .count())
        }, seed: seed)
      #expect(Set(found) == Set(wanted) && found.count == wanted.count, "seed \(seed)")
    }
  }

  @Test func `of what comes again soon the first stays`() throws {
    for seed in seeds() {
      var random = SeededRandom(seed: seed)
      let partitions = Item.partitions(&random, Int.random(in: 1...3, using: &random))
      let span = Int64.random(in: 1...30, using: &random)
      let (items, _) = Self.watched(partitions)
      var kept: [Item] = []
      for (item, watermark) in items where item.time >= watermark {
        let isNear = kept.contains { $0.key == item.key && abs($0.time - item.time) < span }
        if !isNear { kept.append(item) }
      }
      let found = try run(
        { seed in
          try source(partitions, seed)
            .deduplicate(on: \.key, within: Span(milliseconds: span))
        }, seed: seed)
      #expect(Set(found) == Set(kept) && found.count == kept.count, "seed \(seed)")
    }
  }

  @Test func `two streams are joined within their distance`() throws {
    for seed in seeds() {
      var random = SeededRandom(seed: seed)
      let lefts = Item.partitions(&random, Int.random(in: 1...2, using: &random))
      let rights = Item.partitions(&random, Int.random(in: 1...2, using: &random))
      let (before, after) = (
        Int.random(in: 0...10, using: &random), Int.random(in: 0...10, using: &random)
      )
      var wanted: [[Item]] = []
      for (left, watermark) in Self.watched(lefts).items where left.time >= watermark {
        for (right, watermark) in Self.watched(rights).items
        where right.time >= watermark && right.key == left.key
          && (left.time - Int64(before)...left.time + Int64(after)).contains(right.time)
        {
          wanted.append([left, right])
        }
      }
      let found = try run(
        { seed in
          let other = try Stream(ListSource("others", rights, seed: seed &+ 1))
            .watermark(.milliseconds(Int(Self.delay)), on: \.time)
          return try source(lefts, seed).join(
            other, on: \.key, equals: \.key, from: .milliseconds(before), to: .milliseconds(after)
          ).map { [$0.0, $0.1] }
        }, seed: seed)
      #expect(Set(found) == Set(wanted) && found.count == wanted.count, "seed \(seed)")
    }
  }

  @Test func `one step behind another sees what it gives`() throws {
    for seed in seeds() {
      var random = SeededRandom(seed: seed)
      let partitions = Item.partitions(&random, Int.random(in: 1...3, using: &random))
      let (items, end) = Self.watched(partitions)
      var counts: [Pair<Int, Int64>: Int64] = [:]
      for (item, watermark) in items {
        let last = (item.time.floor(5) + 1) * 5
        if last > watermark, last <= end { counts[Pair(item.key, last), default: 0] += 1 }
      }
      var wanted: [Int64: Int64] = [:]
      for (key, count) in counts {
        let last = ((key.second - 1).floor(20) + 1) * 20
        if last <= end { wanted[last, default: 0] += count }
      }
      let found = try run(
        { seed in
          try source(partitions, seed)
            .aggregate(by: \.key, in: .tumbling(.milliseconds(5)), .count())
            .aggregate(by: { _ in 0 }, in: .tumbling(.milliseconds(20)), .sum(\.value))
        }, seed: seed)
      let pairs = found.map { ($0.window.upperBound, $0.value) }
      #expect(
        Dictionary(pairs) { $0 + $1 } == wanted && pairs.count == wanted.count, "seed \(seed)")
    }
  }
}

extension Int64 {
  fileprivate func floor(_ size: Int64) -> Int64 {
    self >= 0 ? self / size : (self - size + 1) / size
  }
}
