internal import Bytes
internal import CQL

/// Where the rows of one execution of a SELECT lie.
enum SelectionAccess {
  struct Partition {
    /// What the keys of the partition have in common.
    var prefix: [UInt8]
    /// In the order of the keys.
    var ranges: [KeyRange]
  }

  /// It is one, whose key the restrictions give.
  case row
  /// In partitions asked for by name, in the order of their keys' values.
  case partitions([Partition])
  /// In a run of partitions.
  case range(KeyRange)
  /// Behind the entries of an index that begin with a prefix, in a range of row keys.
  case index(prefix: [UInt8], KeyRange)
}

extension Evaluation {
  /// Finds where the rows lie, and what they must be held against one by one.
  func access(
    _ restrictions: StatementRestrictions
  ) throws(TableError) -> (SelectionAccess, [BoundRestriction]) {
    var filters: [BoundRestriction] = []
    for other in restrictions.others.all { filters.append(try bind(other, isFilter: true)) }
    if restrictions.key != nil { return (.row, filters) }
    var clustering: [BoundRestriction] = []
    let isFilter = restrictions.filtersClustering
    for restriction in restrictions.clustering.all {
      clustering.append(try bind(restriction, isFilter: isFilter))
    }
    if isFilter || restrictions.isKeyRange || restrictions.index != nil { filters += clustering }
    let tokens = try tokens(restrictions)
    guard restrictions.isKeyRange else {
      let partitions = try partitions(restrictions, clustering, within: tokens)
      guard let index = restrictions.index else { return (.partitions(partitions), filters) }
      guard let partition = partitions.first else { return (.partitions([]), filters) }
      let range = KeyRange(
        start: partition.prefix, end: partition.prefix + [RowKey.partitionEnd])
      return (.index(prefix: try prefix(index), range), filters)
    }
    for restriction in restrictions.partition.all {
      filters.append(try bind(restriction, isFilter: true))
    }
    // Nothing is in none: an empty IN.
    if filters.contains(where: { if case .in(let rows) = $0.test { rows.isEmpty } else { false } })
    {
      return (.partitions([]), [])
    }
    guard let index = restrictions.index else { return (.range(tokens), filters) }
    return (.index(prefix: try prefix(index), tokens), filters)
  }

  /// Puts the key of the one row that is asked for together of the values of its columns.
  func makeKey(
    _ values: [Expression], _ markers: [Int], _ layout: RowLayout,
    in builder: inout RowKeyBuilder
  ) throws(TableError) {
    builder.removeAll()
    for place in values.indices {
      let marker = markers[place]
      if marker >= 0, let value = operands[.marker(marker)],
        layout.keyColumns[place].takes(value)
      {
        try builder.append(value, at: place, layout)
        continue
      }
      try withKeyValue(values[place], layout.keyColumns[place].column) { value throws(TableError) in
        try builder.append(value, at: place, layout)
      }
    }
    try builder.finish(layout)
  }

  static func checkKey(_ count: Int) throws(TableError) {
    if count == 0 { throw .invalid("Key may not be empty") }
    guard count <= Int(UInt16.max) else {
      throw .invalid("Key length of \(count) is longer than maximum of \(UInt16.max)")
    }
  }

  /// Lets `body` have a key column's value, which is there.
  private func withKeyValue(
    _ expression: Expression, _ column: Column,
    _ body: (UnsafeRawBufferPointer) throws(TableError) -> Void
  ) throws(TableError) {
    let restriction = Restriction(columns: [column], kind: .equal(.each([expression])))
    guard case .equal(let values) = try bind(restriction, isFilter: false).test else { return }
    try values[0].borrowed(body)
  }

  /// The named partitions, each once, sorted by their keys' values as Cassandra reads them.
  private func partitions(
    _ restrictions: StatementRestrictions, _ clustering: [BoundRestriction],
    within tokens: KeyRange
  ) throws(TableError) -> [SelectionAccess.Partition] {
    var keys: [[[UInt8]]] = [[]]
    var product = KeyProduct()
    for restriction in restrictions.partition.all {
      let rows: [[[UInt8]]]
      switch try bind(restriction, isFilter: false).test {
      case .equal(let values): rows = [values]
      case .in(let all): rows = distinct(all, restriction.first.type)
      case .slice, .contains: return []
      }
      try product.multiply(by: rows.count)
      keys = keys.flatMap { key in rows.map { key + $0 } }
    }
    for restriction in clustering {
      if case .in(let rows) = restriction.test { try product.multiply(by: rows.count) }
    }
    var found: [SelectionAccess.Partition] = []
    for values in keys {
      let serialized = try serialize(values)
      var key = ByteBuffer(capacity: 128)
      serialized.borrowed { RowKey.appendPartition(table: restrictions.table.id, $0, to: &key) }
      let rows = key.toArray()
      guard rows.withUnsafeBytes({ tokens.contains($0) }) else { continue }
      found.append(
        .init(
          prefix: Array(rows.dropLast()),
          ranges: KeyRange.clustering(rows, clustering)))
    }
    return found
  }

  private func distinct(_ rows: [[[UInt8]]], _ type: DataType) -> [[[UInt8]]] {
    type.sortedDistinct(rows.map { $0[0] }).map { [$0] }
  }

  private func serialize(_ values: [[UInt8]]) throws(TableError) -> [UInt8] {
    var key = values[0]
    if values.count > 1 {
      key = []
      for value in values {
        key += bigEndian(UInt16(truncatingIfNeeded: value.count)) + value + [0]
      }
    }
    try Evaluation.checkKey(key.count)
    return key
  }

  /// The keys of the rows between two tokens; of the whole table where none is named.
  private func tokens(_ restrictions: StatementRestrictions) throws(TableError) -> KeyRange {
    let table = bigEndian(restrictions.table.id)
    var range = KeyRange.all(restrictions.table)
    for (comparison, expression) in restrictions.token?.bounds ?? [] {
      let token = try token(expression)
      // The least token stands for the beginning of the ring, and, as an end, for its end.
      if token == .min, !comparison.isStart { continue }
      let at = table + bigEndian(UInt64(bitPattern: token) ^ 0x8000_0000_0000_0000)
      let behind = KeyEncoding.successor(of: at)
      switch comparison {
      case .greater: range.raise(to: behind ?? at)
      case .greaterOrEqual: range.raise(to: at)
      case .less: range.lower(to: at)
      case .lessOrEqual: range.lower(to: behind)
      default:
        range.raise(to: at)
        range.lower(to: behind)
      }
    }
    return range
  }

  /// What the entries begin with that an index has of a restriction's value.
  private func prefix(
    _ access: (index: Index, restriction: Restriction)
  ) throws(TableError) -> [UInt8] {
    let bound = try bind(access.restriction, isFilter: true)
    var prefix = ByteBuffer(capacity: 128)
    prefix.append(bigEndian: access.index.id)
    func append(_ value: [UInt8], _ type: DataType) {
      value.withUnsafeBytes { type.appendComponent($0, descending: false, to: &prefix) }
    }
    switch bound.test {
    case .equal(let values):
      for (column, value) in zip(bound.columns, values) where column.id == access.index.columnID {
        append(value, column.type)
      }
    case .contains(let values, let keys, let entries):
      let types = bound.first.type.whole.parts
      switch access.index.target {
      case .keys: if let key = keys.first { append(key, types[0]) }
      case .entries:
        if let entry = entries.first {
          append(entry.key, types[0])
          append(entry.value, types[types.count - 1])
        }
      case .values, .full: if let value = values.first { append(value, types[types.count - 1]) }
      }
    case .in, .slice: break
    }
    return prefix.toArray()
  }
}
