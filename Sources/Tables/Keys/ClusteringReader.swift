internal import Bytes

/// Takes the values of a table's clustering columns out of rows' keys.
struct ClusteringReader: Sendable {
  private let columns: [Column]
  /// Of each column; nil for one that is read in another way.
  private let fixed: [FixedComponent?]
  /// Of each column.
  private let hasSpellings: [Bool]

  init(_ table: Table) {
    columns = Array(table.clusteringKey)
    fixed = columns.map(FixedComponent.init)
    hasSpellings = columns.map(\.type.hasSpellings)
  }

  var count: Int { columns.count }

  /// Appends the values to `values` and says in `ranges`, from `first` on, where they stand; the
  /// partition of the key ends before `start`. `spellings` is what the row has of them. False where
  /// the bytes are not such a key.
  @inline(__always)
  func read(
    _ key: UnsafeRawBufferPointer, from start: Int, spellings: UnsafeRawBufferPointer,
    into values: inout ByteBuffer, _ ranges: inout [Range<Int>], at first: Int
  ) -> Bool {
    var reader = ByteReader(key, offset: start)
    var spelled = ByteReader(spellings)
    for index in columns.indices {
      let begin = values.count
      if let fixed = fixed[index] {
        guard let run = try? reader.run(fixed.size), let source = run.baseAddress else {
          return false
        }
        values.extend(by: fixed.size) { fixed.flip(source, to: $0) }
        if fixed.isLeast(source) {
          guard let isEmpty = fixed.readMark(&reader) else { return false }
          if isEmpty { values.truncate(to: begin) }
        }
      } else {
        let isDescending = columns[index].isDescending
        guard columns[index].type.readComponent(&reader, descending: isDescending, into: &values)
        else { return false }
        if hasSpellings[index], spelled.remaining > 0 {
          guard let count = try? spelled.varint(), let run = try? spelled.run(Int(clamping: count))
          else { return false }
          values.truncate(to: begin)
          values.append(run)
        }
      }
      ranges[first + index] = begin..<values.count
    }
    return reader.remaining == 0
  }
}

extension ByteBuffer {
  /// Appends a clustering column's value as a row keeps it beside its key.
  mutating func append(spelling value: UnsafeRawBufferPointer) {
    append(varint: UInt64(value.count))
    append(value)
  }
}

/// How a value of a type with a fixed size becomes a key's component, and that the value again,
/// where it takes no more than flipping bits; as fast as can be.
struct FixedComponent: Sendable {
  let size: Int
  private let mask: UInt8
  private let first: UInt8
  /// Whether a mark stands behind the least component.
  private let hasMark: Bool

  init?(_ column: Column) {
    guard let size = column.type.fixedSize else { return nil }
    let mask: UInt8 = column.isDescending ? 0xFF : 0
    switch column.type {
    case .tinyint, .smallint, .int, .bigint, .timestamp: first = mask ^ 0x80
    case .date, .time: first = mask
    default: return nil
    }
    self.size = size
    self.mask = mask
    hasMark = column.type.sizeBeforeMark != nil
  }

  /// Appends the component of a value of this size.
  @inline(__always)
  func append(_ value: UnsafeRawBufferPointer, to key: inout ByteBuffer) {
    guard let source = value.baseAddress else { return }
    var isLeast = false
    key.extend(by: size) { target in
      flip(source, to: target)
      isLeast = self.isLeast(target)
    }
    if isLeast { key.append(KeyEncoding.Mark.value ^ mask) }
  }

  /// Whether the component at `source` has a mark behind it.
  @inline(__always)
  func isLeast(_ source: UnsafeRawPointer) -> Bool {
    guard hasMark, source.load(as: UInt8.self) == mask else { return false }
    for index in 1..<size where source.load(fromByteOffset: index, as: UInt8.self) != mask {
      return false
    }
    return true
  }

  /// Whether the mark says that the value is empty; nil where it is none.
  func readMark(_ reader: inout ByteReader) -> Bool? {
    guard let mark = (try? reader.integer(UInt8.self)).map({ $0 ^ mask }),
      mark <= KeyEncoding.Mark.value
    else { return nil }
    return mark == KeyEncoding.Mark.empty
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
