import Bytes
import Machine
import Testing

@testable import Tables

@Suite struct RowMergeTests {
  /// A row as statements write it, with timestamps and values that often meet.
  private func row(_ random: inout SeededRandom) -> [UInt8] {
    func number(_ range: ClosedRange<Int64>) -> Int64 { .random(in: range, using: &random) }
    func expiry() -> (Int64, Int64) {
      Bool.random(using: &random) ? (0, 0) : (number(1...3), number(1...3))
    }
    var marker: Row.Marker?
    if Bool.random(using: &random) {
      let (expiry, ttl) = expiry()
      marker = Row.Marker(timestamp: number(-3...3), expiry: expiry, ttl: ttl)
    }
    var cells: [(cell: Cell, path: [UInt8], bytes: [UInt8])] = []
    func bytes() -> [UInt8] { (0..<number(0...2)).map { _ in UInt8(number(0...2)) } }
    func cell(_ column: UInt32) -> Cell {
      var cell = Cell(column: column, timestamp: number(-3...3))
      cell.isDeleted = number(0...3) == 0
      (cell.expiry, cell.ttl) = expiry()
      if cell.isDeleted, cell.ttl == 0 { cell.expiry = number(0...2) }
      return cell
    }
    let deletion =
      number(0...2) == 0 ? Deletion(timestamp: number(-3...3), time: number(0...2)) : nil
    for column in UInt32(0)..<5 where Bool.random(using: &random) {
      guard column >= 3 else {
        cells.append((cell(column), [], bytes()))
        continue
      }
      // A statement's own cells are never hidden by the deletions beside them.
      var limit = Int64.min
      if number(0...2) == 0 {
        var whole = Cell(column: column, timestamp: number(-3...3))
        (whole.isDeleted, whole.isColumnDeletion, whole.expiry) = (true, true, number(0...2))
        limit = whole.timestamp
        cells.append((whole, [], []))
      }
      for element in UInt8(0)..<4 where Bool.random(using: &random) {
        var one = cell(column)
        one.isElement = true
        if one.timestamp > limit { cells.append((one, [0, 0, 0, element], bytes())) }
      }
    }
    cells.removeAll { $0.cell.timestamp <= deletion?.timestamp ?? .min }
    if marker?.timestamp ?? .max <= deletion?.timestamp ?? .min { marker = nil }
    var value = ByteBuffer()
    let encoder = RowEncoder(
      RowHeader(marker: marker, deletion: deletion, base: number(-9...9)), cells: cells.count,
      to: &value)
    for (cell, path, bytes) in cells {
      path.withUnsafeBytes { path in
        bytes.withUnsafeBytes { encoder.append(cell, path: path, $0, to: &value) }
      }
    }
    return value.toArray()
  }

  /// Simple columns, and two sets of int.
  private let table = Table(
    keyspace: "k", name: "t", id: 1, uuid: .named("t"),
    columns: (UInt32(0)..<5).map { id in
      Column(
        id: id, name: "c\(id)", type: id < 3 ? .blob : .multiCell(.set(.int)), kind: .regular,
        position: 0, isDescending: false)
    })

  private func merge(_ left: [UInt8], _ right: [UInt8]) throws -> [UInt8] {
    var merger = RowMerger()
    var merged = ByteBuffer()
    let remains = try left.span.bytes.withUnsafeBytes { left in
      try right.span.bytes.withUnsafeBytes { try merger.merge(left, $0, table, into: &merged) }
    }
    if !remains { _ = RowEncoder(RowHeader(base: 0), cells: 0, to: &merged) }
    return merged.toArray()
  }

  @Test func `merging does not depend on order, grouping or repetition`() throws {
    var random = seededRandom()
    for _ in 0..<20_000 {
      let (a, b, c) = (row(&random), row(&random), row(&random))
      let ab = try merge(a, b)
      #expect(try merge(b, a) == ab)
      #expect(try merge(ab, c) == merge(a, merge(b, c)))
      #expect(try merge(ab, a) == ab)
      #expect(try merge(ab, ab) == ab)
    }
  }

  @Test func `every truncation of a row throws`() throws {
    var random = seededRandom()
    for _ in 0..<300 {
      let bytes = row(&random)
      var row = Row()
      for count in bytes.indices {
        #expect(throws: ByteError.self) {
          try bytes.prefix(count).withUnsafeBytes { try row.decode($0) }
        }
      }
      try bytes.withUnsafeBytes { try row.decode($0) }
    }
  }

  @Test func `random and damaged bytes are read or refused, never a trap`() {
    var random = seededRandom()
    for round in 0..<30_000 {
      var bytes = round % 2 == 0 ? row(&random) : [1]
      if round % 2 == 0 {
        let place = Int.random(in: bytes.indices, using: &random)
        bytes[place] = .random(in: 0...255, using: &random)
      } else {
        bytes += (0..<Int.random(in: 0...30, using: &random)).map { _ in
          .random(in: 0...255, using: &random)
        }
      }
      _ = try? merge(bytes, bytes)
      var row = Row()
      try? bytes.withUnsafeBytes { try row.decode($0) }
      _ = row.isLive(at: .max)
    }
  }
}
