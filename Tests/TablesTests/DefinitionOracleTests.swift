import Machine
import Testing

@testable import Tables

/// Random changes of one table's definition among random writes, compared with a simple model:
/// every cell ever written, with its time, and when each column was dropped.
@Suite struct DefinitionOracleTests {
  @Test func `old rows stay what they were through every change of their table`() throws {
    var random = seededRandom()
    for _ in 0..<12 {
      var session = try DefinitionSession(random)
      try session.run(steps: 120)
      random = session.random
    }
  }
}

private struct DefinitionSession {
  /// A row's cells by the column's name, which is what is left of a column that was dropped.
  struct Row {
    var marker: Int64?
    var deletion = Int64.min
    var cells: [String: (time: Int64, value: Int64?)] = [:]
  }

  var random: SeededRandom
  private let store: TemporaryTables
  private let clock = FakeClock()
  private var rows: [[Int]: Row] = [:]
  /// The regular columns there are, with their types.
  private var columns = ["v0": "int"]
  private var dropped: [String: (time: Int64, type: String)] = [:]
  private var keys = ["a", "b"]
  private var indexed: Set<String> = []
  private var isKeyIndexed = false
  private var times: Set<Int64> = []

  init(_ random: SeededRandom) throws {
    self.random = random
    store = try TemporaryTables(clock: clock.clock)
    try store.run("CREATE TABLE k.t (a int, b int, v0 int, PRIMARY KEY (a, b))")
  }

  mutating func run(steps: Int) throws {
    for step in 0..<steps {
      if chance(3) { try change() } else { try write() }
      if chance(12) { store.close() }
      // What is swept away nobody has seen.
      if chance(8) {
        var sweep = Sweep()
        while !sweep.isFinished { try store.tables.sweep(&sweep) }
      }
      if step % 4 == 0 { try compare() }
    }
    try compare()
    #expect(try TablesCheck(store.tables).faults == [])
  }

  private mutating func chance(_ oneIn: Int) -> Bool {
    Int.random(in: 0..<oneIn, using: &random) == 0
  }

  /// Mostly small, and now and then behind any moment of the clock; never the same twice.
  private mutating func newTime() -> Int64 {
    while true {
      let small = Int64.random(in: 1...100_000, using: &random)
      let time = chance(3) ? clock.microseconds + small : small
      if times.insert(time).inserted { return time }
    }
  }

  private mutating func write() throws {
    let key = [Int.random(in: 0...1, using: &random), Int.random(in: 0...3, using: &random)]
    let time = newTime()
    var row = rows[key] ?? Row()
    defer { rows[key] = row }
    let condition = "WHERE \(keys[0]) = \(key[0]) AND \(keys[1]) = \(key[1])"
    if chance(8) {
      try store.run("DELETE FROM k.t USING TIMESTAMP \(time) \(condition)")
      row.deletion = max(row.deletion, time)
      return
    }
    let chosen = columns.keys.sorted().shuffled(using: &random).prefix(2)
    let values = chosen.map { _ in chance(6) ? nil : Int64.random(in: 0...3, using: &random) }
    for (column, value) in zip(chosen, values) {
      if row.cells[column].map({ $0.time < time }) ?? true { row.cells[column] = (time, value) }
    }
    let texts = values.map { $0.map { "\($0)" } ?? "null" }
    if chance(2), !chosen.isEmpty {
      let set = zip(chosen, texts).map { "\($0) = \($1)" }.joined(separator: ", ")
      try store.run("UPDATE k.t USING TIMESTAMP \(time) SET \(set) \(condition)")
    } else {
      row.marker = max(row.marker ?? .min, time)
      let names = (keys + chosen).joined(separator: ", ")
      let all = (key.map { "\($0)" } + texts).joined(separator: ", ")
      try store.run("INSERT INTO k.t (\(names)) VALUES (\(all)) USING TIMESTAMP \(time)")
    }
  }

  private mutating func change() throws {
    let name = "v\(Int.random(in: 0...3, using: &random))"
    switch Int.random(in: 0..<13, using: &random) {
    case 0...3: try add(name)
    case 4...6 where columns[name] != nil && !indexed.contains(name): try drop(name)
    case 7...8:
      let place = Int.random(in: 0...1, using: &random)
      let new = String((keys[place] + "x").suffix(20))
      let statement = "ALTER TABLE k.t RENAME \(keys[place]) TO \(new)"
      if place == 1, isKeyIndexed {
        #expect(try store.refusal(statement)?.code == .invalid)
      } else {
        try store.run(statement)
        keys[place] = new
      }
    case 9 where columns[name] != nil && !indexed.contains(name):
      try store.run("CREATE INDEX i_\(name) ON k.t (\(name))")
      indexed.insert(name)
    case 10 where indexed.contains(name):
      try store.run("DROP INDEX k.i_\(name)")
      indexed.remove(name)
    case 11 where chance(4):
      try store.run("TRUNCATE k.t")
      rows = [:]
    case 12:
      try store.run(isKeyIndexed ? "DROP INDEX k.i" : "CREATE INDEX i ON k.t (\(keys[1]))")
      isKeyIndexed.toggle()
    default: try store.run("ALTER TABLE k.t WITH comment = '\(name)'")
    }
  }

  private mutating func add(_ name: String) throws {
    let type = ["int", "int", "bigint", "varint"].randomElement(using: &random) ?? "int"
    let statement = "ALTER TABLE k.t ADD \(name) \(type)"
    let former = dropped[name]?.type
    let fits = former == nil || former == type || type == "varint"
    guard columns[name] == nil, fits else {
      #expect(try store.refusal(statement)?.code == .invalid, "\(statement) after \(former ?? "")")
      return
    }
    try store.run(statement)
    columns[name] = type
  }

  private mutating func drop(_ name: String) throws {
    let small = Int64.random(in: 1...100_000, using: &random)
    // An earlier time than before would bring back what the sweeper may have taken.
    let time = chance(2) ? max(small, dropped[name]?.time ?? 0) : clock.microseconds
    let using = time == clock.microseconds ? "" : " USING TIMESTAMP \(time)"
    try store.run("ALTER TABLE k.t DROP \(name)\(using)")
    dropped[name] = (max(time, dropped[name]?.time ?? .min), columns[name] ?? "")
    columns[name] = nil
  }

  /// What a reader must see, by key.
  private func expected() -> [[Int]: [String: Int64]] {
    var seen: [[Int]: [String: Int64]] = [:]
    for (key, row) in rows {
      var values: [String: Int64] = [:]
      for (column, cell) in row.cells where columns[column] != nil && cell.time > row.deletion {
        if let dropped = dropped[column], cell.time <= dropped.time { continue }
        values[column] = cell.value
      }
      if !values.isEmpty || (row.marker ?? .min) > row.deletion { seen[key] = values }
    }
    return seen
  }

  private func compare() throws {
    let expected = expected()
    let page = try store.tables.execute("SELECT * FROM k.t")
    #expect(page.columns.map(\.name) == keys + columns.keys.sorted())
    #expect(try found(page) == expected)
    for value in 0...3 where isKeyIndexed {
      let page = try store.tables.execute("SELECT * FROM k.t WHERE \(keys[1]) = \(value)")
      #expect(try found(page) == expected.filter { $0.key[1] == value })
    }
    for column in indexed.sorted() {
      for value in 0...3 {
        let page = try store.tables.execute("SELECT * FROM k.t WHERE \(column) = \(value)")
        #expect(try found(page) == expected.filter { $0.value[column] == Int64(value) })
      }
    }
  }

  private func found(_ page: Page) throws -> [[Int]: [String: Int64]] {
    var found: [[Int]: [String: Int64]] = [:]
    for row in page.rows {
      let numbers = row.map { bytes in bytes.map { $0.reduce(Int64(0)) { $0 << 8 | Int64($1) } } }
      let key = numbers.prefix(2).map { Int($0 ?? -1) }
      let values = zip(page.columns, numbers).dropFirst(2).compactMap { column, number in
        number.map { (column.name, $0) }
      }
      found[key] = Dictionary(values) { first, _ in first }
    }
    return found
  }
}
