internal import Bytes

/// A column of a result.
package struct ResultColumn: Hashable, Sendable {
  package var name: String
  package var type: DataType

  package init(name: String, type: DataType) {
    self.name = name
    self.type = type
  }
}

/// Rows of a result, values in the native protocol's encoding; nil is null.
package struct Page: Hashable, Sendable {
  package var columns: [ResultColumn]
  /// The rows as the native protocol sends them: of each value an int32 length, -1 for null, and
  /// its bytes.
  package private(set) var content: [UInt8]
  package private(set) var rowCount: Int
  /// Nil: there are no more rows.
  package var next: PagingState?
  /// What a statement that is about definitions has changed.
  package var change: DefinitionChange?

  /// The answer of a statement that has nothing to say.
  static let nothing = Page(columns: [], content: [], rowCount: 0, next: nil)

  /// A page of rows taken apart.
  package init(columns: [ResultColumn], rows: [[[UInt8]?]], next: PagingState? = nil) {
    var content = ByteBuffer(capacity: 256)
    for row in rows {
      for value in row { content.appendValue(value) }
    }
    self.init(columns: columns, content: content.toArray(), rowCount: rows.count, next: next)
  }

  init(columns: [ResultColumn], content: [UInt8], rowCount: Int, next: PagingState?) {
    self.columns = columns
    self.content = content
    self.rowCount = rowCount
    self.next = next
  }

  /// The rows taken apart.
  package var rows: [[[UInt8]?]] {
    content.withUnsafeBytes { bytes in
      var reader = ByteReader(bytes)
      return (0..<rowCount).map { _ in
        columns.map { _ in
          guard let count = try? reader.integer(Int32.self), count >= 0 else { return nil }
          return (try? reader.run(Int(count))).map { [UInt8]($0) }
        }
      }
    }
  }

  /// A row as Cassandra's `SELECT JSON` writes it.
  package func json(_ row: [[UInt8]?]) -> String {
    let fields = zip(columns, row).map { column, value in
      let name = JSONString.name(column.name)
      return "\(name): \(value.map(column.type.json) ?? "null")"
    }
    return "{" + fields.joined(separator: ", ") + "}"
  }
}

extension ByteBuffer {
  /// Appends a value as the native protocol sends it.
  mutating func appendValue(_ value: [UInt8]?) {
    append(bigEndian: value.map { Int32(truncatingIfNeeded: $0.count) } ?? -1)
    if let value { append(value) }
  }

  /// Appends a value as the native protocol sends it.
  @inline(__always)
  mutating func appendValue(_ value: UnsafeRawBufferPointer?) {
    guard let value else { return append(bigEndian: Int32(-1)) }
    append(bigEndian: Int32(truncatingIfNeeded: value.count))
    append(value)
  }
}
