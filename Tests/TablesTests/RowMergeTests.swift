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
    let columns = (0..<5).filter { _ in Bool.random(using: &random) }
    var value = ByteBuffer()
    let encoder = RowEncoder(
      marker: marker, deletion: number(0...2) == 0 ? number(-3...3) : nil, base: number(-9...9),
      cells: columns.count, to: &value)
    for column in columns {
      var cell = Cell(column: UInt32(column), timestamp: number(-3...3))
      cell.isDeleted = number(0...3) == 0
      if !cell.isDeleted { (cell.expiry, cell.ttl) = expiry() }
      let bytes = (0..<number(0...2)).map { _ in UInt8(number(0...2)) }
      bytes.withUnsafeBytes { encoder.append(cell, $0, to: &value) }
    }
    return value.toArray()
  }

  private func merge(_ left: [UInt8], _ right: [UInt8]) throws -> [UInt8] {
    var merger = RowMerger()
    var merged = ByteBuffer()
    try left.span.bytes.withUnsafeBytes { left in
      try right.span.bytes.withUnsafeBytes { try merger.merge(left, $0, into: &merged) }
    }
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
