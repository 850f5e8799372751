import Bytes
import Machine
import Streams

/// What the tests' streams are made of.
struct Item: Hashable, StateValue {
  var key: Int
  var time: Int64
  var number: Int64

  init(key: Int, time: Int64, number: Int64) {
    (self.key, self.time, self.number) = (key, time, number)
  }

  func encode(into buffer: inout ByteBuffer) {
    key.encode(into: &buffer)
    time.encode(into: &buffer)
    number.encode(into: &buffer)
  }

  init(from reader: inout ByteReader) throws(ByteError) {
    key = try Int(from: &reader)
    time = try Int64(from: &reader)
    number = try Int64(from: &reader)
  }

  /// Partitions of items whose times run on, out of order and sometimes far behind; the items of a
  /// key are in one partition.
  static func partitions(_ random: inout SeededRandom, _ count: Int) -> [[Item]] {
    var partitions: [[Item]] = Array(repeating: [], count: count)
    var time = Int64.random(in: -50...50, using: &random)
    for number in 0..<Int.random(in: 0...60, using: &random) {
      time += Int64.random(in: 0...6, using: &random)
      let back =
        Int.random(in: 0..<6, using: &random) == 0
        ? Int64.random(in: 0...60, using: &random) : Int64.random(in: 0...8, using: &random)
      let key = Int.random(in: 0..<5, using: &random)
      partitions[key % count].append(Item(key: key, time: time - back, number: Int64(number)))
    }
    return partitions
  }
}
