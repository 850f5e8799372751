import Testing

@testable import Tables

/// A rule of Cassandra's for SELECT, and where it is to be read.
struct SelectRule: Sendable, CustomTestStringConvertible {
  enum Step: Sendable {
    /// A statement that is carried out.
    case run(String)
    /// A SELECT and its rows, as cqlsh shows the values: blanks between these, bars between rows.
    case gives(String, String)
    /// A SELECT and the names of its columns.
    case names(String, String)
    /// A statement, and the message that refuses it (0x2200).
    case refused(String, String)
    /// A statement, and the message of the function that failed in it (0x1400).
    case fails(String, String)
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

  func check() throws {
    let store = try TemporaryTables(clock: FakeClock().clock)
    for step in steps {
      switch step {
      case .run(let statement): try store.run(statement)
      case .gives(let statement, let rows):
        let page = try unpaged(statement, store)
        let found = page.rows.map { row in
          zip(page.columns, row).map { column, value in
            value.map(column.type.display) ?? "null"
          }.joined(separator: " ")
        }.joined(separator: " | ")
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
      }
    }
  }

  /// Some orders there are only without pages.
  private func unpaged(_ statement: String, _ store: TemporaryTables) throws -> Page {
    let tables = try store.tables
    return try tables.execute(try tables.prepare(statement), BoundValues(), pageRows: .max)
  }
}

@Suite struct SelectRuleTests {
  @Test(
    arguments: SelectRule.groups + SelectRule.aggregates + SelectRule.functions
      + SelectRule.arithmetic + SelectRule.casts + SelectRule.selectors + SelectRule.relations
      + SelectRule.slices + SelectRule.filters + SelectRule.indexes + SelectRule.orders
      + SelectRule.statics + SelectRule.tokens)
  func `reads follow Cassandra's rules`(rule: SelectRule) throws {
    try rule.check()
  }
}
