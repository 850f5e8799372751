internal import Bytes
internal import Synchronization

/// Where Kafka's default partitioner puts a record: by murmur2 of its key; without a key, one
/// partition after the other.
package final class Partitioner: Sendable {
  private let turn = Atomic<Int>(0)

  package init() {}

  package func partition(for key: UnsafeRawBufferPointer?, of count: Int) -> Int {
    guard let key else { return turn.wrappingAdd(1, ordering: .relaxed).oldValue % count }
    return Int(Murmur.hash2(key) & 0x7FFF_FFFF) % count
  }
}
