import Foundation
import Machine
import Synchronization
import Tables

/// A clock that stands still until it is moved.
final class FakeClock: Sendable {
  private let now = Mutex(Int64(1_760_000_000_000_000))

  var clock: Clock { Clock { self.microseconds } }
  var microseconds: Int64 { now.withLock { $0 } }
  var seconds: Int64 { microseconds / 1_000_000 }

  func advance(microseconds: Int64) { now.withLock { $0 += microseconds } }
}

/// What a keyspace is made with.
let oneReplica = "WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}"

/// Tables in a folder of their own, removed afterwards.
final class TemporaryTables {
  let directory: String
  private let clock: Clock
  private let options: Tables.Options
  private var opened: Tables?

  init(clock: Clock = .system, options: Tables.Options = .init()) throws {
    directory = "/tmp/grouse-tables-\(UUID().uuidString)"
    self.clock = clock
    self.options = options
    opened = try Tables(directory, clock: clock, options: options)
    _ = try tables.execute("CREATE KEYSPACE k \(oneReplica)")
  }

  deinit {
    opened = nil
    try? LocalDisk().remove(directory)
  }

  var tables: Tables {
    get throws {
      if let opened { return opened }
      let fresh = try Tables(directory, clock: clock, options: options)
      opened = fresh
      return fresh
    }
  }

  /// Closes the tables; the next use opens them again.
  func close() { opened = nil }

  /// The rows of a SELECT as JSON, one string a row.
  func rows(_ statement: String) throws -> [String] {
    let page = try tables.execute(statement)
    return page.rows.map { page.json($0) }
  }

  func run(_ statements: String...) throws {
    for statement in statements { _ = try tables.execute(statement) }
  }

  /// The error of a statement that is refused.
  func refusal(_ statement: String, keyspace: String? = nil) throws -> TableError? {
    do throws(TableError) {
      _ = try (try? tables)?.execute(statement, keyspace: keyspace)
      return nil
    } catch { return error }
  }
}

/// A generator whose seed is printed and can be given by GROUSE_TEST_SEED.
func seededRandom(_ test: String = #function) -> SeededRandom {
  let given = ProcessInfo.processInfo.environment["GROUSE_TEST_SEED"].flatMap { UInt64($0) }
  let seed = given ?? UInt64.random(in: 0...(.max))
  print("\(test): GROUSE_TEST_SEED=\(seed)")
  return SeededRandom(seed: seed)
}
