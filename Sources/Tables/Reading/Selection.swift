/// A SELECT brought onto its table, ready to be executed many times.
struct Selection: Sendable {
  /// How rows become groups, each of which is one row of the result.
  enum Grouping: Sendable {
    case none
    /// All rows are one group, though there be none.
    case everything
    /// Rows of a partition with the same values in the first clustering columns.
    case prefix(clusteringColumns: Int)
  }

  var table: Table
  var columns: [ResultColumn]
  var outputs: [Expression]
  /// The outputs where they are columns and no more.
  var plainColumns: [ColumnPlace]?
  var gatherers: [Gatherer]
  var grouping: Grouping
  var restrictions: StatementRestrictions
  /// The columns to sort the result by, where several partitions are asked for by name.
  var sorting: [Column]
  var isReversed: Bool
  var isDistinct: Bool
  var isJSON: Bool
  var limit: Expression?
  var perPartitionLimit: Expression?
  var markers: [Int: ResultColumn]
  /// Tells paging states of this statement from others'.
  var fingerprint: UInt32
  let readers: IdleRowReaders
  /// Nil where no look into an index alone can tell that nothing is found.
  var probe: IndexProbe?

  var resultColumns: [ResultColumn] {
    isJSON ? [ResultColumn(name: "[json]", type: .text)] : columns
  }

  /// The answer where nothing is found.
  var nothing: Page { Page(columns: resultColumns, content: [], rowCount: 0, next: nil) }

  var isGrouped: Bool {
    if case .none = grouping { return false }
    return true
  }
}

extension Expression {
  /// Calls `body` with each column that the expression shows something of, those inside of
  /// aggregates apart.
  func forEachColumn(_ body: (Column) -> Void) {
    switch self {
    case .column(let column), .writetime(let column), .ttl(let column): body(column)
    case .constant, .null, .marker, .gathered: break
    default: for child in children { child.forEachColumn(body) }
    }
  }

  private var children: [Expression] {
    switch self {
    case .call(_, let arguments): arguments
    case .list(let elements), .set(let elements, _), .tuple(let elements): elements
    case .map(let entries, _): entries.flatMap { [$0.key, $0.value] }
    case .field(_, let whole, _): [whole]
    case .element(let key, let whole, _): [key, whole]
    case .slice(let from, let to, let whole, _): [from, to, whole].compactMap { $0 }
    default: []
    }
  }

  /// The expression for a group: its columns are those of the group's first row.
  func gathered(_ gatherers: inout [Gatherer]) -> Expression {
    func all(_ expressions: [Expression], _ gatherers: inout [Gatherer]) -> [Expression] {
      var gathered: [Expression] = []
      for expression in expressions { gathered.append(expression.gathered(&gatherers)) }
      return gathered
    }
    switch self {
    // A part of a column and not the whole, which may be a thousand times as long.
    case .column, .writetime, .ttl, .element(_, of: .column, _), .slice(_, _, of: .column, _):
      gatherers.append(.first(self))
      return .gathered(gatherers.count - 1)
    case .constant, .null, .marker, .gathered: return self
    case .call(let function, let arguments): return .call(function, all(arguments, &gatherers))
    case .list(let elements): return .list(all(elements, &gatherers))
    case .set(let elements, let type): return .set(all(elements, &gatherers), of: type)
    case .tuple(let fields): return .tuple(all(fields, &gatherers))
    case .map(let entries, let type):
      let keys = all(entries.map(\.key), &gatherers)
      let values = all(entries.map(\.value), &gatherers)
      return .map(zip(keys, values).map { (key: $0, value: $1) }, of: type)
    case .field(let place, let whole, let type):
      return .field(place, of: whole.gathered(&gatherers), type)
    case .element(let key, let whole, let type):
      return .element(
        key.gathered(&gatherers), of: whole.gathered(&gatherers), type)
    case .slice(let from, let to, let whole, let type):
      return .slice(
        from: from?.gathered(&gatherers), to: to?.gathered(&gatherers),
        of: whole.gathered(&gatherers), type)
    }
  }
}
