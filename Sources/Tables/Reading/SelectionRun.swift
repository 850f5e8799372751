internal import Bytes
internal import CQL
internal import Machine

/// One execution of a SELECT, or of one page of it, over as many transactions as it takes.
final class SelectionRun {
  /// What becomes of a scan after a row.
  enum Step {
    case next
    /// No more of this partition.
    case skipPartition
    /// This transaction has read enough.
    case pause
    /// The page is full, and there are more rows.
    case pageEnd
    /// LIMIT is reached.
    case end

    /// Whether the page is complete.
    var isEnd: Bool {
      switch self {
      case .pageEnd, .end: true
      case .next, .skipPartition, .pause: false
      }
    }
  }

  let shared: Shared<Selection>
  private let now: Int64
  private let pageRows: Int
  private let transactionKeys: Int
  let evaluation: Evaluation
  let access: SelectionAccess
  private let filters: [BoundRestriction]
  private let perPartitionLimit: Int
  /// Whether it matters which partition a row is in.
  private let countsPartitions: Bool
  private let isGrouped: Bool
  // Changed row by row, and by nobody else meanwhile: no check at run time.
  @exclusivity(unchecked) private var rowsLeft: Int
  @exclusivity(unchecked) var rowsLeftInPartition: Int
  @exclusivity(unchecked) private var result: ResultBuilder
  @exclusivity(unchecked) private var groups: GroupBuilder?
  @exclusivity(unchecked) var step = Step.next
  /// The key of the last row looked at in an earlier transaction; empty before the first.
  @exclusivity(unchecked) var position: [UInt8] = []
  /// Whether a partition that an earlier transaction has begun owes its static columns.
  @exclusivity(unchecked) var owesStatic = false
  /// The key of the last row looked at in this one, borrowed from it.
  @exclusivity(unchecked) var last: UnsafeRawBufferPointer?
  /// What the keys of the partition have in common in which rows are counted.
  @exclusivity(unchecked) var partition: [UInt8] = []

  init(
    _ shared: Shared<Selection>, _ evaluation: Evaluation, _ request: PageRequest, now: Int64
  ) throws(TableError) {
    self.shared = shared
    // Each part for itself: the plan is large, and copying it would cost as much as a look-up.
    let sorts = !shared.value.sorting.isEmpty
    self.evaluation = evaluation
    self.now = now
    pageRows = max(request.rows, 1)
    transactionKeys = request.transactionKeys
    guard !sorts || pageRows == .max else {
      throw .invalid(
        "Cannot page queries with both ORDER BY and a IN restriction on the partition key; you "
          + "must either remove the ORDER BY or the IN and sort client side, or disable paging for "
          + "this query")
    }
    let limit = try evaluation.limit(shared.value.limit)
    var perPartition = try evaluation.limit(shared.value.perPartitionLimit)
    // No partition has more rows in the result than the whole.
    if sorts { perPartition = min(perPartition, limit) }
    if shared.value.isDistinct { perPartition = 1 }
    perPartitionLimit = perPartition
    countsPartitions = perPartition != .max
    isGrouped = shared.value.isGrouped
    if shared.value.restrictions.isOneRow {
      (access, filters) = (.row, [])
    } else {
      (access, filters) = try evaluation.access(shared.value.restrictions)
    }
    result = ResultBuilder(shared, evaluation, limit: limit)
    groups = isGrouped ? GroupBuilder(shared, evaluation) : nil
    rowsLeft = sorts ? .max : limit
    if case .everything = shared.value.grouping { rowsLeft = .max }
    rowsLeftInPartition = perPartition
    guard let state = request.state else { return }
    guard state.statement == shared.value.fingerprint, state.lastKey.count > RowKey.partitionStart
    else {
      throw PagingState.invalid
    }
    rowsLeft = state.rowsLeft
    rowsLeftInPartition = min(state.rowsLeftInPartition, perPartition)
    position = state.lastKey
    partition = position.withUnsafeBytes { [UInt8](RowKey.partitionPrefix($0)) }
  }

  var plan: Selection {
    _read { yield shared.value }
  }

  /// Reads on in one transaction; true when the page is complete.
  func advance(_ databases: Databases) throws(TableError) -> Bool {
    step = .next
    last = nil
    try shared.value.readers.withReader(
      databases, now: now, budget: transactionKeys
    ) { reader throws(TableError) in
      try read(RowSource(reader: reader, indexes: databases.indexes))
    }
    if let last { position = [UInt8](last) }
    last = nil
    if case .pause = step { return false }
    if isGrouped {
      var isCut = false
      if case .pageEnd = step { isCut = true }
      if !isCut { try finishGroup() }
    }
    return true
  }

  /// The page, when it is complete.
  func page() throws(TableError) -> Page {
    var next: PagingState?
    if case .pageEnd = step {
      let isCounted = position.withUnsafeBytes { isInPartition($0) }
      next = PagingState(
        lastKey: position, rowsLeft: rowsLeft,
        rowsLeftInPartition: isCounted ? max(rowsLeftInPartition, 0) : perPartitionLimit,
        statement: plan.fingerprint)
    }
    return result.page(next: next)
  }

  /// Looks at a row; false where the scan ends with it.
  func take(_ row: LiveRow) throws(TableError) -> Bool {
    if !filters.isEmpty {
      for filter in filters where !filter.accepts(row) {
        remember(row)
        return true
      }
    }
    if isGrouped {
      guard try group(row) else { return false }
    } else {
      guard try show(row) else { return false }
    }
    remember(row)
    if case .next = step { return true }
    return false
  }

  @inline(__always)
  private func remember(_ row: LiveRow) {
    guard row.isStaticOnly else {
      last = row.key
      return
    }
    // The reader has made this key, and makes others in its place.
    (position, last) = ([UInt8](row.key), nil)
  }

  private func isInPartition(_ key: UnsafeRawBufferPointer) -> Bool {
    let count = partition.count
    guard count > 0, key.count > count else { return false }
    return partition.withUnsafeBytes { KeyEncoding.hasPrefix(key, $0) }
  }

  /// Counts the rows of a partition from now on.
  private func enterPartition(_ key: UnsafeRawBufferPointer) {
    guard countsPartitions, !isInPartition(key) else { return }
    partition.removeAll(keepingCapacity: true)
    partition.append(contentsOf: RowKey.partitionPrefix(key))
    rowsLeftInPartition = perPartitionLimit
  }

  private func show(_ row: LiveRow) throws(TableError) -> Bool {
    guard mayAdd(row) else { return false }
    enterPartition(row.key)
    try result.append(row)
    count()
    return true
  }

  /// Whether another row of the result may follow; else how the scan ends.
  @inline(__always)
  private func mayAdd(_ row: LiveRow) -> Bool {
    if rowsLeft == 0 {
      step = .end
    } else if countsPartitions, rowsLeftInPartition == 0, isInPartition(row.key) {
      step = .skipPartition
    } else if result.rowCount >= pageRows || result.bytes >= Limits.pageBytes {
      step = .pageEnd
    } else {
      return true
    }
    return false
  }

  @inline(__always)
  private func count() {
    if rowsLeft != .max { rowsLeft -= 1 }
    if countsPartitions { rowsLeftInPartition -= 1 }
    if rowsLeft == 0 {
      step = .end
    } else if rowsLeftInPartition == 0 {
      step = .skipPartition
    }
  }

  private func group(_ row: LiveRow) throws(TableError) -> Bool {
    if let groups, groups.isOpen, !groups.holds(row) {
      try finishGroup()
      step = .next
    }
    if groups?.isOpen == false {
      guard mayAdd(row) else { return false }
      enterPartition(row.key)
      try groups?.open(row)
    }
    try groups?.add(row)
    if plan.isDistinct {
      // One row stands for its partition, whichever group it is in.
      enterPartition(row.key)
      rowsLeftInPartition = 0
      step = .skipPartition
    }
    return true
  }

  private func finishGroup() throws(TableError) {
    if case .everything = plan.grouping {} else if groups?.isOpen == false { return }
    if let group = groups?.close() { try result.append(group) }
    count()
  }
}

extension Evaluation {
  /// The rows that a LIMIT allows; a value that is not set is none.
  fileprivate func limit(_ expression: Expression?) throws(TableError) -> Int {
    guard let expression else { return .max }
    if case .marker(let index, _) = expression {
      if operands.isUnset(.marker(index)) { return .max }
      if let bytes = operands[.marker(index)], bytes.count != 4 {
        throw .invalid("Invalid limit value")
      }
    }
    guard let number = try value(expression, nil)?.number(.int) else {
      throw .invalid("Invalid null value of limit")
    }
    guard number.int64 > 0 else { throw .invalid("LIMIT must be strictly positive") }
    return Int(number.int64)
  }
}
