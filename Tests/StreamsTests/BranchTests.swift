import Machine
import Synchronization
import TestSupport
import Testing

@testable import Streams

/// Streams that part, steps with a memory of their own, and what becomes of time and of late
/// events.
@Suite struct `Branches and memory` {
  private func settings(_ random: inout SeededRandom) -> QuerySettings {
    var settings = QuerySettings()
    settings.trigger = .availableNow
    settings.maxRecordsPerBatch = Int.random(in: 1...20, using: &random)
    settings.maxEndingPerCommit = Int.random(in: 1...8, using: &random)
    return settings
  }

  /// Of each window of ten: by how much its sum is above that of the key's window before it.
  private func rises(_ stream: Stream<Item>) -> Stream<String> {
    stream.aggregate(by: \.key, in: .tumbling(.milliseconds(10)), .sum(\.number))
      .flatMap(by: \.key, keeping: Int64.self) { last, window in
        defer { last = window.value % 3 == 0 ? nil : window.value }
        return last.map { ["\(window.key) \(window.window) \(window.value - $0)"] } ?? []
      }
  }

  @Test func `branches get every value, and a memory survives crashes`() throws {
    var random = Seed.random()
    for _ in 0..<200 {
      let seed = random.next()
      let partitions = Item.partitions(&random, Int.random(in: 1...3, using: &random))
      var sums: [Int: [Int64: Int64]] = [:]
      var ends: [Int64] = []
      for partition in partitions where !partition.isEmpty {
        var watermark = Int64.min
        for item in partition {
          let start = (item.time >= 0 ? item.time : item.time - 9) / 10 * 10
          if start + 10 > watermark {
            sums[item.key, default: [:]][start, default: 0] += item.number
          }
          watermark = max(watermark, item.time - 5)
        }
        ends.append(watermark)
      }
      var wanted = partitions.joined().map { "item \($0.number)" }
      for (key, windows) in sums {
        var last: Int64?
        for (start, sum) in windows.sorted(by: { $0.key < $1.key })
        where start + 10 <= ends.min() ?? .min {
          if let last { wanted.append("\(key) \(start..<(start + 10)) \(sum - last)") }
          last = sum % 3 == 0 ? nil : sum
        }
      }
      let store = MemoryStore<String>()
      while true {
        if Bool.random(using: &random) {
          store.crash(
            after: Int.random(in: 0..<6, using: &random), isCommitted: Bool.random(using: &random))
        }
        let stream = try Stream(ListSource("items", partitions, seed: random.next()))
          .watermark(.milliseconds(5), on: \.time)
          .branch({ $0.map { "item \($0.number)" } }, { rises($0) })
        do {
          try Query(
            "q", stream, in: store, settings: settings(&random),
            to: .rows { batch, transaction in transaction.rows += batch.events.map(\.value) }
          ).run()
          break
        } catch is Crash {}
      }
      #expect(store.rows.sorted() == wanted.sorted(), "seed \(seed)")
    }
  }

  @Test func `a batch ends where its values weigh enough, and nothing is left out`() throws {
    var random = Seed.random()
    for _ in 0..<100 {
      let seed = random.next()
      let partitions = (0..<Int.random(in: 1...3, using: &random)).map { _ in
        (0..<Int.random(in: 0...900, using: &random)).map { _ in
          Int.random(in: 0...9, using: &random)
        }
      }
      let bytes = Int.random(in: 1...2_000, using: &random)
      var settings = QuerySettings()
      settings.trigger = .availableNow
      settings.maxBytesPerBatch = bytes
      let heaviest = Mutex(0)
      let store = MemoryStore<Int>()
      let stream = Stream(ListSource("numbers", partitions, seed: random.next()))
        .flatMap(
          weighing: { $0 * 10 }, { number in (0..<number).map { _ in number } })
      try Query(
        "q", stream, in: store, settings: settings,
        to: .rows { batch, transaction in
          let weight = batch.events.reduce(0) { $0 + $1.value * 10 }
          heaviest.withLock { $0 = max($0, weight) }
          transaction.rows += batch.events.map(\.value)
        }
      ).run()
      let wanted = partitions.joined().flatMap { number in (0..<number).map { _ in number } }
      #expect(store.rows.sorted() == wanted.sorted(), "seed \(seed)")
      // Each thread may be at one more record, of 810 bytes at most, and one is read in any case.
      #expect(heaviest.withLock { $0 } <= bytes + 3 * 810, "seed \(seed)")
    }
  }

  @Test func `late records are handed over, each once a batch`() throws {
    var random = Seed.random()
    let times: [Int64] = [5, 50, 3, 51, 60, 44, 61]
    let items = [times.enumerated().map { Item(key: 0, time: $1, number: Int64($0)) }]
    let late = Mutex<[Origin]>([])
    var settings = settings(&random)
    settings.late = { record in late.withLock { $0.append(record.origin) } }
    let store = MemoryStore<Int64>()
    let stream = try Stream(ListSource("items", items, seed: random.next()))
      .watermark(.milliseconds(5), on: \.time)
      .aggregate(by: \.key, in: .sliding(.milliseconds(10), every: .milliseconds(5)), .count())
    var dropped = 0
    try Query(
      "q", stream, in: store, settings: settings,
      to: .rows { batch, transaction in transaction.rows += batch.events.map(\.value.value) }
    ).run { dropped += $0.numRowsDroppedByWatermark }
    // The last but one is late for the earlier of its two windows alone: both end by 55.
    #expect(late.withLock { $0 } == [Origin("items", 0, 2), Origin("items", 0, 5)])
    #expect(dropped == 4)
  }

  @Test func `time goes on without a partition that has had nothing new for long`() throws {
    let items = [
      [1, 20, 31].map { Item(key: 0, time: $0, number: 1) }, [Item(key: 1, time: 2, number: 1)],
    ]
    for idleAfter in [nil, Span.milliseconds(1)] {
      let store = MemoryStore<Range<Int64>>()
      var settings = QuerySettings()
      settings.idleAfter = idleAfter
      let looks = Mutex(0)
      // Without the setting it ends by itself; with it, when the windows are there.
      settings.trigger = .untilEnd { [store] in
        if idleAfter != nil { return store.rows.count > 1 }
        return looks.withLock {
          $0 += 1
          return $0 > 3
        }
      }
      let source = ListSource("items", items, seed: nil)
      let stream = try Stream(source)
        .watermark(.milliseconds(0), on: \.time)
        .aggregate(by: \.key, in: .tumbling(.milliseconds(10)), .count())
      let query = Query(
        "q", stream, in: store, settings: settings,
        to: .rows { batch, transaction in transaction.rows += batch.events.map(\.value.window) })
      let waking = Atomic<Bool>(true)
      let alarm = Worker {
        // What a log does when records come in: the query looks again.
        while waking.load(ordering: .relaxed) { source.arrivals.raise() }
      }
      try query.run()
      waking.store(false, ordering: .relaxed)
      alarm.join()
      #expect(Set(store.rows) == (idleAfter == nil ? [] : [0..<10, 20..<30]))
    }
  }

  @Test func `a source that was made anew is refused, or read from its start`() throws {
    let store = MemoryStore<Int>()
    func run(_ identity: String, _ numbers: [Int], isStrict: Bool) throws {
      var settings = QuerySettings()
      settings.trigger = .availableNow
      settings.failOnDataLoss = isStrict
      let source = ListSource("numbers", [numbers], seed: nil, identity: identity)
      try Query(
        "q", Stream(source), in: store, settings: settings,
        to: .rows { batch, transaction in transaction.rows += batch.events.map(\.value) }
      ).run()
    }
    try run("a", [1, 2, 3], isStrict: true)
    try run("a", [1, 2, 3, 4], isStrict: true)
    let error = #expect(throws: StreamError.self) { try run("b", [7, 8], isStrict: true) }
    #expect(error?.description.contains("made anew") == true)
    try run("b", [7, 8], isStrict: false)
    try run("b", [7, 8, 9], isStrict: true)
    #expect(store.rows == [1, 2, 3, 4, 7, 8, 9])
  }

  @Test func `a query's place is read, moved and forgotten by its name`() throws {
    let store = MemoryStore<Int>()
    let sink = Sink<Int, MemoryStore<Int>.Transaction>.rows { batch, transaction in
      transaction.rows += batch.events.map(\.value)
    }
    var settings = QuerySettings()
    settings.trigger = .availableNow
    func run(_ name: String) throws {
      let stream = Stream(ListSource("numbers", [[1, 2, 3], [4]], seed: nil)).deduplicate { $0 }
      try Query(name, stream, in: store, settings: settings, to: sink).run()
    }
    for name in ["b", "a", "a-long-name"] { try run(name) }
    #expect(try QueryPosition.names(in: store) == ["a", "a-long-name", "b"])
    var position = try #require(try QueryPosition(of: "a", in: store))
    #expect(position.sources == ["numbers"] && position.offsets(of: "numbers") == [3, 1])
    position.move("numbers", identity: "", to: [0, 0])
    try position.write(to: store)
    try run("a")
    #expect(store.rows.count == 12)
    try QueryPosition.forget("a", in: store)
    #expect(try QueryPosition.names(in: store) == ["a-long-name", "b"])
    var ahead = QueryPosition(beginning: "a")
    ahead.move("numbers", identity: "", to: [2, 1])
    try ahead.write(to: store)
    try run("a")
    #expect(store.rows.suffix(1) == [3])
  }
}
