import Testing

@testable import Tables

/// A rule of Cassandra's for writes, and where it is to be read.
struct WriteRule: Sendable, CustomTestStringConvertible {
  enum Step: Sendable {
    /// A statement that is carried out.
    case run(String)
    /// A statement, and the rows that it gives as JSON.
    case rows(String, [String])
    /// A statement, and the message that refuses it (0x2200).
    case refused(String, String)
    /// Seconds pass.
    case wait(Int64)
  }

  let name: String
  /// A class of Cassandra 4.0, or a page of its documentation.
  let source: String
  let steps: [Step]

  init(_ name: String, _ source: String, _ steps: Step...) {
    self.name = name
    self.source = source
    self.steps = steps
  }

  var testDescription: String { name }

  /// Runs the steps on tables of every kind.
  func check() throws {
    let clock = FakeClock()
    let store = try TemporaryTables(clock: clock.clock)
    try store.run(
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
        + " big bigint)")
    for step in steps {
      switch step {
      case .run(let statement): try store.run(statement)
      case .rows(let statement, let rows):
        let found = try store.rows(statement)
        #expect(found == rows, "\(name): \(statement)")
      case .refused(let statement, let message):
        let found = try store.refusal(statement)
        #expect(found == .invalid(message), "\(name): \(statement)")
      case .wait(let seconds): clock.advance(microseconds: seconds * 1_000_000)
      }
    }
    #expect(try TablesCheck(store.tables).faults == [], "\(name)")
  }
}

@Suite struct WriteRuleTests {
  @Test(
    arguments: WriteRule.timestamps + WriteRule.deletions + WriteRule.lifetimes
      + WriteRule.collections + WriteRule.lists + WriteRule.userTypes + WriteRule.statics
      + WriteRule.counters + WriteRule.conditions + WriteRule.batches + WriteRule.values
      + WriteRule.emptyValues + WriteRule.equalValues + WriteRule.keys + WriteRule.literals)
  func `writes follow Cassandra's rules`(rule: WriteRule) throws {
    try rule.check()
  }
}
