import Machine
import Testing

@testable import Tables

/// What has a time to live, second by second, in every way that it can be read.
@Suite struct ExpiryTests {
  /// A row with a time to live for its marker and for a value; 0 is none, nil that it has not been
  /// written.
  private struct Written {
    var partition: Int
    var row: Int
    var marker: Int?
    var value: Int?

    func isLive(_ time: Int?, after seconds: Int) -> Bool {
      time.map { $0 == 0 || $0 > seconds } ?? false
    }

    func isLive(after seconds: Int) -> Bool {
      isLive(marker, after: seconds) || isLive(value, after: seconds)
    }
  }

  private static let last = 8
  private static let statics = [0: 3, 1: 0, 2: 6]

  /// Rows of all kinds of ends, and static columns that end too.
  private func fill(_ store: TemporaryTables, _ random: inout SeededRandom) throws -> [Written] {
    try store.run(
      "CREATE TABLE k.t (k int, c int, s int static, v int, PRIMARY KEY (k, c)) "
        + "WITH gc_grace_seconds = 0", "CREATE INDEX ON k.t (v)", "CREATE INDEX ON k.t (s)")
    for (partition, time) in Self.statics {
      try store.run("UPDATE k.t USING TTL \(time) SET s = 7 WHERE k = \(partition)")
    }
    var all: [Written] = []
    for number in 0..<60 {
      func time() -> Int? {
        Int.random(in: 0..<4, using: &random) == 0
          ? nil : Int.random(in: 0..<Self.last, using: &random)
      }
      var written = Written(partition: number % 4, row: number / 4, marker: time(), value: time())
      // The last partition ends as a whole.
      if written.partition == 3 {
        written.marker = written.marker.map { max($0, 1) }
        written.value = written.value.map { max($0, 1) }
      }
      all.append(written)
      let key = "k = \(written.partition) AND c = \(written.row)"
      if let time = written.marker {
        try store.run(
          "INSERT INTO k.t (k, c) VALUES (\(written.partition), \(written.row)) USING TTL \(time)")
      }
      if let time = written.value {
        try store.run("UPDATE k.t USING TTL \(time) SET v = \(written.row % 3) WHERE \(key)")
      }
    }
    return all
  }

  private func integers(_ statement: String, _ store: TemporaryTables) throws -> [[Int?]] {
    try store.tables.execute(statement).rows.map { row in
      row.map { value in
        value.map { bytes in
          Int(
            truncatingIfNeeded: bytes.reduce(Int64(bytes[0] & 0x80 == 0 ? 0 : -1)) {
              $0 << 8 | Int64($1)
            })
        }
      }
    }
  }

  /// Holds all ways to read the table to what was written.
  private func check(_ all: [Written], after seconds: Int, _ store: TemporaryTables) throws {
    let live = all.filter { $0.isLive(after: seconds) }
    func time(_ written: Written) -> Int? {
      guard let time = written.value, written.isLive(time, after: seconds), time > 0 else {
        return nil
      }
      return time - seconds
    }
    func value(_ written: Written) -> Int? {
      written.isLive(written.value, after: seconds) ? written.row % 3 : nil
    }
    func statics(_ partition: Int) -> Int? {
      Self.statics[partition].flatMap { $0 == 0 || $0 > seconds ? 7 : nil }
    }
    for partition in 0..<4 {
      let rows = live.filter { $0.partition == partition }
      let ending = "WHERE k = \(partition)"
      var expected = rows.map { [$0.row, statics(partition), value($0), time($0)] }
      if rows.isEmpty, statics(partition) != nil { expected = [[nil, 7, nil, nil]] }
      let found = try integers("SELECT c, s, v, ttl(v) FROM k.t \(ending)", store)
      #expect(found == expected, "partition \(partition) after \(seconds) s")
      let back = try integers("SELECT c, s, v, ttl(v) FROM k.t \(ending) ORDER BY c DESC", store)
      #expect(back == expected.reversed())
      let counts = try integers("SELECT count(*), count(v) FROM k.t \(ending)", store)
      #expect(counts == [[expected.count, expected.filter { $0[2] != nil }.count]])
      for row in all where row.partition == partition && row.row % 5 == 0 {
        let one = try integers("SELECT v FROM k.t \(ending) AND c = \(row.row)", store)
        #expect(one == (row.isLive(after: seconds) ? [[value(row)]] : []))
      }
    }
    for wanted in 0..<3 {
      let expected = live.filter { value($0) == wanted }.map { [$0.partition, $0.row] }
      for filtering in ["", " ALLOW FILTERING"] {
        let found = try integers("SELECT k, c FROM k.t WHERE v = \(wanted)\(filtering)", store)
        #expect(Set(found) == Set(expected) && found.count == expected.count)
      }
    }
    let shown = Set(live.map(\.partition)).union((0..<4).filter { statics($0) != nil })
    let partitions = try integers("SELECT DISTINCT k, s FROM k.t", store)
    #expect(Set(partitions) == Set(shown.map { [$0, statics($0)] }))
    let found = try integers("SELECT k, c FROM k.t WHERE s = 7", store)
    let bare = shown.filter { partition in !live.contains { $0.partition == partition } }
    let expected =
      live.filter { statics($0.partition) != nil }.map { [$0.partition, $0.row] }
      + bare.map { [$0, nil] }
    #expect(Set(found) == Set(expected) && found.count == expected.count)
  }

  @Test(arguments: [false, true])
  func `what expires is gone from every way to read, swept or not`(isSwept: Bool) throws {
    var random = seededRandom()
    let clock = FakeClock()
    let store = try TemporaryTables(clock: clock.clock)
    let all = try fill(store, &random)
    for seconds in 0...Self.last {
      try check(all, after: seconds, store)
      if isSwept {
        var sweep = Sweep()
        while !sweep.isFinished { try store.tables.sweep(&sweep, keys: 5) }
        try check(all, after: seconds, store)
      }
      if seconds % 3 == 1 { store.close() }
      let faults = try TablesCheck(store.tables).faults
      #expect(faults == [])
      clock.advance(microseconds: 1_000_000)
    }
    // A deletion of this very second is not yet older than no grace at all.
    var sweep = Sweep()
    while !sweep.isFinished { try store.tables.sweep(&sweep) }
    let lasting = all.filter { $0.marker == 0 || $0.value == 0 }
    let schemaKeys = try schemaKeys(clock)
    // The rows, and the records of the static columns that stay.
    #expect(try TablesCheck(store.tables).keys == schemaKeys + lasting.count + 1)
    #expect(
      try TablesCheck(store.tables).indexEntries == 1 + lasting.filter { $0.value == 0 }.count)
  }

  /// The keys that tables without rows have.
  private func schemaKeys(_ clock: FakeClock) throws -> Int {
    let store = try TemporaryTables(clock: clock.clock)
    return try TablesCheck(store.tables).keys
  }

  @Test func `a page goes on behind a row that has expired meanwhile`() throws {
    let clock = FakeClock()
    let store = try TemporaryTables(clock: clock.clock)
    try store.run(
      "CREATE TABLE k.t (k int, c int, v int, PRIMARY KEY (k, c))", "CREATE INDEX ON k.t (v)")
    for row in 0..<9 {
      let time = row % 3 == 1 ? 2 : row % 3 == 2 ? 4 : 0
      try store.run("INSERT INTO k.t (k, c, v) VALUES (1, \(row), 5) USING TTL \(time)")
    }
    func page(_ text: String, from state: PagingState?) throws -> Page {
      let tables = try store.tables
      return try tables.execute(
        try tables.prepare(text), BoundValues(), pageRows: 2, from: state)
    }
    let texts = [
      "SELECT c FROM k.t WHERE k = 1", "SELECT c FROM k.t", "SELECT c FROM k.t WHERE v = 5",
    ]
    let firsts = try texts.map { try page($0, from: nil) }
    clock.advance(microseconds: 2_000_000)
    let seconds = try zip(texts, firsts).map { try page($0, from: $1.next) }
    clock.advance(microseconds: 2_000_000)
    var sweep = Sweep()
    while !sweep.isFinished { try store.tables.sweep(&sweep) }
    for (text, (first, second)) in zip(texts, zip(firsts, seconds)) {
      #expect(first.rows == [0, 1].map { [bigEndian(Int32($0))] }, "\(text)")
      #expect(second.rows == [2, 3].map { [bigEndian(Int32($0))] }, "\(text)")
      let third = try page(text, from: second.next)
      #expect(third.rows == [[bigEndian(Int32(6))]] && third.next == nil, "\(text)")
    }
  }
}
