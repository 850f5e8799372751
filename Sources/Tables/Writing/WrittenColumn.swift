internal import Bytes

/// What of a column matters for each value that is written to it, without its name and type, whose
/// copying would cost more than the value's.
struct WrittenColumn: Sendable {
  /// How a value is checked, and brought into a key, without a look at the type.
  private enum Form {
    /// So many bytes, whichever they are.
    case fixed(size: Int)
    case text, blob
    /// The type must be asked.
    case other

    init(_ type: DataType) {
      switch type {
      case .tinyint, .smallint, .int, .bigint, .timestamp, .boolean, .date, .float, .double, .uuid:
        self = type.fixedSize.map { .fixed(size: $0) } ?? .other
      case .text: self = .text
      case .blob: self = .blob
      default: self = .other
      }
    }

    @inline(__always)
    func accepts(_ bytes: UnsafeRawBufferPointer) -> Bool {
      switch self {
      case .fixed(let size): bytes.count == size
      case .text: isValidUTF8(bytes)
      case .blob: true
      case .other: false
      }
    }
  }

  let id: UInt32
  let operand: Operand
  /// Among the table's columns.
  private let place: Int
  private let isDescending: Bool
  private let form: Form
  private let fixed: FixedComponent?
  /// Whether a row keeps how a clustering column's value was written.
  let hasSpellings: Bool

  init(_ column: Column, _ operand: Operand, _ table: Table) {
    id = column.id
    self.operand = operand
    place = table.columns.firstIndex { $0.id == column.id } ?? 0
    isDescending = column.isDescending
    form = Form(column.type)
    fixed = FixedComponent(column)
    hasSpellings = column.type.hasSpellings
  }

  /// The value of a column of the key, which must be there.
  func keyValue(
    _ operands: Operands, _ table: Table
  ) throws(TableError) -> UnsafeRawBufferPointer {
    if let bytes = operands[operand], !bytes.isEmpty, form.accepts(bytes) { return bytes }
    let column = table.columns[place]
    let bytes = try operands.required(operand, column)
    try column.type.validate(bytes, column: column.name)
    return bytes
  }

  /// Thrown: why a value cannot be the column's.
  @inline(__always)
  func check(_ bytes: UnsafeRawBufferPointer, _ table: Table) throws(TableError) {
    if bytes.count <= Limits.cellBytes, form.accepts(bytes) { return }
    try RowWriter.check(bytes, table.columns[place])
  }

  /// Appends a clustering column's component.
  func appendComponent(
    _ bytes: UnsafeRawBufferPointer, _ table: Table, to key: inout ByteBuffer
  ) {
    if let fixed, bytes.count == fixed.size { return fixed.append(bytes, to: &key) }
    let start = key.count
    switch form {
    case .text, .blob:
      KeyEncoding.appendEscaped(bytes, to: &key)
      key.append(bigEndian: UInt16(0))
    case .fixed, .other:
      return table.columns[place].type.appendComponent(
        bytes, descending: isDescending, to: &key)
    }
    if isDescending { key.complement(from: start) }
  }
}

/// An index whose entries are made of a value that is written, without a look at the row.
struct WrittenIndex: Sendable {
  let index: Index
  let column: Column
  let operand: Operand
}
