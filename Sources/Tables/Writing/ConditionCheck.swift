internal import Bytes
internal import CQL
internal import LMDB

/// Lets a closure have the operands of the statement at a place of its batch.
typealias WithOperands = (
  Int, (Operands) throws(TableError) -> Void
) throws(TableError) -> Void

/// Looks whether the conditions of statements on one partition are met, and what there is where
/// they are not.
struct ConditionCheck {
  let table: Table
  private let rows: Database
  private let now: Int64
  /// The partition's keys' beginning, with the class of a row.
  private var prefix: [UInt8]?
  /// The rows that conditions are about, by their clustering bytes; nil is the static columns.
  private var clusterings: Set<[UInt8]> = []
  private var columns: [Column] = []
  private var knownColumns: Set<UInt32> = []
  /// The rows that conditions look into, each with the numbers of their statements: a row is read
  /// once, however many there are.
  private var looks: [(key: [UInt8], statements: [(place: Int, plan: Modification)])] = []
  private var places: [[UInt8]: Int] = [:]
  private var showsAll = false
  private var hasRowConditions = false
  private(set) var isMet = true
  private var isInBatch: Bool
  private var exists: Set<[UInt8]> = []
  private var notExists: Set<[UInt8]> = []

  init(_ table: Table, _ rows: Database, now: Int64, isInBatch: Bool) {
    self.table = table
    self.rows = rows
    self.now = now
    self.isInBatch = isInBatch
  }

  /// Takes in one statement, by its place in its batch.
  mutating func add(
    _ plan: Modification, _ operands: Operands, at place: Int
  ) throws(TableError) {
    let partitions = try plan.keys.partitions(operands)
    guard partitions.count == 1, !plan.keys.hasPartitionIn else {
      throw .invalid(
        "Batch with conditions cannot span multiple partitions (you cannot use IN on the "
          + "partition key)")
    }
    if let prefix, prefix != partitions[0].prefix {
      throw .invalid("Batch with conditions cannot span multiple partitions")
    }
    prefix = partitions[0].prefix
    if plan.keys.hasClusteringIn {
      throw .invalid(
        "IN on the clustering key columns is not supported with conditional "
          + (plan.kind == .delete ? "deletions" : "updates"))
    }
    if plan.condition.isNone { return }
    let isStatic = plan.keys.namesPartitionOnly
    var key = partitions[0].prefix
    if isStatic {
      key[key.count - 1] = RowKey.Class.record
    } else {
      hasRowConditions = true
      key += try plan.keys.clusterings(operands).first?.key ?? []
      clusterings.insert(key)
    }
    switch plan.condition {
    case .none: return
    case .exists, .notExists:
      showsAll = true
      if case .exists = plan.condition { exists.insert(key) } else { notExists.insert(key) }
      if exists.contains(key), notExists.contains(key) {
        throw .invalid("Cannot mix IF EXISTS and IF NOT EXISTS conditions for the same row")
      }
    case .columns(let conditions):
      if notExists.contains(key) {
        throw .invalid("Cannot mix IF conditions and IF NOT EXISTS for the same row")
      }
      for condition in conditions where knownColumns.insert(condition.column.id).inserted {
        columns.append(condition.column)
      }
    }
    if let known = places[key] {
      looks[known].statements.append((place, plan))
    } else {
      places[key] = looks.count
      looks.append((key, [(place, plan)]))
    }
  }

  /// Looks at the rows, with the operands of the statements that were taken in.
  mutating func look(_ withOperands: WithOperands) throws(TableError) {
    let reader = RowReader(table, rows, now: now)
    reader.showsStaticRows = true
    for (key, statements) in looks {
      let isMetHere = try key.borrowed { key throws(TableError) in
        try reader.find(key) { row throws(TableError) in
          try ConditionCheck.areMet(statements, by: row, withOperands)
        }
      }
      if let isMetHere {
        if !isMetHere { isMet = false }
      } else if !(try ConditionCheck.areMet(statements, by: nil, withOperands)) {
        isMet = false
      }
    }
  }

  private static func areMet(
    _ statements: [(place: Int, plan: Modification)], by row: LiveRow?,
    _ withOperands: WithOperands
  ) throws(TableError) -> Bool {
    var areMet = true
    var collections = ConditionCollections(row)
    for (place, plan) in statements {
      let isThere = row.map { $0.isStaticOnly == plan.keys.namesPartitionOnly } ?? false
      switch plan.condition {
      case .none: continue
      case .exists: areMet = areMet && isThere
      case .notExists: areMet = areMet && !isThere
      case .columns(let conditions):
        try withOperands(place) { operands throws(TableError) in
          for condition in conditions
          where !(try condition.isMet(by: row, operands, &collections)) {
            areMet = false
            return
          }
        }
      }
    }
    return areMet
  }

  /// `[applied]`, and where it is false the rows that the conditions were about.
  func page() throws(TableError) -> Page {
    let applied = ResultColumn(name: "[applied]", type: .boolean)
    let plain = Page(columns: [applied], rows: [[[isMet ? 1 : 0]]])
    if isMet { return plain }
    var shown = table.columns
    if !showsAll {
      let key = isInBatch ? Array(table.partitionKey + table.clusteringKey) : []
      shown = key + columns.filter { !key.contains($0) }
    }
    let found = try foundRows(shown)
    if found.isEmpty { return plain }
    return Page(
      columns: [applied] + shown.map { ResultColumn(name: $0.name, type: $0.type.whole) },
      rows: found.map { [[0]] + $0 })
  }

  private func foundRows(_ shown: [Column]) throws(TableError) -> [[[UInt8]?]] {
    guard let prefix else { return [] }
    let reader = RowReader(table, rows, now: now)
    var found: [[[UInt8]?]] = []
    func take(_ row: LiveRow) { found.append(shown.map { row[$0].map { [UInt8]($0) } }) }
    for key in clusterings.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      try key.borrowed { key throws(TableError) in
        _ = try reader.find(key) { row throws(TableError) in take(row) }
      }
    }
    if !found.isEmpty { return found }
    reader.showsStaticRows = true
    if hasRowConditions {
      var record = prefix
      record[record.count - 1] = RowKey.Class.record
      try record.borrowed { key throws(TableError) in
        _ = try reader.find(key) { row throws(TableError) in take(row) }
      }
      return found
    }
    // With conditions on static columns alone, the partition is shown by its first row.
    let range = KeyRange(start: prefix, end: KeyEncoding.successor(of: prefix))
    try reader.scan(range, reversed: false) { row throws(TableError) in
      take(row)
      return false
    }
    return found
  }
}

/// The collections of one row that conditions look into: taken apart once, however many do.
private struct ConditionCollections {
  private let row: LiveRow?
  private var found: [UInt32: [UnsafeRawBufferPointer]] = [:]
  private var areInOrder: [UInt32: Bool] = [:]

  init(_ row: LiveRow?) { self.row = row }

  /// The elements of a column, of a map its keys and values by turns.
  mutating func elements(_ column: Column) -> [UnsafeRawBufferPointer] {
    if let known = found[column.id] { return known }
    let elements = row?[column].flatMap { column.type.whole.elements($0) } ?? []
    found[column.id] = elements
    return elements
  }

  /// Whether a map lies in the order of its keys: as cells it does, as one value mostly.
  private mutating func isInOrder(
    _ column: Column, _ elements: [UnsafeRawBufferPointer], _ type: DataType
  ) -> Bool {
    if case .multiCell = column.type { return true }
    if let known = areInOrder[column.id] { return known }
    let isInOrder = stride(from: 2, to: elements.count - 1, by: 2)
      .allSatisfy { type.comparePaths(elements[$0 - 2], elements[$0]) < 0 }
    areInOrder[column.id] = isInOrder
    return isInOrder
  }

  /// The value that a map has for a key.
  mutating func value(
    _ column: Column, of key: UnsafeRawBufferPointer
  ) -> UnsafeRawBufferPointer? {
    let elements = self.elements(column)
    let type = column.type.whole
    guard isInOrder(column, elements, type) else {
      let place = stride(from: 0, to: elements.count - 1, by: 2)
        .first { type.comparePaths(elements[$0], key) == 0 }
      return place.map { elements[$0 + 1] }
    }
    var (low, high) = (0, elements.count / 2)
    while low < high {
      let middle = (low + high) / 2
      let order = type.comparePaths(elements[middle * 2], key)
      if order == 0 { return elements[middle * 2 + 1] }
      if order < 0 { low = middle + 1 } else { high = middle }
    }
    return nil
  }
}

extension ColumnCondition {
  /// Whether a row meets this; a row that there is not has only nulls.
  fileprivate func isMet(
    by row: LiveRow?, _ operands: Operands, _ collections: inout ConditionCollections
  ) throws(TableError) -> Bool {
    let (type, value) = try current(row, operands, &collections)
    if let list {
      if operands.isUnset(list) { throw .invalid("Invalid 'unset' value in condition") }
      guard let bytes = operands[list], let found = DataType.list(type).elements(bytes) else {
        throw .invalid("Invalid null list in IN condition")
      }
      for wanted in found where try isMet(value, wanted, type) { return true }
      return false
    }
    for operand in self.operands {
      if operands.isUnset(operand) {
        // An IN passes over these (Cassandra's `filterUnsetValuesIfNeeded`).
        if comparison == .in { continue }
        throw .invalid("Invalid 'unset' value in condition")
      }
      if try isMet(value, operands[operand], type) { return true }
    }
    return false
  }

  private func isMet(
    _ value: [UInt8]?, _ wanted: UnsafeRawBufferPointer?, _ type: DataType
  ) throws(TableError) -> Bool {
    guard let wanted else {
      switch comparison {
      case .equal, .in: return value == nil
      case .notEqual: return value != nil
      default:
        throw .invalid("Invalid comparison with null for operator \"\(comparison.rawValue)\"")
      }
    }
    // An empty collection of cells is null.
    if case .multiCell = column.type, case .whole = part, type.isFrozenCollection {
      let empty = bigEndian(Int32(0))
      return (value ?? empty).borrowed { comparison.holds($0, wanted, type) }
    }
    guard let value else { return comparison == .notEqual }
    return value.borrowed { comparison.holds($0, wanted, type) }
  }

  /// The value that the condition is about, and its type.
  private func current(
    _ row: LiveRow?, _ operands: Operands, _ collections: inout ConditionCollections
  ) throws(TableError) -> (DataType, [UInt8]?) {
    let type = column.type.whole
    switch part {
    case .whole: return (type, row?[column].map { [UInt8]($0) })
    case .field(let place):
      let whole = row?[column]
      let fields = try whole.map { whole throws(TableError) in try type.fields(whole) } ?? []
      let field = place < fields.count ? fields[place] : nil
      return (type.parts[place].whole, field.map { [UInt8]($0) })
    case .element(let operand):
      guard case .map(_, let valueType) = type else {
        guard let key = operands[operand] else {
          throw .invalid("Invalid null value for list element access")
        }
        return try listElement(key, type, collections.elements(column))
      }
      guard let key = operands[operand] else {
        throw .invalid("Invalid null value for map element access")
      }
      return (valueType, collections.value(column, of: key).map { [UInt8]($0) })
    }
  }

  private func listElement(
    _ key: UnsafeRawBufferPointer, _ type: DataType, _ elements: [UnsafeRawBufferPointer]
  ) throws(TableError) -> (DataType, [UInt8]?) {
    let element = type.parts.first ?? type
    guard key.count == 4 else { return (element, nil) }
    let index = Int(Int32(bigEndian: key.loadUnaligned(as: Int32.self)))
    if index < 0 { throw .invalid("Invalid negative list index \(index)") }
    return (element, index < elements.count ? [UInt8](elements[index]) : nil)
  }
}
