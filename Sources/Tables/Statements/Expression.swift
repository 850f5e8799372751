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
      guard let key = try value(key, row) else { return nil }
      return try parts(of: whole, type, row) { $0[key] }
    case .slice(let from, let to, let whole, let type):
      let low = try from.map { from throws(TableError) in try value(from, row) } ?? nil
      let high = try to.map { to throws(TableError) in try value(to, row) } ?? nil
      return try parts(of: whole, type, row) { $0.slice(from: low, to: high) }
    }
  }

  /// Shows `body` the parts of a set or map; those of a column are found once a row.
  private func parts(
    of whole: Expression, _ type: DataType, _ row: LiveRow?,
    _ body: (CollectionParts) -> [UInt8]?
  ) throws(TableError) -> [UInt8]? {
    if case .column(let column) = whole { return row?.parts(of: column).flatMap(body) }
    return try value(whole, row)?.borrowed { CollectionParts($0, type).flatMap(body) }
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
