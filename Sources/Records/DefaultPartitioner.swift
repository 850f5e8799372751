internal import Bytes

/// Where Kafka's default partitioner puts a record with a key: by murmur2 of the key. Those without
/// one take turns, which the producer counts.
package enum DefaultPartitioner {
  /// The partition, from 0, that a key belongs to where a topic has `count` of them.
  package static func partition(for key: UnsafeRawBufferPointer, of count: Int) -> Int {
    Int(Murmur.hash2(key) & 0x7FFF_FFFF) % max(count, 1)
  }
}
