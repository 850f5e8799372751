import Machine
import Streams
import Synchronization

/// Partitions of values in memory, read in pieces of random size.
final class ListSource<Value: Sendable>: StreamSource {
  let name: String
  let arrivals = Signal()
  private let partitions: [[Value]]
  private let random: Mutex<SeededRandom>?
  private let identifier: String

  /// Whole pieces are read where there is no `seed`.
  init(_ name: String, _ partitions: [[Value]], seed: UInt64?, identity: String = "") {
    self.name = name
    identifier = identity
    self.partitions = partitions
    random = seed.map { Mutex(SeededRandom(seed: $0)) }
  }

  func identity() -> String { identifier }
  func partitionCount() -> Int { partitions.count }
  func bounds(of partition: Int) -> Range<Int64> { 0..<Int64(partitions[partition].count) }

  func read(
    _ partition: Int, from offset: Int64, to end: Int64, limit: Int?, among _: Int,
    into events: inout [Event<Value>]
  ) -> Int64 {
    let most = min(limit ?? .max, Int(end - offset))
    let some = random?.withLock { Int.random(in: min(1, most)...most, using: &$0) } ?? most
    let count = limit == nil ? most : some
    for place in Int(offset)..<(Int(offset) + count) {
      events.append(
        Event(
          partitions[partition][place], time: 0, origin: Origin(name, partition, Int64(place))))
    }
    return offset + Int64(count)
  }
}
