import Foundation
import LMDB
import Machine
import Testing

@testable import Tables

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Processes that end themselves while they sweep and truncate. Each is this test's own program,
/// run anew, with a thread that ends it after so many microseconds.
@Suite struct `Kills in the middle` {
  private static let second = Int64(1_000_000)
  private static let start = 1_760_000_000 * second

  static func endProcess(after microseconds: Int) {
    _ = Worker {
      let end = Clock.monotonicSeconds() + Double(microseconds) / 1e6
      while Clock.monotonicSeconds() < end {}
      kill(getpid(), SIGKILL)
    }
  }

  static func open(_ folder: String, at microseconds: Int64) throws -> Tables {
    try Tables(folder, clock: Clock { microseconds })
  }

  /// Rows that live, rows that expire, and rows under deletions of every kind.
  private func fill(_ folder: String) throws -> [String] {
    let tables = try Self.open(folder, at: Self.start)
    for definition in [
      "CREATE KEYSPACE k \(oneReplica)",
      "CREATE TABLE k.t (p int, c int, v int, s int static, PRIMARY KEY (p, c)) "
        + "WITH gc_grace_seconds = 10", "CREATE INDEX i ON k.t (v)",
    ] { _ = try tables.execute(definition) }
    for partition in 0..<20 {
      let rows = (0..<30).map { number in
        "INSERT INTO k.t (p, c, v, s) VALUES (\(partition), \(number), \(number % 7), 1)"
          + (number.isMultiple(of: 3) ? " USING TTL 5" : "") + ";"
      }
      _ = try tables.execute("BEGIN UNLOGGED BATCH \(rows.joined(separator: " ")) APPLY BATCH")
    }
    for deletion in [
      "DELETE FROM k.t WHERE p = 3", "DELETE FROM k.t WHERE p = 4 AND c > 7 AND c < 21",
      "DELETE FROM k.t WHERE p = 5 AND c = 4", "DELETE v FROM k.t WHERE p = 6 AND c = 7",
      "DELETE s FROM k.t WHERE p = 7",
    ] { _ = try tables.execute(deletion) }
    return try rows(tables)
  }

  private func rows(_ tables: Tables) throws -> [String] {
    let page = try tables.execute("SELECT p, c, v, s FROM k.t")
    return page.rows.map { page.json($0) }
  }

  @Test func `a sweep that is killed shows no difference, and the next one ends it`() async throws {
    var random = seededRandom()
    let folder = TemporaryFolder()
    _ = try fill(folder("swept"))
    let later = Self.start + 100 * Self.second
    let before = try rows(try Self.open(folder("swept"), at: later))
    #expect(before.count > 300 && before.count < 420)
    for round in 0..<12 {
      let path: String = folder("swept")
      let delay = Int.random(in: 0..<(1_000 << (round % 6)), using: &random)
      await #expect(processExitsWith: .signal(SIGKILL)) {
        [path = path as String, delay = delay as Int] in
        let tables = try `Kills in the middle`.open(path, at: 1_760_000_100_000_000)
        `Kills in the middle`.endProcess(after: delay)
        while true {
          var sweep = Sweep()
          while !sweep.isFinished { try tables.sweep(&sweep, keys: 7) }
        }
      }
      let tables = try Self.open(path, at: later)
      #expect(try rows(tables) == before)
      let faults = try TablesCheck(tables).faults
      #expect(faults == [])
    }
    let tables = try Self.open(folder("swept"), at: later)
    var sweep = Sweep()
    while !sweep.isFinished { try tables.sweep(&sweep) }
    // What promised a range tombstone can go only once that has gone.
    for isLast in [false, true] {
      var next = Sweep()
      while !next.isFinished { try tables.sweep(&next) }
      #expect(next.purged == 0 || !isLast)
    }
    #expect(try rows(tables) == before)
  }

  @Test func `a truncation that is killed is done or not begun`() async throws {
    var random = seededRandom()
    for round in 0..<12 {
      let folder = TemporaryFolder()
      let path: String = folder("truncated")
      let before = try fill(path)
      let delay = Int.random(in: 0..<(500 << (round % 6)), using: &random)
      await #expect(processExitsWith: .signal(SIGKILL)) {
        [path = path as String, delay = delay as Int] in
        let tables = try `Kills in the middle`.open(path, at: 1_760_000_100_000_000)
        `Kills in the middle`.endProcess(after: delay)
        _ = try tables.execute("TRUNCATE k.t")
        while true {}
      }
      let tables = try Self.open(path, at: Self.start)
      let found = try rows(tables)
      #expect(found.isEmpty || found == before)
      let faults = try TablesCheck(tables).faults
      #expect(faults == [])
      _ = try tables.execute("INSERT INTO k.t (p, c, v) VALUES (99, 1, 2)")
      let page = try tables.execute("SELECT p FROM k.t WHERE v = 2 AND p = 99")
      #expect(page.rows.count == 1)
    }
  }
}

/// A folder that goes with this.
private final class TemporaryFolder {
  private let path = "/tmp/grouse-tables-\(UUID().uuidString)"

  deinit { try? LocalDisk().remove(path) }

  func callAsFunction(_ name: String) -> String { Path.join(path, name) }
}
