import ArgumentParser
import Machine
import Node
import Streams
import SupportDesk
import Synchronization
import Tables

/// A query of one's own: counts of many keys in windows, its state in the tables' file.
struct StreamsBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "streams")

  @Option(help: "Events, which are made as they are read.") var events = 10_000_000
  @Option(help: "Different keys among them.") var keys = 1_000_000
  @Option(help: "Windows they fall into, one after the other.") var windows = 5
  @OptionGroup var places: Places

  func run() throws {
    let folder = try places.folder()
    defer { try? LocalDisk().remove(folder) }
    let tables = try Tables(Path.join(folder, "tables"))
    let perWindow = Int64(max(events / max(windows, 1), 1))
    let counts = try Stream(Numbers(count: events))
      .watermark(.milliseconds(0)) { $0 }
      .aggregate(
        by: { [keys] number in
          var random = SeededRandom(seed: UInt64(bitPattern: number))
          return Int64(random.next() % UInt64(keys))
        }, in: .tumbling(Span(milliseconds: perWindow)), .count())
    var settings = QuerySettings()
    settings.trigger = .availableNow
    let given = Mutex((rows: 0, events: Int64(0)))
    let query = Query(
      "counts", counts, in: TableStateStore(EmbeddedTableStore(tables)), settings: settings,
      to: .rows { batch, _ in
        let sum = batch.events.reduce(Int64(0)) { $0 + $1.value.value }
        given.withLock { $0 = ($0.rows + batch.events.count, $0.events + sum) }
      })
    let before = Measure.residentBytes.own
    var peak = 0
    var batches = 0
    let cost = try Measure.time {
      try query.run { _ in
        peak = max(peak, Measure.residentBytes.own)
        batches += 1
      }
    }
    let (rows, counted) = given.withLock { $0 }
    print(
      "windowed counts \(shown(Double(events) / cost.seconds)) events/s of \(shown(Double(keys))) "
        + "keys into \(windows) windows, \(shown(Double(batches))) batches; "
        + "\(shown(Double(rows))) rows with \(shown(Double(counted))) events given; "
        + "\(shown(Double(peak) / 1_048_576)) MiB of its own at most, "
        + "\(shown(Double(before) / 1_048_576)) before")
  }
}

/// The numbers from 0 on, as times.
private struct Numbers: StreamSource {
  let count: Int
  let arrivals = Signal()
  var name: String { "numbers" }

  func partitionCount() -> Int { 1 }
  func bounds(of partition: Int) -> Range<Int64> { 0..<Int64(count) }
  func read(
    _ partition: Int, from offset: Int64, to end: Int64, limit: Int?, among _: Int,
    into events: inout [Event<Int64>]
  ) -> Int64 {
    let next = min(end, offset + Int64(min(limit ?? count, count)))
    for number in offset..<next {
      events.append(Event(number, time: number, origin: Origin(name, 0, number)))
    }
    return next
  }
}
