internal import Bytes

/// Takes the values of a table's clustering columns out of rows' keys.
struct ClusteringReader: Sendable {
  private let columns: [Column]
  /// Of each column; nil for one that is read in another way.
  private let fixed: [FixedComponent?]

  init(_ table: Table) {
    columns = Array(table.clusteringKey)
    fixed = columns.map(FixedComponent.init)
  }

  var count: Int { columns.count }

  /// Appends the values to `values` and says in `ranges`, from `first` on, where they stand; the
  /// partition of the key ends before `start`. False where the bytes are not such a key.
  @inline(__always)
  func read(
    _ key: UnsafeRawBufferPointer, from start: Int, into values: inout ByteBuffer,
    _ ranges: inout [Range<Int>], at first: Int
  ) -> Bool {
    var reader = ByteReader(key, offset: start)
    for index in columns.indices {
      let begin = values.count
      if let fixed = fixed[index] {
        guard let run = try? reader.run(fixed.size), let source = run.baseAddress else {
          return false
        }
        values.extend(by: fixed.size) { fixed.flip(source, to: $0) }
      } else {
        let isDescending = columns[index].isDescending
        guard columns[index].type.readComponent(&reader, descending: isDescending, into: &values)
        else { return false }
      }
      ranges[first + index] = begin..<values.count
    }
    return reader.remaining == 0
  }
}

/// How a value of a type with a fixed size becomes a key's component, and that the value again,
/// where it takes no more than flipping bits; as fast as can be.
struct FixedComponent: Sendable {
  let size: Int
  private let mask: UInt8
  private let first: UInt8

  init?(_ column: Column) {
    guard let size = column.type.fixedSize else { return nil }
    let mask: UInt8 = column.isDescending ? 0xFF : 0
    switch column.type {
    case .tinyint, .smallint, .int, .bigint, .timestamp: first = mask ^ 0x80
    case .date, .time, .boolean: first = mask
    default: return nil
    }
    self.size = size
    self.mask = mask
  }

  /// Writes the value of the component at `source`, or the component of the value.
  @inline(__always)
  func flip(_ source: UnsafeRawPointer, to target: UnsafeMutableRawPointer) {
    target.copyMemory(from: source, byteCount: size)
    if mask != 0 {
      for index in 1..<size {
        target.storeBytes(
          of: target.load(fromByteOffset: index, as: UInt8.self) ^ mask, toByteOffset: index,
          as: UInt8.self)
      }
    }
    target.storeBytes(of: target.load(as: UInt8.self) ^ first, as: UInt8.self)
  }
}
