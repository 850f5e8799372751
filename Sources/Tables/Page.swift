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

/// Where a page of a result ended: give it back to get the next one, at any later time.
package struct PagingState: Hashable, Sendable {
  var lastKey: [UInt8]?
  var partition: [UInt8]?
  var returned = 0
  var returnedOfPartition = 0

  init() {}
}

/// Rows of a result, values in the native protocol's encoding; nil is null.
package struct Page: Hashable, Sendable {
  package var columns: [ResultColumn]
  package var rows: [[[UInt8]?]]
  /// Nil: there are no more rows.
  package var next: PagingState?
  /// What a statement that is about definitions has changed.
  package var change: DefinitionChange?

  package init(columns: [ResultColumn], rows: [[[UInt8]?]], next: PagingState? = nil) {
    self.columns = columns
    self.rows = rows
    self.next = next
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
