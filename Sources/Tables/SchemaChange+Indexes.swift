internal import CQL

extension CreateIndex.Target {
  /// The column, and what of it is indexed where the statement says so.
  var parts: (column: String, target: Index.Target?) {
    switch self {
    case .column(let name): (name, nil)
    case .values(let name): (name, .values)
    case .keys(let name): (name, .keys)
    case .entries(let name): (name, .entries)
    case .full(let name): (name, .full)
    }
  }
}

extension SchemaChange {
  func check(_ target: Index.Target, of column: Column) throws(TableError) {
    switch target {
    case .values, .full: return
    case .keys, .entries: throw .unsupported("An index on a map's \(target)")
    }
  }
}
