internal import Bytes

/// A group of rows as it grows: what the aggregates have gathered, and its first row's values.
struct GroupBuilder {
  private enum Gathered {
    case aggregate(Aggregate)
    case first([UInt8]?)
  }

  /// The values of a finished group, and of the columns that the result is sorted by.
  struct Group {
    var gathered: [[UInt8]?]
    var sortKey: [UInt8]
  }

  private(set) var isOpen = false
  private let shared: Shared<Selection>
  private let evaluation: Evaluation
  private var gathered: [Gathered] = []
  private var partition: [UInt8] = []
  private var clustering: [[UInt8]?] = []
  private var sortKey: [UInt8] = []

  init(_ shared: Shared<Selection>, _ evaluation: Evaluation) {
    self.shared = shared
    self.evaluation = evaluation
    if shared.value.isGrouped { reset() }
  }

  private var plan: Selection {
    _read { yield shared.value }
  }

  private mutating func reset() {
    isOpen = false
    gathered = plan.gatherers.map { gatherer in
      switch gatherer {
      case .countRows: .aggregate(Aggregate(.count, .bigint))
      case .aggregate(let kind, let type, _): .aggregate(Aggregate(kind, type))
      case .first: .first(nil)
      }
    }
  }

  private var groupingColumns: ArraySlice<Column> {
    guard case .prefix(let count) = plan.grouping else { return [] }
    return plan.table.clusteringKey.prefix(count)
  }

  /// Whether a row belongs to the open group.
  func holds(_ row: LiveRow) -> Bool {
    if case .everything = plan.grouping { return true }
    let count = partition.count
    guard row.key.count > count, row.key[..<count].elementsEqual(partition) else { return false }
    for (column, value) in zip(groupingColumns, clustering) {
      let bytes = row[column]
      guard let value, let bytes else {
        if value == nil && bytes == nil { continue }
        return false
      }
      if !bytes.elementsEqual(value) { return false }
    }
    return true
  }

  mutating func open(_ row: LiveRow) {
    isOpen = true
    partition = [UInt8](RowKey.partitionPrefix(row.key))
    clustering = groupingColumns.map { column in row[column].map { [UInt8]($0) } }
    sortKey = row.sortKey(plan.sorting)
    for (place, gatherer) in plan.gatherers.enumerated() {
      guard case .first(let expression) = gatherer else { continue }
      // A column, its write time or its time to live: no evaluation of these fails.
      gathered[place] = .first((try? evaluation.value(expression, row)) ?? nil)
    }
  }

  mutating func add(_ row: LiveRow) throws(TableError) {
    for (place, gatherer) in plan.gatherers.enumerated() {
      guard case .aggregate(var aggregate) = gathered[place] else { continue }
      // Taken out while it changes, so that it is not copied.
      gathered[place] = .first(nil)
      switch gatherer {
      case .aggregate(_, _, .column(let column)): aggregate.add(row[column])
      case .aggregate(_, _, let argument):
        let value = try evaluation.value(argument, row)
        if let value { value.withUnsafeBytes { aggregate.add($0) } }
      case .countRows: aggregate.addRow()
      case .first: break
      }
      gathered[place] = .aggregate(aggregate)
    }
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
