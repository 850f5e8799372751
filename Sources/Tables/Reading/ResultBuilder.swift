internal import Bytes

/// The rows of a result as they come.
struct ResultBuilder: ~Copyable {
  private(set) var rowCount = 0
  private let shared: Shared<Selection>
  private let evaluation: Evaluation
  private let limit: Int
  /// The outputs of a row that is shown as it is.
  private let plainColumns: [ColumnPlace]
  private let isPlain: Bool
  private var content = ByteBuffer(capacity: 256)
  /// Where each row stands, where the result is to be sorted.
  private var sortKeys: [(key: [UInt8], range: Range<Int>)] = []

  init(_ shared: Shared<Selection>, _ evaluation: Evaluation, limit: Int) {
    self.shared = shared
    self.evaluation = evaluation
    self.limit = limit
    plainColumns = shared.value.plainColumns ?? []
    isPlain =
      shared.value.plainColumns != nil && !shared.value.isJSON && shared.value.sorting.isEmpty
  }

  private var plan: Selection {
    _read { yield shared.value }
  }

  var bytes: Int { content.count }

  /// Appends what the outputs show of a row.
  @inline(__always)
  mutating func append(_ row: LiveRow) throws(TableError) {
    if isPlain {
      let start = content.count
      for column in plainColumns {
        content.appendValue(row[column])
        guard content.count - start <= Limits.resultRowBytes else { throw .oversizedResult }
      }
      rowCount += 1
      return
    }
    try append(evaluation, row, row.sortKey(plan.sorting))
  }

  /// Appends what the outputs show of a group.
  mutating func append(_ group: GroupBuilder.Group) throws(TableError) {
    var evaluation = evaluation
    evaluation.gathered = group.gathered
    try append(evaluation, nil, group.sortKey)
  }

  private mutating func append(
    _ evaluation: Evaluation, _ row: LiveRow?, _ sortKey: [UInt8]
  ) throws(TableError) {
    let start = content.count
    var values: [[UInt8]?] = []
    var size = 0
    for output in plan.outputs {
      let value = try evaluation.value(output, row)
      size += value?.count ?? 0
      guard size <= Limits.resultRowBytes else { throw .oversizedResult }
      if plan.isJSON { values.append(value) } else { content.appendValue(value) }
    }
    if plan.isJSON {
      let page = Page(columns: plan.columns, rows: [])
      content.appendValue(Array(page.json(values).utf8))
    }
    rowCount += 1
    if !plan.sorting.isEmpty { sortKeys.append((sortKey, start..<content.count)) }
  }

  /// All rows, sorted where that is asked for.
  mutating func page(next: PagingState?) -> Page {
    guard !plan.sorting.isEmpty else {
      return Page(
        columns: plan.resultColumns, content: content.toArray(), rowCount: rowCount, next: next)
    }
    let isReversed = plan.isReversed
    // Rows that sort alike stay in the order of their partitions.
    let sorted = sortKeys.enumerated().sorted { left, right in
      let (first, second) = (left.element.key, right.element.key)
      if first == second { return left.offset < right.offset }
      return isReversed
        ? second.lexicographicallyPrecedes(first) : first.lexicographicallyPrecedes(second)
    }.prefix(limit)
    var ordered = ByteBuffer(capacity: content.count)
    content.withBytes { bytes in
      for row in sorted {
        ordered.append(UnsafeRawBufferPointer(rebasing: bytes[row.element.range]))
      }
    }
    return Page(
      columns: plan.resultColumns, content: ordered.toArray(), rowCount: sorted.count, next: nil)
  }
}
