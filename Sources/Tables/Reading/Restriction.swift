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
    case (.contains(var contents), .contains(let more)):
      contents.values += more.values
      contents.keys += more.keys
      contents.entries += more.entries
      return Restriction(columns: columns, kind: .contains(contents))
    case (.contains, _):
      throw .invalid(
        "Collection column \(names) can only be restricted by CONTAINS, CONTAINS KEY, or map-entry "
          + "equality")
    }
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
    var restriction = restriction
    var others: [Restriction] = []
    for old in all {
      if old.columns.contains(where: restriction.columns.contains) {
        restriction = try old.merged(with: restriction)
      } else {
        others.append(old)
      }
    }
    all = (others + [restriction]).sorted { $0.first.position < $1.first.position }
  }

  func restriction(of column: Column) -> Restriction? {
    all.first { $0.columns.contains(column) }
  }
}
