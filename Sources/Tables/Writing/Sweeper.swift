internal import Bytes
internal import LMDB
internal import Machine

/// Where a sweep goes on, and what it has taken away so far.
package struct Sweep: Sendable {
  /// The key that the next step begins behind; nil at the start.
  fileprivate var place: [UInt8]?
  /// Rows, records and range tombstones that were looked at.
  package fileprivate(set) var visited = 0
  /// Those that got smaller or were taken away.
  package fileprivate(set) var purged = 0
  /// Whether all tables have been walked over.
  package fileprivate(set) var isFinished = false

  package init() {}
}

extension Tables {
  /// Takes expired cells, old deletions and what deletions cover out of the tables, a step of a
  /// sweep at a time: it walks over at most `keys` keys and takes away in one short write
  /// transaction what can go (see FORMAT.md). Goes on where `sweep` ended; readers and writers see
  /// no difference.
  package func sweep(_ sweep: inout Sweep, keys: Int = 10_000) throws(TableError) {
    let schema = self.schema
    let now = clock.microseconds / 1_000_000
    var step = SweepStep(schema, now: now, from: sweep.place, limit: keys)
    try environment.read(mapping: TableError.init) { transaction throws(TableError) in
      try step.look(Databases(transaction))
    }
    if !step.candidates.isEmpty {
      sweep.purged += try write { transaction throws(TableError) in
        try transaction.purge(step.candidates, now: now)
      }
    }
    // Only now: a step that has failed is done again.
    sweep.visited += step.visited
    sweep.place = step.place
    sweep.isFinished = step.isFinished
  }
}

extension Tables {
  /// Sweeps until nothing goes any more: a range tombstone does only when what it hid has gone.
  /// Returns how many rows, records and tombstones went or got smaller.
  func sweepAll(_ progress: (_ visited: Int) -> Void) throws(TableError) -> Int {
    var purged = 0
    while true {
      var sweep = Sweep()
      while !sweep.isFinished {
        try self.sweep(&sweep)
        progress(sweep.visited)
      }
      if sweep.purged == 0 { return purged }
      purged += sweep.purged
    }
  }
}

/// The walk of one step: finds the keys at which something can go.
struct SweepStep {
  private let tables: [UInt32: Table]
  private let now: Int64
  private let limit: Int
  private(set) var place: [UInt8]?
  private(set) var visited = 0
  private(set) var isFinished = false
  private(set) var candidates: [(table: Table, key: [UInt8])] = []

  init(_ schema: Schema, now: Int64, from place: [UInt8]?, limit: Int) {
    tables = Dictionary(schema.tables.values.map { ($0.id, $0) }) { first, _ in first }
    self.now = now
    self.limit = max(limit, 1)
    self.place = place
  }

  mutating func look(_ databases: Databases) throws(TableError) {
    let start = place.map { $0 + [0] } ?? [0]
    let cursor = try stored { () throws(LMDBError) in try databases.rows.cursor() }
    var entry = try stored { () throws(LMDBError) in
      try start.borrowed { start throws(LMDBError) in try cursor.seek(start) }
    }
    var purger: RowPurger?
    while let found = entry {
      if visited == limit { return }
      visited += 1
      place = [UInt8](found.key)
      let id = RowKey.table(found.key)
      if purger?.table.id != id {
        purger = tables[id].map { RowPurger($0, databases.rows, now: now) }
      }
      if let table = purger?.table, try purger?.outcome(found) != .stays {
        candidates.append((table, [UInt8](found.key)))
      }
      entry = try stored { () throws(LMDBError) in try cursor.next() }
    }
    isFinished = true
  }
}
