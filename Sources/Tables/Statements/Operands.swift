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

  /// Binds bytes that are in native encoding already.
  package mutating func append(_ value: ArraySlice<UInt8>) {
    value.withUnsafeBytes { append($0) }
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

  /// Binds nothing: what the marker would write is left as it is.
  package mutating func appendUnset() { ranges.append(BoundValues.unset) }

  static let unset = Int.max..<Int.max
}

/// Where an operand of a statement comes from: written in it, bound to a marker, or made of such at
/// each execution.
enum Operand: Hashable, Sendable {
  case constant(Range<Int>)
  case null
  case marker(Int)
  case computed(Int)
}

/// The operands of one execution: the statement's own constants, the bound values, and what was
/// computed of them.
struct Operands {
  let constants: UnsafeRawBufferPointer
  let bound: UnsafeRawBufferPointer
  let ranges: [Range<Int>?]
  var computed = UnsafeRawBufferPointer(start: nil, count: 0)
  var computedRanges: [Range<Int>?] = []

  /// An operand's bytes; nil is null or unset.
  @inline(__always)
  subscript(operand: Operand) -> UnsafeRawBufferPointer? {
    switch operand {
    case .null: return nil
    case .constant(let range): return UnsafeRawBufferPointer(rebasing: constants[range])
    case .marker(let index):
      guard let range = ranges[index], range != BoundValues.unset else { return nil }
      return UnsafeRawBufferPointer(rebasing: bound[range])
    case .computed(let index):
      guard let range = computedRanges[index], range != BoundValues.unset else { return nil }
      return UnsafeRawBufferPointer(rebasing: computed[range])
    }
  }

  /// Whether an operand says that nothing is to be written.
  @inline(__always)
  func isUnset(_ operand: Operand) -> Bool {
    switch operand {
    case .marker(let index): ranges[index] == BoundValues.unset
    case .computed(let index): computedRanges[index] == BoundValues.unset
    case .null, .constant: false
    }
  }

  /// An operand that may not be null, such as a key's.
  func required(_ operand: Operand, _ column: Column) throws(TableError) -> UnsafeRawBufferPointer {
    guard let bytes = self[operand] else {
      if isUnset(operand) { throw .invalid("Invalid unset value for column \(column.name)") }
      throw .invalid("Invalid null value in condition for column \(column.name)")
    }
    return bytes
  }
}

/// What the operands of a statement are made of, apart from the values bound to it.
struct StatementOperands: Sendable {
  /// A `?` or `:name`: the type that its value must have.
  struct Marker: Hashable, Sendable {
    var column: String
    var type: DataType
  }

  /// A value that is made anew at each execution.
  enum Computed: Sendable {
    /// A term with markers inside, or with functions such as `now()`.
    case term(Term, Expression)
    /// A column's value in the JSON that is bound to a marker.
    case json(marker: Int, table: Table, column: Column, isUnset: Bool)
  }

  var constants: [UInt8] = []
  var markers: [Int: Marker] = [:]
  var computed: [Computed] = []

  /// Lets `body` have the operands of one execution.
  func withOperands<Result>(
    _ values: borrowing BoundValues, _ clock: Clock,
    _ body: (Operands) throws(TableError) -> Result
  ) throws(TableError) -> Result {
    let ranges = values.ranges
    return try values.bytes.withBytes { bound throws(TableError) in
      try constants.borrowed { constants throws(TableError) in
        var operands = Operands(constants: constants, bound: bound, ranges: ranges)
        if computed.isEmpty { return try body(operands) }
        var bytes: [UInt8] = []
        var json: JSONColumns?
        for item in computed {
          let value = try value(of: item, operands, clock, &json)
          switch value {
          case .unset: operands.computedRanges.append(BoundValues.unset)
          case .null: operands.computedRanges.append(nil)
          case .bytes(let value):
            operands.computedRanges.append(bytes.count..<(bytes.count + value.count))
            bytes += value
          }
        }
        return try bytes.borrowed { bytes throws(TableError) in
          operands.computed = bytes
          return try body(operands)
        }
      }
    }
  }
}

extension StatementOperands {
  private enum Value {
    case unset, null
    case bytes([UInt8])

    init(_ bytes: [UInt8]?) { self = bytes.map(Value.bytes) ?? .null }
  }

  private func value(
    of item: Computed, _ operands: Operands, _ clock: Clock, _ json: inout JSONColumns?
  ) throws(TableError) -> Value {
    switch item {
    case .term(let term, let expression):
      if term.isUnset(operands) { return .unset }
      return Value(try Evaluation(operands: operands, clock: clock).value(expression, nil))
    case .json(let marker, let table, let column, let isUnset):
      if json == nil {
        guard let text = operands[.marker(marker)] else {
          throw .invalid("Got null for INSERT JSON values")
        }
        json = try JSONColumns(String(decoding: text, as: UTF8.self), table)
      }
      guard let members = json, let found = members.values[column.name] else {
        return isUnset && !column.isPartOfKey ? .unset : .null
      }
      return Value(try members.encode(found, column, clock))
    }
  }
}

extension Term {
  /// Whether a list or set has an element that is unset: then all of it is, as in Cassandra's
  /// `Lists.DelayedValue`.
  fileprivate func isUnset(_ operands: Operands) -> Bool {
    switch self {
    case .marker(let index, _): operands.isUnset(.marker(index))
    case .list(let terms), .set(let terms): terms.contains { $0.isUnset(operands) }
    default: false
    }
  }
}

/// Gathers a statement's operands while it is planned.
struct OperandTable {
  var statement = StatementOperands()
  let clock: Clock
  /// The table whose partition key `token` takes; nil for a batch's own operands.
  private let table: Table?
  /// The keyspace whose types casts may name.
  private let scope: TypeScope

  init(_ table: Table?, scope: TypeScope, clock: Clock) {
    self.table = table
    self.scope = scope
    self.clock = clock
  }

  mutating func add(
    _ term: Term, _ type: DataType, column: String
  ) throws(TableError) -> Operand {
    if case .marker(let index, _) = term {
      return marker(index, type.whole, column)
    }
    guard term.isConstant else {
      var planner = ExpressionPlanner(table: table, scope: scope, clock: clock)
      let expression = try planner.plan(term, type, for: column)
      for (index, column) in planner.markers {
        statement.markers[index] = .init(column: column.name, type: column.type)
      }
      return add(.term(term, expression))
    }
    guard let bytes = try type.encode(term, column: column, clock: clock) else { return .null }
    return add(bytes: bytes)
  }

  mutating func add(bytes: [UInt8]) -> Operand {
    defer { statement.constants += bytes }
    let start = statement.constants.count
    return .constant(start..<(start + bytes.count))
  }

  mutating func add(_ computed: StatementOperands.Computed) -> Operand {
    statement.computed.append(computed)
    return .computed(statement.computed.count - 1)
  }

  mutating func marker(_ index: Int, _ type: DataType, _ column: String) -> Operand {
    statement.markers[index] = .init(column: column, type: type)
    return .marker(index)
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

  /// The type of a value that is bound for several columns.
  static func tupleType(of columns: [Column]) -> DataType { .tuple(columns.map(\.type)) }
}
