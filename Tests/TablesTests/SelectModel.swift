@testable import Tables

/// What a SELECT on a table of numbers must give, in the plainest way: all rows that there are,
/// filtered, ordered, grouped and cut one after the other.
struct SelectModel {
  struct Row: Equatable {
    var partition: [Int]
    var token: Int64
    /// Nil: the partition has a static column and no row.
    var clustering: [Int]?
    var fixed: Int?
    var value: Int?
  }

  struct Partition {
    var fixed: Int?
    var rows: [[Int]: Int?] = [:]
  }

  let partitionColumns: Int
  /// Whether each clustering column is DESC.
  let descending: [Bool]
  var partitions: [[Int]: Partition] = [:]

  static func bytes(_ value: Int) -> [UInt8] { bigEndian(Int32(value)) }

  static func token(_ partition: [Int]) -> Int64 {
    let parts = partition.map(bytes)
    let key = parts.count == 1 ? parts[0] : parts.flatMap { [0, 4] + $0 + [0] }
    return key.withUnsafeBytes { KeyEncoding.token($0) }
  }

  /// All rows in the order of a scan; of a partition without rows its static column.
  var rows: [Row] {
    var found: [Row] = []
    for (key, partition) in partitions {
      let token = SelectModel.token(key)
      for (clustering, value) in partition.rows {
        found.append(
          Row(
            partition: key, token: token, clustering: clustering, fixed: partition.fixed,
            value: value))
      }
      if partition.rows.isEmpty, let fixed = partition.fixed {
        found.append(
          Row(partition: key, token: token, clustering: nil, fixed: fixed, value: nil))
      }
    }
    return found.sorted { left, right in
      left.token == right.token ? precedes(left, right) : left.token < right.token
    }
  }

  /// The order of two rows' clustering columns; null comes first.
  func precedes(_ left: Row, _ right: Row) -> Bool {
    if left.clustering == nil || right.clustering == nil {
      return left.clustering == nil && right.clustering != nil
    }
    for (place, (first, second)) in zip(left.clustering ?? [], right.clustering ?? []).enumerated()
    where first != second {
      return descending[place] ? first > second : first < second
    }
    return false
  }
}

/// A SELECT: as CQL, and as what it does to the rows of a model.
struct ModelSelection {
  enum Shown {
    case columns, distinct, aggregates
    case groups(Int)
  }

  var relations: [String] = []
  var filters: [(SelectModel.Row) -> Bool] = []
  var shown = Shown.columns
  /// In the order of the partition keys' values.
  var isByPartition = false
  var isReversed = false
  /// Several partitions in one order.
  var isMerged = false
  /// Rows are asked for: partitions without any do not show their static column.
  var asksForRows = false
  var limit: Int?
  var perPartitionLimit: Int?
  var order = ""

  mutating func add(_ relation: String, _ filter: @escaping (SelectModel.Row) -> Bool) {
    relations.append(relation)
    filters.append(filter)
  }

  func text(_ table: String, _ model: SelectModel) -> String {
    let partition = (0..<model.partitionColumns).map { "p\($0)" }
    let clustering = model.descending.indices.map { "c\($0)" }
    let aggregates = "count(*), count(v), min(v), max(v), sum(v), avg(v)"
    var text = "SELECT "
    switch shown {
    case .columns: text += (partition + clustering).joined(separator: ", ") + ", s, v"
    case .distinct: text += "DISTINCT " + partition.joined(separator: ", ") + ", s"
    case .aggregates: text += aggregates
    case .groups: text += (partition + clustering).joined(separator: ", ") + ", s, v, " + aggregates
    }
    text += " FROM \(table)"
    if !relations.isEmpty { text += " WHERE " + relations.joined(separator: " AND ") }
    if case .groups(let count) = shown {
      text += " GROUP BY " + (partition + clustering.prefix(count)).joined(separator: ", ")
    }
    text += order
    if let perPartitionLimit { text += " PER PARTITION LIMIT \(perPartitionLimit)" }
    if let limit { text += " LIMIT \(limit)" }
    return text + (relations.isEmpty ? "" : " ALLOW FILTERING")
  }

  /// What it must give.
  func result(_ model: SelectModel) -> [[Int?]] {
    var rows = model.rows.filter { row in
      (row.clustering != nil || !asksForRows) && filters.allSatisfy { $0(row) }
    }
    if isByPartition {
      rows = rows.enumerated().sorted { left, right in
        left.element.partition == right.element.partition
          ? left.offset < right.offset
          : left.element.partition.lexicographicallyPrecedes(right.element.partition)
      }.map(\.element)
    }
    if isReversed {
      let partitions = ModelSelection.groups(rows) { $0.partition == $1.partition }
      rows = partitions.flatMap { $0.reversed() }
    }
    if case .distinct = shown {
      rows = ModelSelection.groups(rows) { $0.partition == $1.partition }.compactMap(\.first)
    }
    var groups = self.groups(rows)
    if let perPartitionLimit {
      groups = ModelSelection.groups(groups) { $0[0].partition == $1[0].partition }
        .flatMap { $0.prefix(perPartitionLimit) }
    }
    if isMerged {
      groups = groups.enumerated().sorted { left, right in
        let (first, second) = (left.element[0], right.element[0])
        if model.precedes(first, second) { return !isReversed }
        if model.precedes(second, first) { return isReversed }
        return left.offset < right.offset
      }.map(\.element)
    }
    var shown = groups.map { show($0, model) }
    if case .aggregates = self.shown, shown.isEmpty { shown = [show([], model)] }
    return limit.map { Array(shown.prefix($0)) } ?? shown
  }

  private func groups(_ rows: [SelectModel.Row]) -> [[SelectModel.Row]] {
    switch shown {
    case .columns, .distinct: return rows.map { [$0] }
    case .aggregates: return rows.isEmpty ? [] : [rows]
    case .groups(let count):
      return ModelSelection.groups(rows) { left, right in
        left.partition == right.partition
          && left.clustering?.prefix(count) == right.clustering?.prefix(count)
      }
    }
  }

  /// Neighbours that belong together.
  private static func groups<Element>(
    _ elements: [Element], _ belong: (Element, Element) -> Bool
  ) -> [[Element]] {
    var groups: [[Element]] = []
    for element in elements {
      if let last = groups.last, belong(last[0], element) {
        groups[groups.count - 1].append(element)
      } else {
        groups.append([element])
      }
    }
    return groups
  }

  private func show(_ group: [SelectModel.Row], _ model: SelectModel) -> [Int?] {
    let values = group.compactMap(\.value)
    let sum = values.reduce(0, +)
    let aggregates: [Int?] = [
      group.count, values.count, values.min(), values.max(), sum,
      values.isEmpty ? 0 : sum / values.count,
    ]
    guard let row = group.first else { return aggregates }
    let clustering: [Int?] =
      row.clustering ?? Array(repeating: nil, count: model.descending.count)
    let columns = row.partition + clustering + [row.fixed, row.value]
    switch shown {
    case .columns: return columns
    case .distinct: return row.partition + [row.fixed]
    case .aggregates: return aggregates
    case .groups: return columns + aggregates
    }
  }
}
