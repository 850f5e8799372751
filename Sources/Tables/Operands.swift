internal import Bytes
internal import CQL
internal import Machine

/// The values bound to one execution of a prepared statement, in order of its markers, each in the
/// native protocol's encoding of its column's type. Reusable: `removeAll()` keeps the memory.
package struct BoundValues: ~Copyable, Sendable {
  var bytes = ByteBuffer(capacity: 1_024)
  /// Nil is null; an empty range is an empty value.
  var ranges: [Range<Int>?] = []

  package init() {}

  /// Forgets all values and keeps the memory for the next ones.
  package mutating func removeAll() {
    bytes.removeAll()
    ranges.removeAll(keepingCapacity: true)
  }

  /// Binds bytes that are in native encoding already; text is its UTF-8.
  package mutating func append(_ value: UnsafeRawBufferPointer) {
    let start = bytes.count
    bytes.append(value)
    ranges.append(start..<bytes.count)
  }

  /// Binds bytes that are in native encoding already.
  package mutating func append(_ value: [UInt8]) {
    let start = bytes.count
    bytes.append(value)
    ranges.append(start..<bytes.count)
  }

  /// Binds text.
  package mutating func append(_ text: String) {
    let start = bytes.count
    bytes.append(utf8: text)
    ranges.append(start..<bytes.count)
  }

  /// Binds an integer of the column's width.
  package mutating func append<Integer: FixedWidthInteger>(_ value: Integer) {
    appendFixed(value)
  }

  @inline(__always)
  private mutating func appendFixed<Integer: FixedWidthInteger>(_ value: Integer) {
    let start = bytes.count
    bytes.append(bigEndian: value)
    ranges.append(start..<bytes.count)
  }

  /// Binds a `bigint`, or a `timestamp` in milliseconds.
  package mutating func append(_ value: Int64) { appendFixed(value) }

  /// Binds an `int`.
  package mutating func append(_ value: Int32) { appendFixed(value) }

  /// Binds a `date`: days, with 2^31 for 1970-01-01.
  package mutating func append(_ value: UInt32) { appendFixed(value) }

  /// Binds a `double`.
  package mutating func append(_ value: Double) { append(value.bitPattern) }

  /// Binds null, which deletes the cell where it is written.
  package mutating func appendNull() { ranges.append(nil) }
}

/// Where an operand of a statement comes from: written in it, or bound to a marker.
enum Operand: Hashable, Sendable {
  case constant(Range<Int>)
  case null
  case marker(Int)
}

/// The operands of one execution: the statement's own constants and the bound values.
struct Operands {
  let constants: UnsafeRawBufferPointer
  let bound: UnsafeRawBufferPointer
  let ranges: [Range<Int>?]

  /// An operand's bytes; nil is null.
  @inline(__always)
  subscript(operand: Operand) -> UnsafeRawBufferPointer? {
    switch operand {
    case .null: return nil
    case .constant(let range): return UnsafeRawBufferPointer(rebasing: constants[range])
    case .marker(let index):
      guard let range = ranges[index] else { return nil }
      return UnsafeRawBufferPointer(rebasing: bound[range])
    }
  }

  /// An operand that may not be null, such as a key's.
  func required(_ operand: Operand, _ column: Column) throws(TableError) -> UnsafeRawBufferPointer {
    guard let bytes = self[operand] else {
      throw .invalid("Invalid null value in condition for column \(column.name)")
    }
    if bytes.isEmpty && !column.type.hasEmptyValue {
      throw .invalid("Key may not be empty: column \(column.name)")
    }
    return bytes
  }
}

/// Gathers a statement's operands while it is planned.
struct OperandTable {
  /// A `?` or `:name`: the type that its value must have.
  struct Marker: Hashable, Sendable {
    var column: String
    var type: DataType
  }

  var constants: [UInt8] = []
  var markers: [Int: Marker] = [:]
  /// A function such as `now()` was called: the plan holds for one execution only.
  var isVolatile = false
  let clock: Clock

  mutating func add(
    _ term: Term, _ type: DataType, column: String
  ) throws(TableError) -> Operand {
    if case .marker(let index, _) = term {
      markers[index] = Marker(column: column, type: type)
      return .marker(index)
    }
    if term.callsFunction { isVolatile = true }
    guard let bytes = try type.encode(term, column: column, clock: clock) else { return .null }
    defer { constants += bytes }
    return .constant(constants.count..<(constants.count + bytes.count))
  }

  /// The terms of an IN: its list.
  mutating func add(
    list term: Term, _ type: DataType, column: String
  ) throws(TableError) -> [Operand] {
    guard case .list(let terms) = term else {
      throw .invalid("A marker for the whole list of IN is not supported: write IN (?, ?, …)")
    }
    var operands: [Operand] = []
    for term in terms { operands.append(try add(term, type, column: column)) }
    return operands
  }
}
