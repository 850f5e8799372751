internal import Bytes

// The cells that assignments make.
extension RowWriter {
  /// Gathers the cells of assignments to the row, or partition record, of `key`.
  mutating func gather(
    _ operations: [Modification.Operation], _ table: Table, _ operands: Operands,
    _ times: WriteTimes
  ) throws(TableError) {
    cells.removeAll()
    for operation in operations {
      if operation.needsRow {
        try gatherFromRow(operation, table, operands, times)
      } else {
        try gather(operation, operands, times)
      }
    }
  }

  private mutating func gather(
    _ operation: Modification.Operation, _ operands: Operands, _ times: WriteTimes
  ) throws(TableError) {
    let column = operation.column
    switch operation.action {
    case .set(let operand):
      if operands.isUnset(operand) { return }
      guard case .multiCell = column.type else {
        guard let bytes = operands[operand] else { return cells.append(times.tombstone(column)) }
        try RowWriter.check(bytes, column)
        return cells.append(times.cell(column), bytes)
      }
      cells.append(times.columnDeletion(column, isOverwrite: true))
      if let bytes = operands[operand] { try addElements(column, bytes, times) }
    case .delete:
      if case .multiCell = column.type {
        cells.append(times.columnDeletion(column, isOverwrite: false))
      } else {
        cells.append(times.tombstone(column))
      }
    case .add(let operand):
      if operands.isUnset(operand) { return }
      if let bytes = operands[operand] { try addElements(column, bytes, times) }
    case .prepend(let operand):
      guard let bytes = operands[operand] else { return }
      let values = try elements(column.type.whole, bytes, column)
      let paths = TimeUUID.before(clock, count: values.count)
      for (path, value) in zip(paths, values) {
        path.borrowed { cells.append(times.cell(column), path: $0, value) }
      }
    case .remove(let operand): try removeElements(column, operand, operands, times)
    case .setElement(let key, let operand):
      let path = try mapKey(key, column, operands)
      if operands.isUnset(operand) { return }
      guard let value = operands[operand] else {
        return cells.append(times.tombstone(column), path: path)
      }
      if case .map(_, let type) = column.type.whole {
        try type.validate(value, column: column.name)
      }
      cells.append(times.cell(column), path: path, value)
    case .removeElement(let key):
      cells.append(times.tombstone(column), path: try mapKey(key, column, operands))
    case .setField(let place, let operand):
      if operands.isUnset(operand) { return }
      let path = bigEndian(UInt16(truncatingIfNeeded: place))
      guard let value = operands[operand] else {
        return path.borrowed { cells.append(times.tombstone(column), path: $0) }
      }
      try column.type.whole.parts[place].validate(value, column: column.name)
      path.borrowed { cells.append(times.cell(column), path: $0, value) }
    case .removeField(let place):
      bigEndian(UInt16(truncatingIfNeeded: place))
        .borrowed { cells.append(times.tombstone(column), path: $0) }
    case .increment: break
    }
  }

  private func mapKey(
    _ key: Operand, _ column: Column, _ operands: Operands
  ) throws(TableError) -> UnsafeRawBufferPointer {
    var kind = "map key"
    if case .set = column.type.whole { kind = "set element" }
    if operands.isUnset(key) { throw .invalid("Invalid unset \(kind)") }
    guard let bytes = operands[key] else { throw .invalid("Invalid null \(kind)") }
    try column.type.whole.parts[0].validate(bytes, column: column.name)
    return bytes
  }

  private func elements(
    _ type: DataType, _ bytes: UnsafeRawBufferPointer, _ column: Column
  ) throws(TableError) -> [UnsafeRawBufferPointer] {
    try type.validate(bytes, column: column.name)
    guard let found = type.elements(bytes) else {
      throw .invalid("Malformed collection for \(column.name)")
    }
    return found
  }

  /// Adds the elements, or the fields that are not null, of a whole value.
  private mutating func addElements(
    _ column: Column, _ bytes: UnsafeRawBufferPointer, _ times: WriteTimes
  ) throws(TableError) {
    let cell = times.cell(column)
    let type = column.type.whole
    switch type {
    case .set:
      for element in try elements(type, bytes, column) { cells.append(cell, path: element) }
    case .map:
      let parts = try elements(type, bytes, column)
      for place in stride(from: 0, to: parts.count - 1, by: 2) {
        cells.append(cell, path: parts[place], parts[place + 1])
      }
    case .list:
      for value in try elements(type, bytes, column) {
        TimeUUID.next(clock).borrowed { cells.append(cell, path: $0, value) }
      }
    default:
      try type.validate(bytes, column: column.name)
      for (place, field) in try type.fields(bytes).enumerated() {
        guard let field else { continue }
        bigEndian(UInt16(truncatingIfNeeded: place))
          .borrowed { cells.append(cell, path: $0, field) }
      }
    }
  }

  /// Removes elements of a set, or entries of a map by their keys.
  private mutating func removeElements(
    _ column: Column, _ operand: Operand, _ operands: Operands, _ times: WriteTimes
  ) throws(TableError) {
    guard let bytes = operands[operand] else { return }
    let type = DataType.set(column.type.whole.parts[0])
    for element in try elements(type, bytes, column) {
      cells.append(times.tombstone(column), path: element)
    }
  }

  // What depends on what there is.

  /// Remembers the lists that a statement of a batch looks into, before any of the batch is
  /// written.
  mutating func readLists(
    _ plan: Modification, _ operands: Operands, now: Int64
  ) throws(TableError) {
    try flush()
    for operation in plan.operations + plan.staticOperations where operation.readsList {
      for key in try plan.keys.rows(operands, isStatic: operation.column.kind == .static) {
        if listsBefore?[key, operation.column] != nil { continue }
        setKey(key)
        let found = try elements(of: operation.column, plan.table, now)
        if listsBefore == nil { listsBefore = ListsBefore() }
        listsBefore?[key, operation.column] = found
      }
    }
  }

  /// The elements of a list in the row of `key`.
  private func elements(
    of column: Column, _ table: Table, _ now: Int64
  ) throws(TableError) -> ListElements {
    var list: [(path: [UInt8], value: [UInt8])] = []
    let reader = RowReader(table, rows, now: now)
    try key.withBytes { key throws(TableError) in
      _ = try reader.find(key) { row throws(TableError) in
        try row.forEachElement(column) { path, value throws(TableError) in
          list.append(([UInt8](path), [UInt8](value)))
        }
      }
    }
    return ListElements(list)
  }

  private mutating func gatherFromRow(
    _ operation: Modification.Operation, _ table: Table, _ operands: Operands,
    _ times: WriteTimes
  ) throws(TableError) {
    let column = operation.column
    if case .increment(let operand, let isNegative) = operation.action {
      return try increment(column, operand, isNegative, table, operands, times)
    }
    guard case .list(let type) = column.type.whole, let list = listsBefore?[key.toArray(), column]
    else { return }
    switch operation.action {
    case .remove(let operand):
      guard let bytes = operands[operand] else { return }
      let unwanted = Set(try elements(column.type.whole, bytes, column).map { [UInt8]($0) })
      for value in unwanted {
        for path in list.paths(of: value) {
          path.borrowed { cells.append(times.tombstone(column), path: $0) }
        }
      }
    case .setElement(let place, let operand):
      if operands.isUnset(place) { throw .invalid("Invalid unset value for list index") }
      let path = try path(place, operands, list, "set an element on")
      guard let path else { return }
      if operands.isUnset(operand) { return }
      guard let value = operands[operand] else {
        return path.borrowed { cells.append(times.tombstone(column), path: $0) }
      }
      try type.validate(value, column: column.name)
      path.borrowed { cells.append(times.cell(column), path: $0, value) }
    case .removeElement(let place):
      let path = try path(place, operands, list, "delete an element from")
      path?.borrowed { cells.append(times.tombstone(column), path: $0) }
    default: break
    }
  }

  /// The path of a list's element by its place; nil where the place is unset.
  private func path(
    _ place: Operand, _ operands: Operands, _ list: ListElements, _ attempt: String
  ) throws(TableError) -> [UInt8]? {
    if operands.isUnset(place) { return nil }
    guard let bytes = operands[place] else { throw .invalid("Invalid null value for list index") }
    try DataType.int.validate(bytes, column: "list index")
    guard bytes.count == 4 else { throw .invalid("Invalid null value for list index") }
    let index = Int(Int32(bigEndian: bytes.loadUnaligned(as: Int32.self)))
    guard !list.all.isEmpty else { throw .invalid("Attempted to \(attempt) a list which is null") }
    guard list.all.indices.contains(index) else {
      throw .invalid("List index \(index) out of bound, list has size \(list.all.count)")
    }
    return list.all[index].path
  }

  private mutating func increment(
    _ column: Column, _ operand: Operand, _ isNegative: Bool, _ table: Table,
    _ operands: Operands, _ times: WriteTimes
  ) throws(TableError) {
    if operands.isUnset(operand) { return }
    guard let bytes = operands[operand], bytes.count == 8 else {
      throw .invalid("Invalid null value for counter increment")
    }
    var amount = Int64(bigEndian: bytes.loadUnaligned(as: Int64.self))
    if isNegative {
      guard amount != .min else {
        throw .invalid(
          "The negation of \(amount) overflows supported counter precision (signed 8 bytes "
            + "integer)")
      }
      amount = -amount
    }
    let before: Int64
    if let known = cells.takeCounter(column) ?? counters[key.toArray(), column.id] {
      before = known
    } else {
      before = try counter(column, table, now: times.now)
    }
    bigEndian(before &+ amount).borrowed { cells.append(times.cell(column), $0) }
  }

  /// Remembers what the counters of the row of `key` have become, now that it waits.
  mutating func keepCounters() {
    let key = self.key.toArray()
    var counters = CounterValues()
    swap(&counters, &self.counters)
    cells.visitCounters { counters[key, $0] = $1 }
    swap(&counters, &self.counters)
  }

  /// The value of a counter in the row, or partition record, of `key`.
  private func counter(_ column: Column, _ table: Table, now: Int64) throws(TableError) -> Int64 {
    let reader = RowReader(table, rows, now: now)
    let found = try key.withBytes { key throws(TableError) in
      try reader.find(key) { row throws(TableError) in
        row[column].map { Int64(bigEndian: $0.loadUnaligned(as: Int64.self)) } ?? 0
      }
    }
    return found ?? 0
  }

  /// What deletes the row of `key` from outside. Counters have to know: a deletion of one of them
  /// wins over what is younger, unless it has gone with its row.
  func covering(_ table: Table) throws(TableError) -> Deletion? {
    var partition = PartitionReader(RowLayout(table), rows, now: .min)
    partition.readsKeys = false
    return try key.withBytes { key throws(TableError) in
      guard key[RowKey.partitionLength(key) - 1] == RowKey.Class.row else { return nil }
      try partition.enter(key, record: nil, isKnown: false)
      return try partition.deletion(of: key)
    }
  }
}
