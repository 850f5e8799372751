internal import Bytes
internal import CQL
internal import LMDB
internal import Machine

/// One execution of a SELECT, or of one page of it.
struct SelectionRun {
  private let plan: Shared<Selection>
  private let operands: Operands
  private let now: Int64
  private let pageRows: Int
  private var state: PagingState
  private var rows: [[[UInt8]?]] = []
  private var aggregates: [Aggregate]
  private let limit: Int
  private let perPartitionLimit: Int

  init(
    _ plan: Shared<Selection>, _ operands: Operands, now: Int64, pageRows: Int, state: PagingState?
  ) throws(TableError) {
    func number(_ operand: Operand?, _ name: String) throws(TableError) -> Int {
      guard let operand, let bytes = operands[operand] else { return .max }
      try DataType.int.validate(bytes, column: name, inKey: true)
      let number = Int(Int32(bigEndian: bytes.loadUnaligned(as: Int32.self)))
      guard number > 0 else { throw .invalid("\(name) must be strictly positive") }
      return number
    }
    try plan.value.restrictions.validate(operands)
    self.plan = plan
    self.operands = operands
    self.now = now
    self.pageRows = pageRows
    // Cassandra limits the rows that are returned, and an aggregate returns one.
    let asked = try number(plan.value.limit, "LIMIT")
    limit = plan.value.isAggregate ? .max : asked
    perPartitionLimit = try number(plan.value.perPartitionLimit, "PER PARTITION LIMIT")
    self.state = state ?? PagingState()
    aggregates = plan.value.isAggregate ? plan.value.outputs.map { Aggregate($0) } : []
  }

  /// Reads the page.
  mutating func run(_ databases: Databases) throws(TableError) -> Page {
    var isFull = false
    if let index = plan.value.index {
      isFull = try runIndex(index.index, index.column, index.operand, databases)
    } else {
      let reader = RowReader(plan.value.table, databases.rows, now: now)
      reader.showsStaticRows = plan.value.restrictions.all.allSatisfy {
        $0.column.kind == .partitionKey || $0.column.kind == .static
      }
      var ranges = try plan.value.restrictions.ranges(operands)
      if plan.value.isReversed { ranges.reverse() }
      for range in ranges {
        guard let rest = remainder(of: range) else { continue }
        try reader.scan(rest, reversed: plan.value.isReversed) {
          row throws(TableError) in
          guard take(row) else {
            isFull = true
            return false
          }
          return true
        }
        if isFull { break }
      }
    }
    if plan.value.isAggregate {
      return Page(columns: plan.value.columns, rows: [aggregates.map(\.result)], next: nil)
    }
    return Page(
      columns: plan.value.columns, rows: rows, next: isFull && state.returned < limit ? state : nil)
  }

  /// What of a range lies behind the last row of the page before.
  private func remainder(of range: KeyRange) -> KeyRange? {
    guard let last = state.lastKey else { return range }
    var rest = range
    if plan.value.isReversed {
      if rest.end.map({ last.lexicographicallyPrecedes($0) }) ?? true { rest.end = last }
    } else {
      let behind = last + [0]
      if rest.start.lexicographicallyPrecedes(behind) { rest.start = behind }
    }
    if let end = rest.end, !rest.start.lexicographicallyPrecedes(end) { return nil }
    return rest
  }

  /// Follows an index; true where the page ended before the entries did.
  private mutating func runIndex(
    _ index: Index, _ column: Column, _ operand: Operand, _ databases: Databases
  ) throws(TableError) -> Bool {
    let wanted = try operands.required(operand, column)
    var prefix = ByteBuffer(capacity: 128)
    prefix.append(bigEndian: index.id)
    column.type.appendComponent(wanted, descending: false, exact: false, to: &prefix)
    let start = prefix.toArray()
    guard
      let range = remainder(of: KeyRange(start: start, end: KeyEncoding.successor(of: start)))
    else { return false }
    let cursor = try stored { () throws(LMDBError) in try databases.indexes.cursor() }
    var entry = try stored { () throws(LMDBError) in
      try range.start.borrowed { start throws(LMDBError) in try cursor.seek(start) }
    }
    // Most look-ups in a stream of new rows find nothing: the reader is made when there is a row.
    guard entry.map({ range.contains($0.key) }) ?? false else { return false }
    let reader = RowReader(plan.value.table, databases.rows, now: now)
    while let found = entry, range.contains(found.key) {
      let rowKey = UnsafeRawBufferPointer(rebasing: found.key[start.count...])
      let goOn = try reader.find(rowKey) { row throws(TableError) in
        take(row, position: found.key)
      }
      guard goOn ?? true else { return true }
      entry = try stored { () throws(LMDBError) in try cursor.next() }
    }
    return false
  }

  /// Takes a row into the page where it is asked for; false where the page or the limit is reached.
  private mutating func take(_ row: LiveRow, position: UnsafeRawBufferPointer? = nil) -> Bool {
    guard plan.value.restrictions.accepts(operands, { row[$0] }) else { return true }
    guard state.returned < limit else { return false }
    let partition = UnsafeRawBufferPointer(
      rebasing: row.key[..<RowKey.partitionLength(row.key)])
    let isSamePartition = state.partition.map { $0.elementsEqual(partition) } ?? false
    let returnedOfPartition = isSamePartition ? state.returnedOfPartition : 0
    if plan.value.isDistinct && returnedOfPartition > 0 { return true }
    guard returnedOfPartition < perPartitionLimit else { return true }
    if plan.value.isAggregate {
      for index in aggregates.indices { aggregates[index].add(row) }
    } else {
      guard rows.count < pageRows else { return false }
      rows.append(plan.value.outputs.map { show($0, row) })
      state.lastKey = [UInt8](position ?? row.key)
    }
    // Only now: a row that is left to the next page must find the state of the row before it.
    if !isSamePartition { state.partition = [UInt8](partition) }
    state.returned += 1
    state.returnedOfPartition = returnedOfPartition + 1
    return true
  }

  private func show(_ output: Selection.Output, _ row: LiveRow) -> [UInt8]? {
    switch output {
    case .column(let column): row[column].map { [UInt8]($0) }
    case .token: bigEndian(RowKey.token(row.key))
    case .writetime(let column):
      row.writetime(column).map { bigEndian($0) }
    case .ttl(let column):
      row.ttl(column).map { bigEndian(Int32(clamping: $0)) }
    default: nil
    }
  }
}

/// An aggregate as it grows.
private struct Aggregate {
  private let output: Selection.Output
  private var count: Int64 = 0
  private var integer: Int64 = 0
  private var real = 0.0
  private var extreme: [UInt8]?

  init(_ output: Selection.Output) { self.output = output }

  mutating func add(_ row: LiveRow) {
    switch output {
    case .countRows: count += 1
    case .count(let column): if row[column] != nil { count += 1 }
    case .minimum(let column): replaceExtreme(row[column], column) { $0 < 0 }
    case .maximum(let column): replaceExtreme(row[column], column) { $0 > 0 }
    case .sum(let column), .average(let column):
      guard let bytes = row[column] else { return }
      count += 1
      integer &+= column.type.integer(bytes) ?? 0
      real += column.type.real(bytes)
    case .column, .token, .writetime, .ttl: break
    }
  }

  private mutating func replaceExtreme(
    _ bytes: UnsafeRawBufferPointer?, _ column: Column, _ isBetter: (Int) -> Bool
  ) {
    guard let bytes else { return }
    let isNew = extreme.map { old in
      old.withUnsafeBytes { isBetter(column.type.compare(bytes, $0)) }
    }
    if isNew ?? true { extreme = [UInt8](bytes) }
  }

  var result: [UInt8]? {
    switch output {
    case .countRows, .count: bigEndian(count)
    case .minimum, .maximum: extreme
    case .sum(let column): column.type.encode(integer, real)
    case .average(let column):
      column.type.encode(count == 0 ? 0 : integer / count, count == 0 ? 0 : real / Double(count))
    case .column, .token, .writetime, .ttl: nil
    }
  }
}

extension DataType {
  fileprivate func integer(_ bytes: UnsafeRawBufferPointer) -> Int64? {
    if bytes.isEmpty { return nil }
    return switch self {
    case .tinyint: Int64(Int8(bitPattern: bytes[0]))
    case .smallint: Int64(Int16(bigEndian: bytes.loadUnaligned(as: Int16.self)))
    case .int: Int64(Int32(bigEndian: bytes.loadUnaligned(as: Int32.self)))
    case .bigint: Int64(bigEndian: bytes.loadUnaligned(as: Int64.self))
    default: nil
    }
  }

  fileprivate func real(_ bytes: UnsafeRawBufferPointer) -> Double {
    if bytes.isEmpty { return 0 }
    return switch self {
    case .float:
      Double(Float(bitPattern: UInt32(bigEndian: bytes.loadUnaligned(as: UInt32.self))))
    case .double: Double(bitPattern: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)))
    default: 0
    }
  }

  fileprivate func encode(_ integer: Int64, _ real: Double) -> [UInt8]? {
    switch self {
    case .tinyint: bigEndian(Int8(truncatingIfNeeded: integer))
    case .smallint: bigEndian(Int16(truncatingIfNeeded: integer))
    case .int: bigEndian(Int32(truncatingIfNeeded: integer))
    case .bigint: bigEndian(integer)
    case .float: bigEndian(Float(real).bitPattern)
    case .double: bigEndian(real.bitPattern)
    default: nil
    }
  }
}
