import Testing

@testable import Tables

/// A rule of Cassandra's, and where it is to be read.
struct Rule: Sendable, CustomTestStringConvertible {
  enum Step: Sendable {
    /// A statement that is carried out.
    case run(String)
    /// A SELECT and its rows, as cqlsh shows the values: blanks between these, bars between rows.
    case gives(String, String)
    /// A statement, and the rows that it gives as JSON.
    case rows(String, [String])
    /// A SELECT and the names of its columns.
    case names(String, String)
    /// A statement, and the message that refuses it (0x2200).
    case refused(String, String)
    /// A statement, and the message of the function that failed in it (0x1400).
    case fails(String, String)
    /// Seconds pass.
    case wait(Int64)
  }

  let name: String
  /// A class of Cassandra 4.0 or of its tests, or a page of its documentation.
  let source: String
  let steps: [Step]

  init(_ name: String, _ source: String, _ steps: Step...) {
    self.name = name
    self.source = source
    self.steps = steps
  }

  var testDescription: String { name }

  /// Takes the steps, on tables of these definitions and those that the steps make.
  func check(on definitions: [String] = []) throws {
    let clock = FakeClock()
    let store = try TemporaryTables(clock: clock.clock)
    for definition in definitions { try store.run(definition) }
    for step in steps {
      switch step {
      case .run(let statement): try store.run(statement)
      case .gives(let statement, let rows):
        let found = try shown(statement, store)
        #expect(found == rows, "\(name): \(statement)")
      case .rows(let statement, let rows):
        let found = try store.rows(statement)
        #expect(found == rows, "\(name): \(statement)")
      case .names(let statement, let names):
        let page = try store.tables.execute(statement)
        #expect(page.columns.map(\.name).joined(separator: "; ") == names, "\(name): \(statement)")
      case .refused(let statement, let message):
        #expect(try store.refusal(statement) == .invalid(message), "\(name): \(statement)")
      case .fails(let statement, let message):
        #expect(
          try store.refusal(statement) == TableError(.functionFailure, message),
          "\(name): \(statement)")
      case .wait(let seconds): clock.advance(microseconds: seconds * 1_000_000)
      }
    }
    #expect(try TablesCheck(store.tables).faults == [], "\(name)")
  }

  /// Without pages: some orders there are only so.
  private func shown(_ statement: String, _ store: TemporaryTables) throws -> String {
    let tables = try store.tables
    let page = try tables.execute(
      try tables.prepare(statement), BoundValues(), pageRows: .max)
    return page.rows.map { row in
      zip(page.columns, row).map { column, value in
        value.map(column.type.display) ?? "null"
      }.joined(separator: " ")
    }.joined(separator: " | ")
  }
}

@Suite struct RuleTests {
  @Test(
    arguments: Rule.groups + Rule.aggregates + Rule.functions + Rule.arithmetic + Rule.casts
      + Rule.selectors + Rule.relations + Rule.slices + Rule.filters + Rule.indexes + Rule.orders
      + Rule.staticReads + Rule.tokens)
  func `reads follow Cassandra's rules`(rule: Rule) throws {
    try rule.check()
  }

  /// Tables of every kind.
  private static let tables = [
    "CREATE TYPE k.u (a int, b text)",
    "CREATE TABLE k.t (k int PRIMARY KEY, v int, w text)",
    "CREATE TABLE k.w (k int, c int, v int, PRIMARY KEY (k, c))",
    "CREATE TABLE k.d (k int, a int, b text, v int, PRIMARY KEY (k, a, b))"
      + " WITH CLUSTERING ORDER BY (a DESC, b ASC)",
    "CREATE TABLE k.s (k int, c int, s int static, ss set<int> static, v int, PRIMARY KEY (k, c))",
    "CREATE TABLE k.m (k int PRIMARY KEY, l list<int>, s set<int>, m map<text, int>, u u)",
    "CREATE TABLE k.f (k int PRIMARY KEY, l frozen<list<int>>, u frozen<u>, t tuple<int, text>)",
    "CREATE TABLE k.c (k int, c int, n counter, o counter, PRIMARY KEY (k, c))",
    "CREATE TABLE k.e (k int PRIMARY KEY, v int) WITH default_time_to_live = 10",
    "CREATE TABLE k.g (k int PRIMARY KEY, v int) WITH gc_grace_seconds = 5",
    "CREATE TABLE k.z (k int PRIMARY KEY, id timeuuid, x uuid, ts timestamp, d date, b blob,"
      + " big bigint)",
  ]

  @Test(
    arguments: Rule.timestamps + Rule.deletions + Rule.lifetimes + Rule.collections + Rule.lists
      + Rule.userTypes + Rule.staticWrites + Rule.counters + Rule.conditions + Rule.batches
      + Rule.values + Rule.emptyValues + Rule.equalValues + Rule.keys + Rule.literals)
  func `writes follow Cassandra's rules`(rule: Rule) throws {
    try rule.check(on: Self.tables)
  }
}
