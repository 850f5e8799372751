internal import CQL

/// A WHERE clause brought onto a table: what finds the rows, and what must be looked at row by row
/// (Cassandra's class of this name).
struct StatementRestrictions: Sendable {
  let table: Table
  var partition = RestrictionSet()
  var token: TokenRestriction?
  var clustering = RestrictionSet()
  /// Of static and regular columns.
  var others = RestrictionSet()
  /// Rows are sought in all partitions, or in those of a range of tokens.
  var isKeyRange = false
  /// The index that finds the rows, and the restriction that asks it.
  var index: (index: Index, restriction: Restriction)?
  /// A value for each key column, in order, where one row is asked for: the fast way.
  private(set) var key: [Expression]?
  /// The number of the marker that each of these values is, -1 for another.
  private(set) var keyMarkers: [Int] = []
  var filtersPartition = false
  var filtersClustering = false

  static let filteringMessage =
    "Cannot execute this query as it might involve data filtering and thus may have "
    + "unpredictable performance. If you want to execute this query despite the performance "
    + "unpredictability, use ALLOW FILTERING"

  init(
    _ relations: [Relation], _ table: Table, allowFiltering: Bool, selectsOnlyStatics: Bool,
    _ planner: inout ExpressionPlanner
  ) throws(TableError) {
    self.table = table
    for relation in relations {
      try add(relation, allowFiltering: allowFiltering, &planner)
    }
    let index = usableIndex()
    try planPartition(hasIndex: index != nil, allowFiltering)
    if selectsOnlyStatics, !clustering.isEmpty {
      throw .invalid("Cannot restrict clustering columns when selecting only static columns")
    }
    var usesIndex = isKeyRange && index != nil && (token == nil || filtersPartition)
    try planClustering(hasIndex: index != nil, allowFiltering)
    if !clustering.isEmpty, clusteringNeedsFiltering, index != nil { usesIndex = true }
    if isKeyRange, let index, index.restriction.first.kind == .clustering { usesIndex = true }
    filtersClustering = usesIndex || clusteringNeedsFiltering
    if !others.isEmpty {
      if index != nil {
        usesIndex = true
      } else if !allowFiltering {
        throw .invalid(StatementRestrictions.filteringMessage)
      }
    }
    if usesIndex {
      filtersPartition = filtersPartition || isKeyRange
      if partition.all.contains(where: \.isIn) {
        throw .invalid(
          "Select on indexed columns and with IN clause for the PRIMARY KEY are not supported")
      }
      self.index = index
    }
    if filtersClustering { try checkClusteringFilters() }
    key = wholeKey()
    keyMarkers = (key ?? []).map { value in
      if case .marker(let index, _) = value { index } else { -1 }
    }
  }

  /// One row is asked for by its key, and nothing else of it is looked at.
  var isOneRow: Bool { key != nil && others.isEmpty }

  private func wholeKey() -> [Expression]? {
    guard !isKeyRange, self.index == nil, token == nil else { return nil }
    var key: [Expression] = []
    for restriction in partition.all + clustering.all {
      guard case .equal(.each(let values)) = restriction.kind, !restriction.isMultiColumn else {
        return nil
      }
      key += values
    }
    return key.count == table.partitionKey.count + table.clusteringKey.count ? key : nil
  }

  /// Whether rows are looked at that may not be asked for (Cassandra's `needFiltering`).
  var needsFiltering: Bool {
    let filters =
      (filtersPartition ? partition.columnCount : 0)
      + (filtersClustering ? clustering.columnCount : 0) + others.columnCount
    let hasManyContents = others.all.contains { restriction in
      if case .contains(let contents) = restriction.kind { contents.count > 1 } else { false }
    }
    return filters > 1 || filters == 0 && !clustering.isEmpty || filters != 0 && hasManyContents
  }

  /// Partitions that have static columns and no row are shown: no row was asked for.
  var showsStaticContent: Bool {
    clustering.isEmpty && others.all.allSatisfy { $0.first.kind == .static }
  }

  var hasPartitionIn: Bool { partition.all.contains(where: \.isIn) }

  func isFixed(_ column: Column) -> Bool {
    let set = column.kind == .partitionKey ? partition : clustering
    return set.restriction(of: column)?.isEqual ?? false
  }

  private var partitionNeedsFiltering: Bool {
    guard !partition.isEmpty else { return false }
    return partition.columnCount < table.partitionKey.count
      || partition.all.contains { $0.isSlice || $0.isContains }
  }

  private mutating func planPartition(
    hasIndex: Bool, _ allowFiltering: Bool
  ) throws(TableError) {
    if partitionNeedsFiltering {
      guard allowFiltering || hasIndex else {
        throw .invalid(StatementRestrictions.filteringMessage)
      }
      isKeyRange = true
      filtersPartition = true
    } else if partition.isEmpty {
      isKeyRange = true
    }
  }

  /// Whether a clustering restriction bounds no range of a partition: a column before it is open.
  private var clusteringNeedsFiltering: Bool {
    var position = 0
    for restriction in clustering.all {
      if restriction.isContains || restriction.first.position != position { return true }
      if !restriction.isSlice { position = restriction.lastPosition + 1 }
    }
    return false
  }

  private func planClustering(
    hasIndex: Bool, _ allowFiltering: Bool
  ) throws(TableError) {
    if hasIndex || allowFiltering { return }
    if clustering.all.contains(where: \.isContains) {
      throw .invalid(
        "Clustering columns can only be restricted with CONTAINS with a secondary index or "
          + "filtering")
    }
    guard clusteringNeedsFiltering else { return }
    let restricted = clustering.all.flatMap(\.columns)
    for (column, found) in zip(table.clusteringKey, restricted) where column != found {
      throw .invalid(
        "PRIMARY KEY column \"\(found.name)\" cannot be restricted as preceding column "
          + "\"\(column.name)\" is not restricted")
    }
  }

  private func checkClusteringFilters() throws(TableError) {
    for restriction in clustering.all where restriction.columns.count > 1 {
      if restriction.isSlice {
        throw .invalid("Multi-column slice restrictions cannot be used for filtering.")
      }
      if restriction.isIn { throw .invalid("Multicolumn IN filters are not supported") }
    }
  }

  /// The first index that a restriction can ask.
  private func usableIndex() -> (index: Index, restriction: Restriction)? {
    for restriction in others.all + clustering.all + partition.all {
      for index in table.indexes where index.isBuilt {
        guard let column = restriction.columns.first(where: { $0.id == index.columnID }) else {
          continue
        }
        if restriction.isAnswered(by: index, column) { return (index, restriction) }
      }
    }
    return nil
  }
}

extension Restriction {
  /// Whether an index on one of the columns finds the rows.
  func isAnswered(by index: Index, _ column: Column) -> Bool {
    switch kind {
    case .equal:
      if case .multiCell = column.type { return false }
      return index.target == .values || index.target == .full
    case .contains(let contents):
      guard case .multiCell(let whole) = column.type else { return false }
      switch (whole, index.target) {
      case (.list, .values), (.set, .values), (.map, .values): return !contents.values.isEmpty
      case (.map, .keys): return !contents.keys.isEmpty
      case (.map, .entries): return !contents.entries.isEmpty
      default: return false
      }
    case .in, .inList, .slice: return false
    }
  }
}
