import Machine
import Synchronization
import TestSupport
import Testing

@testable import Streams

/// How a query runs: failures, sinks outside the store, modes, triggers, changes.
@Suite struct `Queries` {
  struct Bad: Error {}

  private func settings(_ policy: FailurePolicy = .stop, records: Int = 7) -> QuerySettings {
    var settings = QuerySettings()
    settings.trigger = .availableNow
    settings.failures = policy
    settings.maxRecordsPerBatch = records
    return settings
  }

  private func numbers(_ count: Int, seed: UInt64? = nil) -> Stream<Int> {
    Stream(ListSource("numbers", [Array(0..<count)], seed: seed))
  }

  /// Sums the numbers behind a step that keeps something, so that a batch begun twice would show.
  private func sums(_ stream: Stream<Int>) -> Stream<Windowed<Int, Int64>> {
    stream.aggregate(by: { _ in 0 }, .sum { Int64($0) })
  }

  @Test func `a step that fails names its record, and nothing of the batch is there`() throws {
    let store = MemoryStore<Int>()
    let stream = numbers(20).map { number in
      if number == 12 { throw Bad() }
      return number
    }
    let query = Query(
      "q", stream, in: store, settings: settings(records: 5),
      to: .rows { batch, transaction in transaction.rows += batch.events.map(\.value) })
    let error = #expect(throws: StreamError.self) { try query.run() }
    #expect(error?.description.contains("numbers-0@12") == true)
    #expect(store.rows == Array(0..<10))
  }

  @Test(arguments: [0, 1, 2])
  func `a record is left out where a step or the sink fails on it, and all others are there`(
    place: Int
  ) throws {
    var random = Seed.random()
    for _ in 0..<50 {
      let seed = random.next()
      let poison = Set((0..<3).map { _ in Int.random(in: 0..<40, using: &random) })
      let letters = Mutex<[String]>([])
      let store = MemoryStore<Int>()
      let stream = numbers(40, seed: seed)
        .map { number in
          if place == 0, poison.contains(number) { throw Bad() }
          return number
        }
        .deduplicate { $0 }
        .map { number in
          if place == 1, poison.contains(number) { throw Bad() }
          return number
        }
      let query = Query(
        "q", stream, in: store,
        settings: settings(
          .deadLetter { record in letters.withLock { $0.append("\(record.origin)") } },
          records: Int.random(in: 1...40, using: &random)),
        to: .rows { batch, transaction in
          transaction.rows += batch.events.map(\.value)
          if place == 2, batch.events.contains(where: { poison.contains($0.value) }) {
            throw Bad()
          }
        })
      try query.run()
      #expect(store.rows == (0..<40).filter { !poison.contains($0) }, "seed \(seed)")
      #expect(
        letters.withLock { $0 } == poison.sorted().map { "numbers-0@\($0)" }, "seed \(seed)")
    }
  }

  @Test func `a sink outside the store gets each epoch as it was, after any crash`() throws {
    var random = Seed.random()
    for _ in 0..<200 {
      let seed = random.next()
      let store = MemoryStore<Int>()
      var settings = settings()
      settings.maxEndingPerCommit = Int.random(in: 1...8, using: &random)
      let isWindowed = Bool.random(using: &random)
      // A file that remembers the last epoch it took, and the epochs as they came.
      let taken = Mutex<(last: Int64, rows: [Int], seen: [Int64: [Int]])>((-1, [], [:]))
      var runs = 0
      while true {
        runs += 1
        if Int.random(in: 0..<3, using: &random) > 0, runs < 30 {
          store.crash(
            after: Int.random(in: 0..<5, using: &random), isCommitted: Bool.random(using: &random))
        }
        settings.maxRecordsPerBatch = Int.random(in: 1...20, using: &random)
        let numbers = numbers(40, seed: random.next())
        let stream =
          isWindowed
          ? try numbers.watermark(.milliseconds(0)) { Int64($0) }
            .aggregate(by: { $0 % 4 }, in: .tumbling(.milliseconds(4)), .sum { Int64($0) })
            .map { Int($0.value) }
          : numbers.deduplicate { $0 % 25 }
        let query = Query(
          "q", stream, in: store, settings: settings,
          to: .forEachBatch { batch in
            let values = batch.events.map(\.value)
            taken.withLock { taken in
              #expect(taken.seen[batch.epoch] ?? values == values, "seed \(seed)")
              taken.seen[batch.epoch] = values
              if batch.epoch > taken.last {
                taken.rows += values
                taken.last = batch.epoch
              }
            }
          })
        do {
          try query.run()
          break
        } catch is Crash {}
      }
      // The last window, up to 40, is still open.
      #expect(taken.withLock { $0.rows } == Array(0..<(isWindowed ? 36 : 25)), "seed \(seed)")
    }
  }

  @Test func `update gives what has changed, complete gives all`() throws {
    for mode in [OutputMode.update, .complete] {
      let store = MemoryStore<Pair<Int, Int64>>()
      var settings = settings(records: 4)
      settings.outputMode = mode
      let stream = numbers(10).aggregate(by: { $0 / 4 }, .count()).map { Pair($0.key, $0.value) }
      try Query(
        "q", stream, in: store, settings: settings,
        to: .rows { batch, transaction in transaction.rows += batch.events.map(\.value) }
      ).run()
      let all = (0..<3).map { Pair($0, Int64($0 < 2 ? 4 : 2)) }
      #expect(store.rows == (mode == .update ? all : [all[0], all[0], all[1]] + all))
    }
  }

  @Test func `a query of other steps is refused under the same name`() throws {
    let store = MemoryStore<Int>()
    let sink = Sink<Int, MemoryStore<Int>.Transaction>.rows { batch, transaction in
      transaction.rows += batch.events.map(\.value)
    }
    try Query("q", numbers(3).deduplicate { $0 }, in: store, settings: settings(), to: sink).run()
    let error = #expect(throws: StreamError.self) {
      try Query(
        "q", numbers(3).deduplicate(on: { $0 }, within: .seconds(1)), in: store,
        settings: settings(), to: sink
      ).run()
    }
    #expect(error?.description.contains("other steps") == true)
    try Query("r", numbers(3), in: store, settings: settings(), to: sink).run()
    #expect(store.rows == [0, 1, 2, 0, 1, 2])
  }

  @Test func `a run goes on behind the last, and stops when it is told`() throws {
    let store = MemoryStore<Int>()
    let sink = Sink<Int, MemoryStore<Int>.Transaction>.rows { batch, transaction in
      transaction.rows += batch.events.map(\.value)
    }
    var once = settings(records: 4)
    once.trigger = .once
    try Query("q", numbers(10), in: store, settings: once, to: sink).run()
    #expect(store.rows == [0, 1, 2, 3])
    var forever = settings(records: 4)
    forever.trigger = .continuous
    let query = Query("q", numbers(10), in: store, settings: forever, to: sink)
    // It waits for more, until it is told to stop.
    var reports: [BatchProgress] = []
    try query.run { report in
      reports.append(report)
      if report.sources[0].endOffset == [10] { query.stop() }
    }
    #expect(reports.map(\.numInputRows) == [4, 2] && reports.map(\.numOutputRows) == [4, 2])
    #expect(reports.map(\.batchId) == [1, 2])
    #expect(reports.map { $0.sources[0].startOffset } == [[4], [8]])
    #expect(reports[0].inputRowsPerSecond == 0 && reports[1].inputRowsPerSecond > 0)
    #expect(store.rows == Array(0..<10))
  }

  @Test func `what cannot run together is refused before anything is read`() throws {
    let store = MemoryStore<Int>()
    func refusal<Value>(_ name: String, _ stream: Stream<Value>, _ mode: OutputMode) -> String {
      var settings = settings()
      settings.outputMode = mode
      let query = Query(name, stream, in: store, settings: settings, to: .forEachBatch { _ in })
      do {
        try query.run()
        return ""
      } catch { return "\(error)" }
    }
    let sums = sums(numbers(3))
    #expect(refusal("q", sums.aggregate(by: { _ in 0 }, .count()), .update).contains("append"))
    #expect(refusal("a/b", sums, .update).contains("name"))
    #expect(refusal("", sums, .update).contains("name"))
    let timed = try Stream(ListSource("timed", [[1, 2]], seed: nil))
      .watermark(.seconds(1)) { Int64($0) }
    let joined = timed.join(numbers(3), on: { $0 }, equals: { $0 }, to: .seconds(1))
    #expect(refusal("q", joined, .append).contains("watermark"))
    #expect(throws: StreamError.self) { try sums.watermark(.seconds(1)) { $0.value } }
  }
}
