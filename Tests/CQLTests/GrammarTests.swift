import CQL
import Testing

/// A statement, and what it is read as.
struct Reading: Sendable, CustomTestStringConvertible {
  /// The rule of Cassandra 4.0's grammar (src/antlr) that says so.
  let rule: String
  let text: String
  /// The statement printed, or the error.
  let outcome: String

  /// Without an outcome, what is read prints as it was written.
  init(_ rule: String, _ text: String, _ outcome: String? = nil) {
    self.rule = rule
    self.text = text
    self.outcome = outcome ?? text
  }

  static let all = lexer + tables + schema + modify + select + terms

  var testDescription: String { "\(rule): \(text)" }
}

/// What Cassandra 4.0 accepts and what it refuses, rule by rule.
@Suite struct GrammarTests {
  @Test(arguments: Reading.all)
  func `a statement is read as the grammar says`(reading: Reading) {
    #expect(outcome(reading.text) == reading.outcome)
  }

  /// `reserved_keywords.txt`, and the two words of BOOLEAN.
  static let reserved = """
    add allow alter and apply asc authorize batch begin by columnfamily create delete desc describe
    drop entries execute false from full grant if in index infinity insert into is keyspace limit
    materialized modify nan norecursive not null of on or order primary rename revoke schema select
    set table to token true truncate unlogged update use using view where with
    """.split { $0 == " " || $0 == "\n" }.map(String.init)

  /// `basic_unreserved_keyword`, `unreserved_keyword` and `native_type`.
  static let unreserved = """
    access aggregate aggregates all as ascii bigint blob boolean called cast cluster clustering
    compact contains count counter custom date datacenters decimal default distinct double duration
    exists filtering finalfunc float frozen function functions group inet initcond input int
    internals json key keys keyspaces language like list login map mbean mbeans nologin nosuperuser
    only options partition password per permission permissions replace returns role roles sfunc
    smallint static storage stype superuser tables text time timestamp timeuuid tinyint trigger ttl
    tuple type types unset user users uuid values varchar varint writetime
    """.split { $0 == " " || $0 == "\n" }.map(String.init)

  @Test(arguments: reserved)
  func `a reserved word is a name between quotes only`(word: String) {
    #expect(outcome("USE \(word)").hasPrefix("line 1:4 no viable alternative at input '\(word)'"))
    #expect(outcome("USE \(word.uppercased())").hasPrefix("line 1:4 no viable"))
    #expect(outcome("DELETE \(word) FROM t WHERE a = 1").hasPrefix("line 1:") || word == "from")
    #expect(outcome("USE \"\(word)\"") == "USE \"\(word)\"")
  }

  @Test(arguments: unreserved)
  func `any other word is a name`(word: String) {
    #expect(outcome("USE \(word.uppercased())") == "USE \(word)")
    for text in [
      "DELETE \(word), \(word).\(word) FROM \(word).\(word) WHERE \(word) = 1 AND \(word) IN ()",
      "INSERT INTO \(word) (\(word)) VALUES (:\(word))",
      "UPDATE \(word) SET \(word) = \(word) + 1 WHERE \(word) = 1 IF \(word) = 2",
      "ALTER TABLE \(word) RENAME \(word) TO \(word)",
      "SELECT a AS \(word) FROM \(word) GROUP BY \(word) ORDER BY \(word) ASC",
    ] {
      #expect(outcome(text) == text)
    }
    let selected = outcome("SELECT \(word) FROM t")
    #expect(selected.replacing("\"", with: "") == "SELECT \(word) FROM t")
  }
}
