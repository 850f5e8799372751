internal import Bytes
internal import CQL

/// A run of row keys: from `start` up to but without `end`.
struct KeyRange: Sendable {
  var start: [UInt8]
  /// Nil: to the last key there is.
  var end: [UInt8]?

  func contains(_ key: UnsafeRawBufferPointer) -> Bool {
    let low = start.withUnsafeBytes { KeyEncoding.compare(key, $0) >= 0 }
    guard low, let end else { return low }
    return end.withUnsafeBytes { KeyEncoding.compare(key, $0) < 0 }
  }

  /// All rows of a table.
  static func all(_ table: Table) -> KeyRange {
    let prefix = bigEndian(table.id)
    return KeyRange(start: prefix, end: KeyEncoding.successor(of: prefix))
  }
}

extension Restrictions {
  /// The key ranges in which the rows asked for lie, in the order of their keys: one for each
  /// partition that is named, else one for the table or its part between two tokens. The operands
  /// have been validated.
  func ranges(_ operands: Operands) throws(TableError) -> [KeyRange] {
    guard fixesPartition else { return [try tokenRange(operands)] }
    var ranges: [KeyRange] = []
    for prefix in try partitions(operands) { ranges.append(try clusteringRange(prefix, operands)) }
    return ranges.sorted { left, right in
      left.start.lexicographicallyPrecedes(right.start)
    }
  }

  /// The key prefixes of the partitions named by = and IN.
  func partitions(_ operands: Operands) throws(TableError) -> [[UInt8]] {
    var combinations: [[UnsafeRawBufferPointer]] = [[]]
    for column in table.partitionKey {
      guard let restriction = fixing(column) else { return [] }
      var longer: [[UnsafeRawBufferPointer]] = []
      for operand in restriction.operands {
        let value = try operands.required(operand, column)
        for combination in combinations { longer.append(combination + [value]) }
      }
      combinations = longer
    }
    var prefixes: Set<[UInt8]> = []
    for values in combinations {
      var serialized = ByteBuffer(capacity: 64)
      RowKey.serialize(values, into: &serialized)
      var key = ByteBuffer(capacity: 128)
      serialized.withBytes { RowKey.appendPartition(table: table.id, $0, to: &key) }
      prefixes.insert(key.toArray())
    }
    return Array(prefixes)
  }

  /// Narrows a partition to what the clustering restrictions allow.
  private func clusteringRange(
    _ partition: [UInt8], _ operands: Operands
  ) throws(TableError) -> KeyRange {
    var prefix = ByteBuffer(capacity: 128)
    prefix.append(partition)
    for restriction in clusteringPrefix {
      let value = try operands.required(restriction.operands[0], restriction.column)
      restriction.column.type.appendComponent(
        value, descending: restriction.column.isDescending, to: &prefix)
    }
    let fixed = prefix.toArray()
    var range = KeyRange(start: fixed, end: KeyEncoding.successor(of: fixed))
    guard let sliced else { return range }
    for restriction in all where restriction.column == sliced && restriction.comparison != .in {
      let value = try operands.required(restriction.operands[0], sliced)
      prefix.truncate(to: fixed.count)
      // A number bounds all that are equal to it; it begins their components.
      let isNumber = sliced.type == .varint || sliced.type == .decimal
      sliced.type.appendComponent(
        value, descending: sliced.isDescending, exact: !isNumber, to: &prefix)
      let bound = prefix.toArray()
      // In a DESC column greater values have smaller keys.
      switch (restriction.comparison, sliced.isDescending) {
      case (.greater, false), (.less, true):
        range.raise(to: KeyEncoding.successor(of: bound) ?? bound)
      case (.greaterOrEqual, false), (.lessOrEqual, true): range.raise(to: bound)
      case (.less, false), (.greater, true): range.lower(to: bound)
      case (.lessOrEqual, false), (.greaterOrEqual, true):
        range.lower(to: KeyEncoding.successor(of: bound))
      default: break
      }
    }
    return range
  }

  private func tokenRange(_ operands: Operands) throws(TableError) -> KeyRange {
    var range = KeyRange.all(table)
    for (comparison, operand) in tokens {
      guard let bytes = operands[operand], bytes.count == 8 else {
        throw .invalid("token() must be compared with a bigint")
      }
      let token = UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)) ^ 0x8000_0000_0000_0000
      let at = bigEndian(table.id) + bigEndian(token)
      let behind = KeyEncoding.successor(of: at)
      switch comparison {
      case .greater: range.raise(to: behind ?? at)
      case .greaterOrEqual: range.raise(to: at)
      case .less: range.lower(to: at)
      case .lessOrEqual: range.lower(to: behind)
      case .equal:
        range.raise(to: at)
        range.lower(to: behind)
      default: throw .invalid("token() does not take \(comparison.rawValue)")
      }
    }
    return range
  }
}

extension KeyRange {
  fileprivate mutating func raise(to bound: [UInt8]) {
    if start.lexicographicallyPrecedes(bound) { start = bound }
  }

  fileprivate mutating func lower(to bound: [UInt8]?) {
    guard let bound else { return }
    if end.map({ bound.lexicographicallyPrecedes($0) }) ?? true { end = bound }
  }
}
