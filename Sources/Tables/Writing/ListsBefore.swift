internal import Bytes

/// The elements that a list has, by their places and by their values.
final class ListElements {
  /// In their order.
  let all: [(path: [UInt8], value: [UInt8])]
  /// The places of each value.
  private lazy var places = Dictionary(grouping: all.indices) { all[$0].value }

  init(_ all: [(path: [UInt8], value: [UInt8])]) { self.all = all }

  func paths(of value: [UInt8]) -> [[UInt8]] { (places[value] ?? []).map { all[$0].path } }
}

/// The lists that a batch's statements look into, as they were before it: as in Cassandra
/// (`ModificationStatement.readRequiredLists`) no statement of a batch sees what another one does.
struct ListsBefore {
  private struct Place: Hashable {
    var key: [UInt8]
    var column: UInt32
  }

  private var lists: [Place: ListElements] = [:]

  subscript(key: [UInt8], column: Column) -> ListElements? {
    get { lists[Place(key: key, column: column.id)] }
    set { lists[Place(key: key, column: column.id)] = newValue }
  }
}
