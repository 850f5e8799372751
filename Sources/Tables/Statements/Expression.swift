internal import Bytes
internal import Machine

/// A value that is made anew for each row, or once for each execution: planned, its types known,
/// its functions found.
indirect enum Expression: Sendable {
  case constant([UInt8])
  case null
  /// A bound value of a type.
  case marker(Int, ResultColumn)
  case column(Column)
  case writetime(Column)
  case ttl(Column)
  /// What has been gathered of a group of rows.
  case gathered(Int)
  case call(Function, [Expression])
  case list([Expression])
  case set([Expression], of: DataType)
  case map([(key: Expression, value: Expression)], of: DataType)
  case tuple([Expression])
  case field(Int, of: Expression, DataType)
  case element(Expression, of: Expression, DataType)
  case slice(from: Expression?, to: Expression?, of: Expression, DataType)
}

/// What expressions are evaluated against.
struct Evaluation {
  let operands: Operands
  let clock: Clock
  /// What has been gathered of the group at hand.
  var gathered: [[UInt8]?] = []

  /// The value in native encoding; nil is null. Without a row, the expression has no column.
  func value(_ expression: Expression, _ row: LiveRow?) throws(TableError) -> [UInt8]? {
    switch expression {
    case .constant(let bytes): return bytes
    case .null: return nil
    case .marker(let index, let column): return try bound(index, column)
    case .column(let column): return row?[column].map { [UInt8]($0) }
    case .writetime(let column): return row?.writetime(column).map { bigEndian($0) }
    case .ttl(let column): return row?.ttl(column).map { bigEndian(Int32(clamping: $0)) }
    case .gathered(let place): return gathered[place]
    case .call(let function, let arguments):
      return try function.call(try values(arguments, row), clock)
    case .list(let elements): return LiteralEncoder.collection(try present(elements, row))
    case .set(let elements, let type):
      return LiteralEncoder.collection(type.sortedDistinct(try present(elements, row)))
    case .map(let entries, let type):
      return type.map(
        try present(entries.map(\.key), row), try present(entries.map(\.value), row))
    case .tuple(let fields): return LiteralEncoder.tuple(try values(fields, row))
    case .field(let place, let whole, let type):
      guard let bytes = try value(whole, row) else { return nil }
      return try bytes.borrowed { bytes throws(TableError) in
        let fields = try type.fields(bytes)
        return place < fields.count ? fields[place].map { [UInt8]($0) } : nil
      }
    case .element(let key, let whole, let type):
      guard let bytes = try value(whole, row), let key = try value(key, row) else { return nil }
      return type.element(key, of: bytes)
    case .slice(let from, let to, let whole, let type):
      guard let bytes = try value(whole, row) else { return nil }
      let low = try from.map { from throws(TableError) in try value(from, row) } ?? nil
      let high = try to.map { to throws(TableError) in try value(to, row) } ?? nil
      return type.slice(of: bytes, from: low, to: high)
    }
  }

  /// A bound value, once it is seen to be one of its type.
  private func bound(_ index: Int, _ column: ResultColumn) throws(TableError) -> [UInt8]? {
    let operand = Operand.marker(index)
    guard let bytes = operands[operand] else { return nil }
    try column.type.validate(bytes, column: column.name)
    return [UInt8](bytes)
  }

  private func values(
    _ expressions: [Expression], _ row: LiveRow?
  ) throws(TableError) -> [[UInt8]?] {
    var values: [[UInt8]?] = []
    values.reserveCapacity(expressions.count)
    for expression in expressions { values.append(try value(expression, row)) }
    return values
  }

  /// The elements of a collection, of which none may be null.
  private func present(
    _ expressions: [Expression], _ row: LiveRow?
  ) throws(TableError) -> [[UInt8]] {
    var values: [[UInt8]] = []
    for expression in expressions {
      guard let value = try value(expression, row) else {
        throw .invalid("null is not supported inside collections")
      }
      values.append(value)
    }
    return values
  }
}

// Parts of collections.
extension DataType {
  /// What `collection[key]` is: a map's value, or a set's element where it has it.
  func element(_ key: [UInt8], of bytes: [UInt8]) -> [UInt8]? {
    bytes.withUnsafeBytes { bytes in
      guard let found = elements(bytes), let keyType = whole.parts.first else { return nil }
      let step = whole.parts.count
      for index in stride(from: 0, to: found.count - step + 1, by: step) {
        let order = key.withUnsafeBytes { keyType.compare(found[index], $0) }
        if order == 0 { return [UInt8](found[index + step - 1]) }
      }
      return nil
    }
  }

  /// The part of a sorted collection whose keys lie between two, both included; nil for a bound
  /// there is not.
  func slice(of bytes: [UInt8], from: [UInt8]?, to: [UInt8]?) -> [UInt8]? {
    bytes.withUnsafeBytes { bytes in
      guard let found = elements(bytes), let keyType = whole.parts.first else { return nil }
      let step = whole.parts.count
      var kept: [[UInt8]] = []
      for index in stride(from: 0, to: found.count - step + 1, by: step) {
        let low = from.map { from in
          from.withUnsafeBytes { keyType.compare(found[index], $0) } >= 0
        }
        let high = to.map { to in to.withUnsafeBytes { keyType.compare(found[index], $0) } <= 0 }
        if low ?? true, high ?? true {
          for part in found[index..<(index + step)] { kept.append([UInt8](part)) }
        }
      }
      // A collection made of cells that has none is null.
      if case .multiCell = self, kept.isEmpty { return nil }
      return LiteralEncoder.collection(kept, count: kept.count / step)
    }
  }
}
