internal import Bytes

/// The lists that a batch's statements look into, as they were before it: as in Cassandra
/// (`ModificationStatement.readRequiredLists`) no statement of a batch sees what another one does.
struct ListsBefore {
  /// A list's elements in their order: paths and values.
  typealias Elements = [(path: [UInt8], value: [UInt8])]

  private struct Place: Hashable {
    var key: [UInt8]
    var column: UInt32
  }

  private var lists: [Place: Elements] = [:]

  subscript(key: [UInt8], column: Column) -> Elements? {
    get { lists[Place(key: key, column: column.id)] }
    set { lists[Place(key: key, column: column.id)] = newValue }
  }
}
