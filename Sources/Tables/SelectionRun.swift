internal import Bytes
internal import CQL
internal import LMDB
internal import Machine

/// One execution of a SELECT, or of one page of it, over as many transactions as it takes.
final class SelectionRun {
  /// What becomes of a scan after a row.
  private enum Step {
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

  private let shared: Shared<Selection>
  private let now: Int64
  private let pageRows: Int
  private let transactionKeys: Int
  private let evaluation: Evaluation
  private let access: SelectionAccess
  private let filters: [BoundRestriction]
  private let perPartitionLimit: Int
  /// Whether it matters which partition a row is in.
  private let countsPartitions: Bool
  private let isGrouped: Bool
  // Changed row by row, and by nobody else meanwhile: no check at run time.
  @exclusivity(unchecked) private var rowsLeft: Int
  @exclusivity(unchecked) private var rowsLeftInPartition: Int
  @exclusivity(unchecked) private var result: ResultBuilder
  @exclusivity(unchecked) private var groups: GroupBuilder?
  @exclusivity(unchecked) private var step = Step.next
  /// The key of the last row looked at in an earlier transaction; empty before the first.
  @exclusivity(unchecked) private var position: [UInt8] = []
  /// The key of the last row looked at in this one, borrowed from it.
  @exclusivity(unchecked) private var last: UnsafeRawBufferPointer?
  /// What the keys of the partition have in common in which rows are counted.
  @exclusivity(unchecked) private var partition: [UInt8] = []

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

  private var plan: Selection {
    _read { yield shared.value }
  }

  /// Reads on in one transaction; true when the page is complete.
  func advance(_ databases: Databases) throws(TableError) -> Bool {
    step = .next
    last = nil
    try shared.value.readers.withReader(
      databases.rows, now: now, budget: transactionKeys
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

  private func read(_ source: RowSource) throws(TableError) {
    switch access {
    case .row:
      guard position.isEmpty else { return }
      try find(source)
      // There is no other row to go on to.
      last = nil
    case .partitions(let partitions): try scan(partitions, source)
    case .range(let range): try scan(range, source)
    case .index(let prefix, let range): try scan(index: prefix, range, source)
    }
  }

  private func find(_ source: RowSource) throws(TableError) {
    let reader = source.reader
    try evaluation.makeKey(
      shared.value.restrictions.key ?? [], shared.value.restrictions.keyMarkers, reader.layout,
      in: &reader.wanted)
    try reader.wanted.key.withBytes { key throws(TableError) in
      _ = try source.find(key) { row throws(TableError) in try take(row) }
    }
  }

  /// Looks at the rows of a range, in so far as this transaction may.
  private func walk(
    _ range: KeyRange, reversed: Bool = false, _ source: RowSource
  ) throws(TableError) {
    let stop = try source.scan(range, reversed: reversed) { row throws(TableError) in
      try take(row)
    }
    if let stop, case .next = step { stop.withUnsafeBytes { pause(behind: $0) } }
  }

  /// Goes on behind a key in another transaction.
  private func pause(behind key: UnsafeRawBufferPointer) {
    (position, last) = ([UInt8](key), nil)
    step = .pause
  }

  /// The page, when it is complete.
  func page() throws(TableError) -> Page {
    var next: PagingState?
    if case .pageEnd = step {
      let isCounted = position.withUnsafeBytes { isInPartition($0) }
      next = PagingState(
        lastKey: position, rowsLeft: rowsLeft,
        rowsLeftInPartition: isCounted ? rowsLeftInPartition : perPartitionLimit,
        statement: plan.fingerprint)
    }
    return result.page(next: next)
  }

  private func scan(
    _ partitions: [SelectionAccess.Partition], _ source: RowSource
  ) throws(TableError) {
    var rest = partitions[...]
    if !position.isEmpty {
      let current = position.withUnsafeBytes { [UInt8](RowKey.partitionPrefix($0)) }
      let found = partitions.firstIndex { $0.prefix == current }
      guard let found else { throw PagingState.invalid }
      rest = partitions[found...]
    }
    for partition in rest {
      let ranges = plan.isReversed ? partition.ranges.reversed() : partition.ranges
      for range in ranges {
        guard let range = remainder(of: range, in: partition.prefix) else { continue }
        try walk(range, reversed: plan.isReversed, source)
        if case .next = step { continue }
        break
      }
      switch step {
      case .next, .skipPartition: step = .next
      case .pause, .pageEnd, .end: return
      }
    }
  }

  /// What of a range lies behind the last row looked at.
  private func remainder(of range: KeyRange, in prefix: [UInt8]) -> KeyRange? {
    let key = position
    guard !key.isEmpty, key.starts(with: prefix) else { return range }
    var rest = range
    if plan.isReversed {
      rest.lower(to: key)
    } else if key.count > prefix.count, key[prefix.count] == RowKey.Class.record {
      // The static columns alone have been shown; a range that begins with the first row would
      // show them again.
      rest.start = key + [0]
    } else {
      rest.raise(to: key + [0])
    }
    return rest.isEmpty ? nil : rest
  }

  private func scan(_ range: KeyRange, _ source: RowSource) throws(TableError) {
    var range = range
    if !position.isEmpty {
      range.raise(to: position + [0])
      // Of this partition there is nothing left.
      if rowsLeftInPartition == 0 { range.raise(to: endOfPartition) }
    }
    while !range.isEmpty {
      try walk(range, source)
      guard case .skipPartition = step else { return }
      step = source.isSpent ? .pause : .next
      guard case .next = step else { return }
      range.raise(to: endOfPartition)
    }
  }

  private var endOfPartition: [UInt8] { partition + [RowKey.partitionEnd] }

  /// Follows the entries of an index. That of a partition's record stands for all of its rows.
  private func scan(
    index prefix: [UInt8], _ rows: KeyRange, _ source: RowSource
  ) throws(TableError) {
    let end = rows.end.map { prefix + $0 } ?? KeyEncoding.successor(of: prefix)
    var start = prefix + rows.start
    if !position.isEmpty {
      let key = position
      let partition = key.withUnsafeBytes { [UInt8](RowKey.partitionPrefix($0)) }
      let record = prefix + partition + [RowKey.Class.record]
      let isOfRecord = try stored { () throws(LMDBError) in
        try source.indexes.get(record) != nil
      }
      start = isOfRecord ? record : prefix + key + [0]
    }
    let cursor = try stored { () throws(LMDBError) in try source.indexes.cursor() }
    while true {
      let entry = try stored { () throws(LMDBError) in
        try start.borrowed { start throws(LMDBError) in try cursor.seek(start) }
      }
      guard var found = entry else { return }
      let range = KeyRange(start: start, end: end)
      var skipped: [UInt8]?
      while range.contains(found.key) {
        let key = UnsafeRawBufferPointer(rebasing: found.key[prefix.count...])
        let partition = RowKey.partitionPrefix(key)
        if partition.count < key.count, key[partition.count] == RowKey.Class.record {
          skipped = [UInt8](partition)
          try scanPartition([UInt8](partition), source)
        } else {
          _ = try source.find(key) { row throws(TableError) in try take(row) }
          if case .skipPartition = step { skipped = [UInt8](partition) }
          if source.isSpent, !step.isEnd { pause(behind: key) }
        }
        if case .skipPartition = step { step = .next }
        guard case .next = step else { return }
        if skipped != nil { break }
        let next = try stored { () throws(LMDBError) in try cursor.next() }
        guard let next else { return }
        found = next
      }
      guard let skipped else { return }
      start = prefix + skipped + [RowKey.partitionEnd]
    }
  }

  private func scanPartition(_ prefix: [UInt8], _ source: RowSource) throws(TableError) {
    let rows = prefix + [RowKey.Class.row]
    let whole = KeyRange(start: rows, end: KeyEncoding.successor(of: rows))
    guard let range = remainder(of: whole, in: prefix) else { return }
    try walk(range, source)
  }

  /// Looks at a row; false where the scan ends with it.
  private func take(_ row: LiveRow) throws(TableError) -> Bool {
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
      groups?.open(row)
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
