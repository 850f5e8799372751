@testable import Tables

/// What a table must hold and answer, in the plainest way: a dictionary of rows with their cells.
struct TableModel {
  struct Cell {
    var timestamp: Int64
    /// Nil: deleted.
    var value: [UInt8]?
    var expiry: Int64?
  }

  struct Row {
    var markerTimestamp: Int64?
    var markerExpiry: Int64?
    var deletion: Int64?
    var cells: [String: Cell] = [:]

    func isHidden(_ timestamp: Int64) -> Bool { deletion.map { timestamp <= $0 } ?? false }

    func value(_ column: String, _ now: Int64) -> [UInt8]? {
      guard let cell = cells[column], !isHidden(cell.timestamp),
        cell.expiry.map({ $0 > now }) ?? true
      else { return nil }
      return cell.value
    }

    func isLive(_ now: Int64) -> Bool {
      if let markerTimestamp, !isHidden(markerTimestamp), markerExpiry.map({ $0 > now }) ?? true {
        return true
      }
      return cells.keys.contains { value($0, now) != nil }
    }
  }

  let table: RandomTable
  private var rows: [[[UInt8]]: Row] = [:]
  /// Deletions of all rows, there or not, that a filter accepts.
  private var ranges: [(filter: RowFilter, timestamp: Int64)] = []
  var lastTimestamp = Int64.min

  init(_ table: RandomTable) { self.table = table }

  /// The timestamp of a statement without USING TIMESTAMP.
  mutating func nextTimestamp(_ now: Int64) -> Int64 {
    lastTimestamp = max(now, lastTimestamp &+ 1)
    return lastTimestamp
  }

  mutating func upsert(
    _ key: [[UInt8]], _ assignments: [(String, [UInt8]?)], isInsert: Bool, timestamp: Int64,
    expiry: Int64?
  ) {
    var row = rows[key] ?? Row()
    if isInsert, !row.isHidden(timestamp) {
      let old = (row.markerTimestamp ?? .min, row.markerExpiry ?? 0)
      if row.markerTimestamp == nil || (timestamp, expiry ?? 0) > old {
        (row.markerTimestamp, row.markerExpiry) = (timestamp, expiry)
      }
    }
    for (column, value) in assignments {
      let cell = Cell(timestamp: timestamp, value: value, expiry: value == nil ? nil : expiry)
      if row.cells[column].map({ wins(cell, $0) }) ?? true { row.cells[column] = cell }
    }
    rows[key] = row
  }

  mutating func delete(_ key: [[UInt8]], timestamp: Int64) {
    var row = rows[key] ?? Row()
    row.deletion = max(timestamp, row.deletion ?? .min)
    if let marker = row.markerTimestamp, row.isHidden(marker) {
      row.markerTimestamp = nil
      row.markerExpiry = nil
    }
    rows[key] = row
  }

  mutating func delete(all filter: RowFilter, timestamp: Int64) {
    ranges.append((filter, timestamp))
  }

  private func wins(_ new: Cell, _ old: Cell) -> Bool {
    if new.timestamp != old.timestamp { return new.timestamp > old.timestamp }
    guard let value = new.value, let other = old.value else { return new.value == nil }
    if new.expiry != old.expiry { return new.expiry ?? 0 > old.expiry ?? 0 }
    return other.lexicographicallyPrecedes(value)
  }

  /// A live row: its values by column, and what writetime() and ttl() say.
  struct Found {
    var key: [[UInt8]]
    var token: Int64
    var values: [String: [UInt8]]
    var row: Row
  }

  /// The live rows in the order of tokens and clustering columns.
  func live(_ now: Int64) -> [Found] {
    rows.compactMap { key, row in
      var row = row
      var values = Dictionary(uniqueKeysWithValues: zip(table.key.map(\.name), key))
      let named = Found(key: key, token: token(key), values: values, row: row)
      for range in ranges where range.filter.accepts(named) {
        row.deletion = max(range.timestamp, row.deletion ?? .min)
      }
      guard row.isLive(now) else { return nil }
      for column in table.regular { values[column.name] = row.value(column.name, now) }
      return Found(key: key, token: token(key), values: values, row: row)
    }.sorted(by: precedes)
  }

  /// Rows as an IN of partition keys gives them: by the keys' values.
  func sortedByPartitionKey(_ rows: [Found]) -> [Found] {
    rows.enumerated().sorted { left, right in
      for (place, column) in table.partition.enumerated() {
        let order = column.type.order(left.element.key[place], right.element.key[place])
        if order != 0 { return order < 0 }
      }
      return left.offset < right.offset
    }.map(\.element)
  }

  private func precedes(_ left: Found, _ right: Found) -> Bool {
    if left.token != right.token { return left.token < right.token }
    for (number, column) in table.clustering.enumerated() {
      let place = table.partition.count + number
      let order = column.type.order(left.key[place], right.key[place])
      if order != 0 { return column.isDescending ? order > 0 : order < 0 }
    }
    return false
  }

  func token(_ key: [[UInt8]]) -> Int64 {
    let parts = key.prefix(table.partition.count)
    let serialized =
      parts.count == 1
      ? key[0] : parts.flatMap { bigEndian(UInt16($0.count)) + $0 + [0] }
    return serialized.withUnsafeBytes { KeyEncoding.token($0) }
  }
}
