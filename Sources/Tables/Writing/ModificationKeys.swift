internal import Bytes
internal import CQL

/// The rows that a modification is about: its WHERE clause, or an INSERT's key columns, brought
/// onto the table.
struct ModificationKeys: Sendable {
  /// A value for each of one or more columns: on its own, or all of them in a tuple.
  enum Values: Sendable {
    case each([Operand])
    case tuple(Operand)
  }

  /// The values of one key column, or of several in `(a, b) IN …`.
  struct Fixed: Sendable {
    var columns: [Column]
    var alternatives: [Values]
    /// A marker for the list of alternatives, and whether these are tuples.
    var list: Operand?
    var hasTuples = false
    var isIn: Bool
  }

  /// A bound on the clustering columns from the first one that is not fixed.
  struct Bound: Sendable {
    var columns: [Column]
    var comparison: Comparison
    var values: Values
  }

  let table: Table
  /// Of the partition key, in its order.
  var partition: [Fixed] = []
  /// Of the first clustering columns, in their order.
  var clustering: [Fixed] = []
  var bounds: [Bound] = []
  /// Columns that are restricted and are none of the key.
  var nonKeyColumns: [String] = []
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

  /// The values of the first clustering columns: their bytes in a key, and the spellings that a row
  /// keeps beside it.
  struct Clustering {
    var key: [UInt8] = []
    var spellings: [UInt8] = []
  }

  /// What is fixed of the clustering columns, each alternative once, in order.
  func clusterings(_ operands: Operands) throws(TableError) -> [Clustering] {
    var found = [Clustering()]
    for fixed in clustering {
      let tails = try values(of: fixed, operands).map { clustering(fixed.columns, $0) }
      found = found.flatMap { head in
        tails.map {
          Clustering(key: head.key + $0.key, spellings: head.spellings + $0.spellings)
        }
      }
    }
    return Dictionary(found.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
      .values.sorted { $0.key.lexicographicallyPrecedes($1.key) }
  }

  private func clustering(_ columns: [Column], _ values: [[UInt8]]) -> Clustering {
    var key = ByteBuffer(capacity: 64)
    var spellings = ByteBuffer()
    for (column, value) in zip(columns, values) {
      value.borrowed {
        column.type.appendComponent($0, descending: column.isDescending, to: &key)
        if column.type.hasSpellings { spellings.append(spelling: $0) }
      }
    }
    return Clustering(key: key.toArray(), spellings: spellings.toArray())
  }

  /// The keys of the rows, or of the partitions' records, that are named.
  func rows(_ operands: Operands, isStatic: Bool) throws(TableError) -> [[UInt8]] {
    var found: [[UInt8]] = []
    for partition in try partitions(operands) {
      if isStatic {
        found.append(partition.prefix.dropLast() + [RowKey.Class.record])
      } else {
        found += try clusterings(operands).map { partition.prefix + $0.key }
      }
    }
    return found
  }

  /// How many alternatives fixed columns have; what is wrong with them is said later.
  private func alternatives(of fixed: Fixed, _ operands: Operands) -> Int {
    guard let list = fixed.list else { return fixed.alternatives.count }
    return operands[list].flatMap { listType(of: fixed).elements($0)?.count } ?? 1
  }

  private func listType(of fixed: Fixed) -> DataType {
    .list(fixed.hasTuples ? OperandTable.tupleType(of: fixed.columns) : fixed.columns[0].type)
  }

  /// The alternatives of fixed columns as bytes, checked by their types.
  private func values(
    of fixed: Fixed, _ operands: Operands
  ) throws(TableError) -> [[[UInt8]]] {
    if let list = fixed.list { return try listed(list, fixed, operands) }
    var found: [[[UInt8]]] = []
    for alternative in fixed.alternatives {
      found.append(try values(alternative, fixed.columns, operands))
    }
    return found
  }

  /// A value for each of the columns.
  func values(
    _ source: Values, _ columns: [Column], _ operands: Operands
  ) throws(TableError) -> [[UInt8]] {
    switch source {
    case .each(let each):
      var found: [[UInt8]] = []
      for (column, operand) in zip(columns, each) {
        let bytes = try operands.required(operand, column)
        try column.type.validate(bytes, column: column.name)
        found.append([UInt8](bytes))
      }
      return found
    case .tuple(let tuple):
      let bytes = try required(tuple, columns, operands)
      return try values(in: try OperandTable.tupleType(of: columns).fields(bytes), columns)
    }
  }

  private func required(
    _ operand: Operand, _ columns: [Column], _ operands: Operands
  ) throws(TableError) -> UnsafeRawBufferPointer {
    if operands.isUnset(operand) {
      throw .invalid("Invalid unset value for column \(columns[0].name)")
    }
    guard let bytes = operands[operand] else {
      throw .invalid("Invalid null value in condition for column \(columns[0].name)")
    }
    return bytes
  }

  /// The values of `IN ?`.
  private func listed(
    _ list: Operand, _ fixed: Fixed, _ operands: Operands
  ) throws(TableError) -> [[[UInt8]]] {
    let bytes = try required(list, fixed.columns, operands)
    let tuple = OperandTable.tupleType(of: fixed.columns)
    guard let elements = listType(of: fixed).elements(bytes) else {
      throw .invalid("Malformed collection for \(fixed.columns[0].name)")
    }
    var found: [[[UInt8]]] = []
    for element in elements {
      let parts = fixed.hasTuples ? try tuple.fields(element) : [element]
      found.append(try values(in: parts, fixed.columns))
    }
    return found
  }

  /// The parts of a bound tuple, checked by their columns' types.
  private func values(
    in parts: [UnsafeRawBufferPointer?], _ columns: [Column]
  ) throws(TableError) -> [[UInt8]] {
    var values: [[UInt8]] = []
    for (number, column) in columns.enumerated() {
      guard number < parts.count, let part = parts[number] else {
        throw .invalid("Invalid null value in condition for column \(column.name)")
      }
      try column.type.validate(part, column: column.name)
      values.append([UInt8](part))
    }
    return values
  }
}
