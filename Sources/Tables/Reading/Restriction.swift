internal import CQL

/// What a WHERE clause says of one column, or of several in `(a, b) > (1, 2)`.
struct Restriction: Sendable {
  /// Where the values for the columns come from.
  enum Values: Sendable {
    /// One expression a column.
    case each([Expression])
    /// One tuple with all of them.
    case tuple(Expression)
  }

  struct Bound: Sendable {
    var comparison: Comparison
    var columns: Int
    var values: Values

    var isStart: Bool { comparison == .greater || comparison == .greaterOrEqual }
  }

  /// CONTAINS, CONTAINS KEY and `map[key] = value`.
  struct Contents: Sendable {
    var values: [Expression] = []
    var keys: [Expression] = []
    var entries: [(key: Expression, value: Expression)] = []

    var count: Int { values.count + keys.count + entries.count }
  }

  enum Kind: Sendable {
    case equal(Values)
    case `in`([Values])
    /// A list bound as a whole.
    case inList(Expression)
    case slice([Bound])
    case contains(Contents)
  }

  var columns: [Column]
  var kind: Kind
  /// Written between parentheses.
  var isMultiColumn = false

  var first: Column { columns[0] }
  var lastPosition: Int { columns[columns.count - 1].position }

  var isEqual: Bool { if case .equal = kind { true } else { false } }
  var isSlice: Bool { if case .slice = kind { true } else { false } }
  var isContains: Bool { if case .contains = kind { true } else { false } }
  var isIn: Bool {
    switch kind {
    case .in, .inList: true
    default: false
    }
  }

  func shares(aColumnWith other: Restriction) -> Bool {
    columns.contains { column in other.columns.contains { $0.id == column.id } }
  }

  /// This restriction and one written after it on a column of the same, with Cassandra's refusals
  /// of what cannot stand side by side (`SingleRestriction.mergeWith`).
  func merged(with other: Restriction) throws(TableError) -> Restriction {
    let names = columns.filter(other.columns.contains).map(\.name).joined(separator: ", ")
    switch (kind, other.kind) {
    case (.equal, _):
      throw .invalid(
        "\(names) cannot be restricted by more than one relation if it includes an Equal")
    case (.in, _), (.inList, _):
      throw .invalid(
        "\(names) cannot be restricted by more than one relation if it includes a IN")
    case (.slice(let bounds), .slice(let others)):
      return try merged(bounds, others, with: other, names)
    case (.slice, _):
      throw .invalid(
        "Column \"\(names)\" cannot be restricted by both an equality and an inequality relation")
    case (.contains, .contains(let more)):
      var merged = self
      merged.append(more)
      return merged
    case (.contains, _):
      throw .invalid(
        "Collection column \(names) can only be restricted by CONTAINS, CONTAINS KEY, or map-entry "
          + "equality")
    }
  }

  /// Adds what a collection must also contain, in place: there may be thousands.
  fileprivate mutating func append(_ more: Contents) {
    guard case .contains(var contents) = kind else { return }
    // So that nobody else holds its arrays.
    kind = .contains(Contents())
    contents.values += more.values
    contents.keys += more.keys
    contents.entries += more.entries
    kind = .contains(contents)
  }

  private func merged(
    _ bounds: [Bound], _ others: [Bound], with other: Restriction, _ names: String
  ) throws(TableError) -> Restriction {
    guard first == other.first else {
      let later = first.position > other.first.position ? first : other.first
      throw .invalid(
        "Column \"\(later.name)\" cannot be restricted by two inequalities not starting with the "
          + "same column")
    }
    for bound in others where bounds.contains(where: { $0.isStart == bound.isStart }) {
      throw .invalid(
        "More than one restriction was found for the \(bound.isStart ? "start" : "end") bound on "
          + names)
    }
    return Restriction(
      columns: columns.count > other.columns.count ? columns : other.columns,
      kind: .slice(bounds + others), isMultiColumn: isMultiColumn || other.isMultiColumn)
  }
}

/// The restrictions of the partition key, the clustering columns or the other columns.
struct RestrictionSet: Sendable {
  /// By the first column of each.
  private(set) var all: [Restriction] = []

  var isEmpty: Bool { all.isEmpty }
  /// The columns that are restricted.
  var columnCount: Int { all.reduce(0) { $0 + $1.columns.count } }

  mutating func add(_ restriction: Restriction) throws(TableError) {
    if case .contains(let more) = restriction.kind,
      let place = all.firstIndex(where: { $0.isContains && $0.columns == restriction.columns })
    {
      return all[place].append(more)
    }
    var restriction = restriction
    while let place = all.firstIndex(where: { $0.shares(aColumnWith: restriction) }) {
      restriction = try all.remove(at: place).merged(with: restriction)
    }
    let place = all.firstIndex { $0.first.position > restriction.first.position }
    all.insert(restriction, at: place ?? all.count)
  }

  func restriction(of column: Column) -> Restriction? {
    all.first { $0.columns.contains(column) }
  }
}
