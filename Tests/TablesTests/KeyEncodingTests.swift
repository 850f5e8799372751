import Bytes
import CQL
import Machine
import Testing

@testable import Tables

@Suite struct KeyEncodingTests {
  private let types = DataType.simple + DataType.structured

  private func randomTypes(_ random: inout SeededRandom) -> [DataType] {
    (0..<40).map { _ in DataType.randomKeyType(depth: 3, &random) }
  }

  static func component(_ value: [UInt8], _ type: DataType, descending: Bool) -> [UInt8] {
    var key = ByteBuffer()
    value.withUnsafeBytes { type.appendComponent($0, descending: descending, to: &key) }
    return key.toArray()
  }

  /// The value of a component and nothing else; nil where it is none.
  static func value(_ type: DataType, _ key: [UInt8], _ descending: Bool) -> [UInt8]? {
    key.withUnsafeBytes { bytes in
      var reader = ByteReader(bytes)
      var decoded = ByteBuffer()
      let isRead = type.readComponent(&reader, descending: descending, into: &decoded)
      return isRead && reader.remaining == 0 ? decoded.toArray() : nil
    }
  }

  @Test func `components sort as the values do, both ways`() {
    var random = seededRandom()
    for type in types + randomTypes(&random) {
      for round in 0..<500 {
        let left = type.sample(narrow: round % 2 == 0, &random).bytes
        let right = type.sample(narrow: round % 2 == 0, &random).bytes
        let order = type.order(left, right)
        for descending in [false, true] {
          let keys = (
            Self.component(left, type, descending: descending),
            Self.component(right, type, descending: descending)
          )
          let found = keys.0.lexicographicallyPrecedes(keys.1) ? -1 : keys.0 == keys.1 ? 0 : 1
          #expect(found == (descending ? -order : order), "\(type) \(left) \(right)")
          // No component begins another, so that what follows cannot disturb the order.
          #expect(order == 0 || !keys.1.starts(with: keys.0), "\(type) \(left) \(right)")
        }
        #expect(type.compare(left, right).signum() == order, "\(type) \(left) \(right)")
      }
    }
  }

  // As `DecimalType`, `IntegerType`, `DoubleType` and `BooleanType` compare; the value that a
  // component gives back is the first one.
  @Test func `values that are equal have one component`() {
    let equal: [(DataType, [[UInt8]])] = [
      (.decimal, [[0xFF, 0xFF, 0xFF, 0xFF, 1], [0, 0, 0, 0, 10], [0, 0, 0, 1, 100]]),
      (.decimal, [[0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0], [0, 0, 0, 7, 0]]),
      (
        .decimal,
        [[0xFF, 0xFF, 0xFF, 0xFF, 0xFF], [0, 0, 0, 0, 0xF6], [0, 0, 0, 1, 0xFF, 0x9C]]
      ),
      (.varint, [[5], [0, 5], [0, 0, 5], [UInt8](repeating: 0, count: 600) + [5]]),
      (.varint, [[0xFF], [0xFF, 0xFF]]),
      (.float, [[0x7F, 0xC0, 0, 0], [0xFF, 0xC0, 0, 0], [0x7F, 0x80, 0, 1]]),
      (.double, [[0x7F, 0xF8, 0, 0, 0, 0, 0, 0], [0xFF, 0xF8, 0, 0, 0, 0, 0, 0]]),
      (.boolean, [[1], [2], [0xFF]]),
    ]
    for (type, values) in equal {
      for descending in [false, true] {
        let keys = Set(values.map { Self.component($0, type, descending: descending) })
        #expect(keys.count == 1, "\(type)")
        for key in keys { #expect(Self.value(type, key, descending) == values[0], "\(type)") }
      }
      for value in values {
        #expect(type.compare(value, values[0]) == 0, "\(type) \(value)")
        let isEqual = value.withUnsafeBytes { value in
          values[0].withUnsafeBytes { Comparison.equal.holds(value, $0, type) }
        }
        #expect(isEqual, "\(type) \(value)")
      }
    }
    // Float.compare: the negative zero is the smaller one.
    #expect(DataType.float.compare([0x80, 0, 0, 0], [0, 0, 0, 0]) < 0)
  }

  // As `Int32Type.compareCustom` and its like: less than all others.
  @Test func `an empty value comes before all others and comes back`() {
    var random = seededRandom()
    for type in types where type.takesEmptyValue {
      var others = (0..<100).map { type.sample(narrow: $0 % 2 == 0, &random).bytes }
      if let size = type.fixedSize, type != .timeuuid {
        others.append([UInt8](repeating: 0, count: size))
        others.append([0x80] + [UInt8](repeating: 0, count: size - 1))
      }
      for descending in [false, true] {
        let empty = Self.component([], type, descending: descending)
        #expect(Self.value(type, empty, descending) == [], "\(type)")
        for other in others where !other.isEmpty {
          let key = Self.component(other, type, descending: descending)
          #expect(empty.lexicographicallyPrecedes(key) == !descending, "\(type) \(other)")
          #expect(!key.starts(with: empty) && !empty.starts(with: key), "\(type) \(other)")
        }
      }
    }
  }

  @Test func `components give back the values`() {
    var random = seededRandom()
    for type in types + randomTypes(&random) {
      for round in 0..<200 {
        let value = type.sample(narrow: round % 2 == 0, &random).bytes
        for descending in [false, true] {
          let key = Self.component(value, type, descending: descending)
          for (bytes, isWhole) in [(key + [0xFF, 0, 7], true), (Array(key.dropLast()), false)] {
            bytes.withUnsafeBytes { bytes in
              var reader = ByteReader(bytes)
              var decoded = ByteBuffer()
              let isRead = type.readComponent(&reader, descending: descending, into: &decoded)
              #expect(isRead == isWhole, "\(type) \(value)")
              guard isWhole else { return }
              #expect(decoded.toArray() == value, "\(type)")
              #expect(reader.remaining == 3, "\(type) \(value)")
            }
          }
        }
      }
    }
  }

  @Test func `random bytes are never a trap for a key's reader`() {
    var random = seededRandom()
    let columns = types.enumerated().map { number, type in
      Column(
        id: UInt32(number), name: "c\(number)", type: type, kind: .clustering, position: number,
        isDescending: number % 2 == 0)
    }
    let partition = (0..<2).map { number in
      Column(
        id: UInt32(100 + number), name: "p\(number)", type: .text, kind: .partitionKey,
        position: number, isDescending: false)
    }
    for _ in 0..<5_000 {
      let table = Table(
        keyspace: "k", name: "t", id: 1, uuid: .named("t"),
        columns: partition.prefix(Int.random(in: 1...2, using: &random))
          + columns.shuffled(using: &random))
      let bytes: [UInt8] = (0..<Int.random(in: 0...120, using: &random)).map { _ in
        [0, 0, 1, 0xFF].randomElement(using: &random) ?? 0
      }
      bytes.withUnsafeBytes { bytes in
        var values = ByteBuffer()
        var ranges: [Range<Int>] = []
        let length = RowKey.partitionLength(bytes)
        _ = RowKey.token(bytes)
        if RowKey.readPartitionKey(bytes, into: &values) {
          _ = RowKey.splitPartitionKey(table.partitionKey.count, values, from: 0, &ranges)
        }
        let clustering = ClusteringReader(table)
        ranges = Array(repeating: 0..<0, count: clustering.count)
        _ = clustering.read(
          bytes, from: length, spellings: bytes, into: &values, &ranges, at: 0)
      }
    }
  }

  /// As the Python driver computes them (`cassandra.metadata.Murmur3Token`, 3.30).
  @Test func `tokens are those of Cassandra's drivers`() {
    let known: [(String, Int64)] = [
      ("61736f73", 2_660_308_765_126_229_101),
      ("61", -8_839_064_797_231_613_815),
      ("00", 5_048_724_184_180_415_669),
      ("ffffffffffffffffffffffffffffffffff", -4_128_212_798_341_382_003),
      ("e697a5e69cace8aa9e", 2_587_241_856_907_040_145),
      ("82b70eee7f1a50", 7_388_563_470_567_982_701),
      ("39bef07ec2347f06", -5_882_464_163_309_573_427),
      ("980bb8d4544a8721a99a01ad219eb59c", 5_054_524_764_086_438_209),
      (
        "dd2e6aaeb94bae8d2f9fa29c5a284c9ef7521829cf1079b080e9d74a1c10fcab6a",
        -5_558_674_688_720_020_180
      ),
    ]
    for (hex, token) in known {
      let bytes = stride(from: 0, to: hex.count, by: 2).compactMap { offset in
        UInt8(hex.dropFirst(offset).prefix(2), radix: 16)
      }
      #expect(bytes.withUnsafeBytes { KeyEncoding.token($0) } == token, "\(hex)")
    }
  }

  /// As the Python driver computes them of the components' lengths, bytes and zeros.
  @Test func `tokens of composite keys are those of Cassandra's drivers`() {
    let known: [([[UInt8]], Int64)] = [
      ([Array("asos".utf8), bigEndian(UInt32(20_777 + 1 << 31))], -8_399_732_843_698_936_680),
      ([[], [0xFF, 0x80, 0]], -2_973_695_886_646_454_005),
      ([bigEndian(Int32(-1)), bigEndian(-(Int64(1) << 40))], -3_713_936_972_125_470_571),
    ]
    for (values, token) in known {
      var serialized = ByteBuffer()
      values[0].withUnsafeBytes { first in
        values[1].withUnsafeBytes { RowKey.serialize([first, $0], into: &serialized) }
      }
      #expect(serialized.withBytes { KeyEncoding.token($0) } == token)
    }
  }
}
