internal import Bytes
internal import LMDB

// How the rows of a SELECT are reached, each way from where the transaction before left off.
extension SelectionRun {
  func read(_ source: RowSource) throws(TableError) {
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
    // A row of static columns that is shown moves the position.
    let owed = owesStatic ? position : nil
    owesStatic = false
    let stop = try source.scan(
      range, reversed: reversed, owesStatic: owed != nil
    ) { row throws(TableError) in
      try take(row)
    }
    if let owed, owed == position, last == nil, case .pageEnd = step {
      // The next page, which knows only of a key, begins before all that the partition has.
      position = position.withUnsafeBytes { [UInt8](RowKey.partitionPrefix($0)) } + [0]
    }
    if let stop, case .next = step {
      stop.key.withUnsafeBytes { pause(behind: $0) }
      owesStatic = stop.owesStatic
    }
  }

  /// Goes on behind a key in another transaction.
  private func pause(behind key: UnsafeRawBufferPointer) {
    (position, last) = ([UInt8](key), nil)
    step = .pause
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
}
