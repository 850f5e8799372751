internal import Bytes
internal import CQL

/// The rows that a modification is about: its WHERE clause, or an INSERT's key columns, brought
/// onto the table.
struct ModificationKeys: Sendable {
  /// The values of one key column, or of several in `(a, b) IN …`.
  struct Fixed: Sendable {
    var columns: [Column]
    /// A value for each column, for each alternative.
    var alternatives: [[Operand]]
    /// A marker for the list of alternatives.
    var list: Operand?
    var isIn: Bool
  }

  /// A bound on the clustering columns from the first one that is not fixed.
  struct Bound: Sendable {
    var columns: [Column]
    var comparison: Comparison
    var operands: [Operand]
  }

  let table: Table
  /// Of the partition key, in its order.
  var partition: [Fixed] = []
  /// Of the first clustering columns, in their order.
  var clustering: [Fixed] = []
  var bounds: [Bound] = []
  /// A value for each key column, in order, where there is one row: the fast way.
  var single: [Operand]

  /// Whether no clustering column is named though there are some.
  var namesPartitionOnly: Bool {
    clustering.isEmpty && bounds.isEmpty && !table.clusteringKey.isEmpty && single.isEmpty
  }

  var fixedClusteringColumns: Int { clustering.reduce(0) { $0 + $1.columns.count } }
  var namesWholeRows: Bool { fixedClusteringColumns == table.clusteringKey.count }
  var hasPartitionIn: Bool { partition.contains(where: \.isIn) }
  var hasClusteringIn: Bool { clustering.contains(where: \.isIn) }

  /// A partition that is named: its keys' common beginning with the class of a row, and its
  /// serialized key.
  struct Partition {
    var prefix: [UInt8]
    var key: [UInt8]
  }

  /// The partitions that are named, each once.
  func partitions(_ operands: Operands) throws(TableError) -> [Partition] {
    var product = KeyProduct()
    for fixed in partition + clustering {
      try product.multiply(by: alternatives(of: fixed, operands))
    }
    var combinations: [[[UInt8]]] = [[]]
    for fixed in partition {
      let values = try values(of: fixed, operands)
      combinations = combinations.flatMap { head in values.map { head + $0 } }
    }
    var found: [Partition] = []
    var seen: Set<[UInt8]> = []
    for values in combinations {
      let key = try ModificationKeys.serialize(values)
      guard seen.insert(key).inserted else { continue }
      var prefix = ByteBuffer(capacity: 128)
      key.borrowed { RowKey.appendPartition(table: table.id, $0, to: &prefix) }
      found.append(Partition(prefix: prefix.toArray(), key: key))
    }
    return found
  }

  private static func serialize(_ values: [[UInt8]]) throws(TableError) -> [UInt8] {
    var serialized = values[0]
    if values.count > 1 {
      serialized = []
      for value in values {
        guard value.count <= Int(UInt16.max) else { throw tooLong(value.count) }
        serialized += bigEndian(UInt16(value.count)) + value + [0]
      }
    }
    try check(serialized.count)
    return serialized
  }

  static func check(_ count: Int) throws(TableError) {
    if count == 0 { throw .invalid("Key may not be empty") }
    if count > Int(UInt16.max) { throw tooLong(count) }
  }

  static func tooLong(_ count: Int) -> TableError {
    .invalid("Key length of \(count) is longer than maximum of \(UInt16.max)")
  }

  /// The clustering bytes of what is fixed, each alternative once, in order.
  func clusterings(_ operands: Operands) throws(TableError) -> [[UInt8]] {
    var keys: [[UInt8]] = [[]]
    for fixed in clustering {
      let tails = try values(of: fixed, operands).map { values in
        var component = ByteBuffer(capacity: 64)
        for (column, value) in zip(fixed.columns, values) {
          value.borrowed {
            column.type.appendComponent($0, descending: column.isDescending, to: &component)
          }
        }
        return component.toArray()
      }
      keys = keys.flatMap { head in tails.map { head + $0 } }
    }
    return Set(keys).sorted { $0.lexicographicallyPrecedes($1) }
  }

  /// The spans of clustering bytes that a DELETE takes away.
  func spans(
    _ operands: Operands
  ) throws(TableError) -> [(start: [UInt8], end: [UInt8]?)] {
    var spans: [(start: [UInt8], end: [UInt8]?)] = []
    for head in try clusterings(operands) {
      var start = head
      var end = KeyEncoding.successor(of: head)
      for bound in bounds {
        try narrow(head, bound, operands, &start, &end)
      }
      if let end, !start.lexicographicallyPrecedes(end) { continue }
      spans.append((start, end))
    }
    return spans
  }

  /// Cuts a span at a bound. One of several columns, `(a, b) > (1, 2)`, is a bound of bytes only as
  /// far as the columns are all ascending or all descending; others are refused in planning.
  private func narrow(
    _ head: [UInt8], _ bound: Bound, _ operands: Operands, _ start: inout [UInt8],
    _ end: inout [UInt8]?
  ) throws(TableError) {
    var key = ByteBuffer(capacity: 64)
    key.append(head)
    for (number, column) in bound.columns.enumerated() {
      let bytes = try value(bound.operands[number], column, operands)
      // A number bounds all that are equal to it; it begins their components.
      let isNumber = column.type == .varint || column.type == .decimal
      bytes.borrowed {
        column.type.appendComponent(
          $0, descending: column.isDescending,
          exact: !isNumber || number + 1 < bound.columns.count, to: &key)
      }
    }
    let edge = key.toArray()
    let isDescending = bound.columns.first?.isDescending ?? false
    func raise(_ low: [UInt8]?) {
      // Nothing comes behind the last bytes there are.
      guard let low else { return lower([]) }
      if start.lexicographicallyPrecedes(low) { start = low }
    }
    func lower(_ high: [UInt8]?) {
      guard let high else { return }
      if end.map({ high.lexicographicallyPrecedes($0) }) ?? true { end = high }
    }
    switch (bound.comparison, isDescending) {
    case (.greater, false), (.less, true): raise(KeyEncoding.successor(of: edge))
    case (.greaterOrEqual, false), (.lessOrEqual, true): raise(edge)
    case (.less, false), (.greater, true): lower(edge)
    case (.lessOrEqual, false), (.greaterOrEqual, true): lower(KeyEncoding.successor(of: edge))
    default: break
    }
  }

  /// How many alternatives fixed columns have; what is wrong with them is said later.
  private func alternatives(of fixed: Fixed, _ operands: Operands) -> Int {
    guard let list = fixed.list else { return fixed.alternatives.count }
    let type = DataType.list(OperandTable.listType(of: fixed.columns))
    return operands[list].flatMap { type.elements($0)?.count } ?? 1
  }

  /// The alternatives of fixed columns as bytes, checked by their types.
  private func values(
    of fixed: Fixed, _ operands: Operands
  ) throws(TableError) -> [[[UInt8]]] {
    if let list = fixed.list { return try listed(list, fixed, operands) }
    var found: [[[UInt8]]] = []
    for alternative in fixed.alternatives {
      var values: [[UInt8]] = []
      for (column, operand) in zip(fixed.columns, alternative) {
        values.append(try value(operand, column, operands))
      }
      found.append(values)
    }
    return found
  }

  private func value(
    _ operand: Operand, _ column: Column, _ operands: Operands
  ) throws(TableError) -> [UInt8] {
    let bytes = try operands.required(operand, column)
    try column.type.validate(bytes, column: column.name, inKey: true)
    return [UInt8](bytes)
  }

  /// The values of `IN ?`.
  private func listed(
    _ list: Operand, _ fixed: Fixed, _ operands: Operands
  ) throws(TableError) -> [[[UInt8]]] {
    if operands.isUnset(list) {
      throw .invalid("Invalid unset value for column \(fixed.columns[0].name)")
    }
    guard let bytes = operands[list] else {
      throw .invalid("Invalid null value in condition for column \(fixed.columns[0].name)")
    }
    let type = OperandTable.listType(of: fixed.columns)
    guard let elements = DataType.list(type).elements(bytes) else {
      throw .invalid("Malformed collection for \(fixed.columns[0].name)")
    }
    var found: [[[UInt8]]] = []
    for element in elements {
      let parts = fixed.columns.count == 1 ? [element] : try type.fields(element)
      var values: [[UInt8]] = []
      for (number, column) in fixed.columns.enumerated() {
        guard number < parts.count, let part = parts[number] else {
          throw .invalid("Invalid null value in condition for column \(column.name)")
        }
        try column.type.validate(part, column: column.name, inKey: true)
        if part.isEmpty, !column.type.hasEmptyValue {
          throw .invalid("Key may not be empty: column \(column.name)")
        }
        values.append([UInt8](part))
      }
      found.append(values)
    }
    return found
  }
}
