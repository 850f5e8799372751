internal import Bytes
internal import CQL

/// A group of rows as it grows: what the aggregates have gathered, and its first row's values.
struct GroupBuilder {
  private enum Gathered {
    case aggregate(Aggregate)
    case first([UInt8]?)

    /// Changes an aggregate where it is.
    @inline(__always)
    mutating func update(
      _ body: (inout Aggregate) throws(TableError) -> Void
    ) throws(TableError) {
      guard case .aggregate(var aggregate) = self else { return }
      // Given away meanwhile, so that it is changed and not copied.
      self = .first(nil)
      try body(&aggregate)
      self = .aggregate(aggregate)
    }

    /// Bytes of the values it holds.
    var bytes: Int {
      switch self {
      case .aggregate(let aggregate): aggregate.heldBytes
      case .first(let value): value?.count ?? 0
      }
    }
  }

  /// The values of a finished group, and of the columns that the result is sorted by.
  struct Group {
    var gathered: [[UInt8]?]
    var sortKey: [UInt8]
  }

  /// One thing to gather, by what it takes of each row.
  private enum Source {
    case row
    case column(ColumnPlace)
    case expression(Expression)
    case none
  }

  private(set) var isOpen = false
  private let shared: Shared<Selection>
  private let evaluation: Evaluation
  private let isEverything: Bool
  private let sources: [Source]
  private let groupingColumns: [ColumnPlace]
  private let groupingTypes: [DataType]
  private var gathered: [Gathered] = []
  /// At least the bytes that the values of `gathered` have.
  private var heldBytes = 0
  private var partition: [UInt8] = []
  private var clustering: [[UInt8]?] = []
  private var sortKey: [UInt8] = []

  init(_ shared: Shared<Selection>, _ evaluation: Evaluation) {
    self.shared = shared
    self.evaluation = evaluation
    let plan = shared.value
    sources = plan.gatherers.map { gatherer in
      switch gatherer {
      case .countRows: .row
      case .aggregate(_, _, .column(let column)): .column(ColumnPlace(column))
      case .aggregate(_, _, let argument): .expression(argument)
      case .first: .none
      }
    }
    if case .everything = plan.grouping { isEverything = true } else { isEverything = false }
    var clusteringColumns = 0
    if case .prefix(let count) = plan.grouping { clusteringColumns = count }
    let columns = plan.table.clusteringKey.prefix(clusteringColumns)
    groupingColumns = columns.map(ColumnPlace.init)
    groupingTypes = columns.map(\.type)
    if plan.isGrouped { reset() }
  }

  private var plan: Selection {
    _read { yield shared.value }
  }

  private mutating func reset() {
    isOpen = false
    heldBytes = 0
    gathered = plan.gatherers.map { gatherer in
      switch gatherer {
      case .countRows: .aggregate(Aggregate(.count, .bigint))
      case .aggregate(let kind, let type, _): .aggregate(Aggregate(kind, type))
      case .first: .first(nil)
      }
    }
  }

  /// Whether a row belongs to the open group.
  func holds(_ row: LiveRow) -> Bool {
    if isEverything { return true }
    let count = partition.count
    guard row.key.count > count, row.key[..<count].elementsEqual(partition) else { return false }
    for (index, value) in clustering.enumerated() {
      let bytes = row[groupingColumns[index]]
      guard let value, let bytes else {
        if value == nil && bytes == nil { continue }
        return false
      }
      let isEqual = value.borrowed { Comparison.equal.holds(bytes, $0, groupingTypes[index]) }
      if !isEqual { return false }
    }
    return true
  }

  mutating func open(_ row: LiveRow) throws(TableError) {
    isOpen = true
    partition = [UInt8](RowKey.partitionPrefix(row.key))
    clustering = groupingColumns.map { column in row[column].map { [UInt8]($0) } }
    sortKey = row.sortKey(plan.sorting)
    for (place, gatherer) in plan.gatherers.enumerated() {
      guard case .first(let expression) = gatherer else { continue }
      gathered[place] = .first(try evaluation.value(expression, row))
      try holds(gathered[place].bytes)
    }
  }

  mutating func add(_ row: LiveRow) throws(TableError) {
    for place in sources.indices {
      switch sources[place] {
      case .row: try gathered[place].update { $0.addRow() }
      case .column(let column):
        let bytes = row[column]
        try gathered[place].update { aggregate throws(TableError) in try aggregate.add(bytes) }
        try holds(bytes?.count ?? 0)
      case .expression(let expression):
        guard let value = try evaluation.value(expression, row) else { continue }
        try value.borrowed { bytes throws(TableError) in
          try gathered[place].update { aggregate throws(TableError) in try aggregate.add(bytes) }
        }
        try holds(value.count)
      case .none: break
      }
    }
  }

  /// So many more bytes may be held. They are counted anew now and then, as most of them take the
  /// place of others.
  @inline(__always)
  private mutating func holds(_ bytes: Int) throws(TableError) {
    heldBytes += bytes
    guard heldBytes > 2 * Limits.resultRowBytes else { return }
    heldBytes = gathered.reduce(0) { $0 + $1.bytes }
    if heldBytes > Limits.resultRowBytes { throw .oversizedResult }
  }

  /// Ends the group and gives its values.
  mutating func close() -> Group {
    let values: [[UInt8]?] = gathered.map { gathered in
      switch gathered {
      case .aggregate(let aggregate): aggregate.result
      case .first(let value): value
      }
    }
    reset()
    return Group(gathered: values, sortKey: sortKey)
  }
}

extension LiveRow {
  /// Bytes that sort as rows do by some of their clustering columns.
  func sortKey(_ columns: [Column]) -> [UInt8] {
    if columns.isEmpty { return [] }
    var key = ByteBuffer(capacity: 64)
    for column in columns {
      guard let value = self[column] else { continue }
      column.type.appendComponent(value, descending: column.isDescending, to: &key)
    }
    return key.toArray()
  }
}
