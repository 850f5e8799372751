/// What a table of partitions with statics, collections and lifetimes must show, in the plainest
/// way: all that was ever written, and the rule that says what is left of it.
struct WriteModel {
  /// A row, or the static columns of a partition.
  struct RowID: Hashable {
    var partition: Int
    /// Nil: the static columns.
    var clustering: [Int]?
  }

  enum Value: Hashable {
    case number(Int)
    case text(String)

    var bytes: [UInt8] {
      switch self {
      case .number(let value):
        (0..<4).reversed().map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
      case .text(let text): Array(text.utf8)
      }
    }

    var json: String {
      switch self {
      case .number(let value): "\(value)"
      case .text(let text): "\"\(text)\""
      }
    }
  }

  /// Something written: to a row's marker, to a column or to one of its elements.
  struct Fact {
    var row: RowID
    /// Nil: the row's marker.
    var column: String?
    var path: Value?
    var timestamp: Int
    /// Nil: deleted.
    var value: Value?
    var expiry: Int?
  }

  /// Something deleted: all rows that a test accepts, or all elements of a row's column.
  struct Deletion {
    var column: (row: RowID, name: String)?
    var covers: (RowID) -> Bool
    var timestamp: Int
  }

  enum Kind { case number, text, set, map, list, user }

  let columns: [(name: String, kind: Kind, isStatic: Bool)]
  private(set) var facts: [Fact] = []
  private(set) var deletions: [Deletion] = []

  init(_ columns: [(name: String, kind: Kind, isStatic: Bool)]) { self.columns = columns }

  mutating func add(_ fact: Fact) { facts.append(fact) }

  mutating func delete(timestamp: Int, _ covers: @escaping (RowID) -> Bool) {
    deletions.append(Deletion(column: nil, covers: covers, timestamp: timestamp))
  }

  mutating func deleteElements(_ row: RowID, _ column: String, timestamp: Int) {
    deletions.append(
      Deletion(column: (row, column), covers: { $0 == row }, timestamp: timestamp))
  }

  /// The facts of a row that are in force and alive: one for each marker, column and element.
  func live(_ row: RowID, _ now: Int) -> [Fact] {
    var winners: [String: Fact] = [:]
    for fact in facts where fact.row == row {
      let isDeleted = deletions.contains { deletion in
        deletion.timestamp >= fact.timestamp && deletion.covers(row)
          && (deletion.column.map { $0.name == fact.column } ?? true)
      }
      if isDeleted { continue }
      let name = (fact.column ?? "") + "/" + (fact.path.map(\.json) ?? "")
      if winners[name].map({ wins(fact, $0) }) ?? true { winners[name] = fact }
    }
    return winners.values.filter { fact in
      (fact.value != nil || fact.column == nil) && fact.expiry.map { $0 > now } ?? true
    }
  }

  private func wins(_ new: Fact, _ old: Fact) -> Bool {
    if new.timestamp != old.timestamp { return new.timestamp > old.timestamp }
    func rank(_ fact: Fact) -> Int {
      fact.value == nil && fact.column != nil ? 2 : fact.expiry != nil ? 1 : 0
    }
    if rank(new) != rank(old) { return rank(new) > rank(old) }
    if new.expiry != old.expiry { return new.expiry ?? 0 > old.expiry ?? 0 }
    guard let value = new.value, let other = old.value else { return false }
    return other.bytes.lexicographicallyPrecedes(value.bytes)
  }

  /// The elements of a column in order, each with its path.
  func elements(_ row: RowID, _ column: String, _ now: Int) -> [Fact] {
    live(row, now).filter { $0.column == column && $0.path != nil }.sorted { left, right in
      switch (left.path, right.path) {
      case (.number(let first), .number(let second)): first < second
      case (.text(let first), .text(let second)):
        Array(first.utf8).lexicographicallyPrecedes(Array(second.utf8))
      default: false
      }
    }
  }

  /// A column's value as JSON; "null" where it has none.
  func json(_ row: RowID, _ column: String, _ now: Int) -> String {
    guard let kind = columns.first(where: { $0.name == column })?.kind else { return "null" }
    let elements = elements(row, column, now)
    switch kind {
    case .number, .text:
      return live(row, now).first { $0.column == column }?.value?.json ?? "null"
    case .set where !elements.isEmpty:
      return "[" + elements.compactMap { $0.path?.json }.joined(separator: ", ") + "]"
    case .list where !elements.isEmpty:
      return "[" + elements.compactMap { $0.value?.json }.joined(separator: ", ") + "]"
    case .map where !elements.isEmpty:
      let entries = elements.map { "\($0.path?.json ?? ""): \($0.value?.json ?? "")" }
      return "{" + entries.joined(separator: ", ") + "}"
    case .user where !elements.isEmpty:
      let fields = ["a", "b"].enumerated().map { number, name in
        let field = elements.first { $0.path == .number(number) }
        return "\"\(name)\": \(field?.value?.json ?? "null")"
      }
      return "{" + fields.joined(separator: ", ") + "}"
    default: return "null"
    }
  }

  func isLive(_ row: RowID, _ now: Int) -> Bool { !live(row, now).isEmpty }

  /// The partition's live rows in order, nil for the static columns alone.
  func rows(_ partition: Int, _ isDescending: [Bool], _ now: Int) -> [[Int]?] {
    var found = Set(facts.filter { $0.row.partition == partition }.compactMap(\.row.clustering))
    found = found.filter { isLive(RowID(partition: partition, clustering: $0), now) }
    if found.isEmpty {
      return isLive(RowID(partition: partition), now) ? [nil] : []
    }
    return found.sorted { left, right in
      for (number, isDescending) in isDescending.enumerated() where left[number] != right[number] {
        return (left[number] < right[number]) != isDescending
      }
      return false
    }
  }
}
