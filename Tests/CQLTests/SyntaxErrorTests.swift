import CQL
import Testing

@Suite struct SyntaxErrorTests {
  @Test(arguments: [
    ("", "line 0:-1 no viable alternative at input '<EOF>'"),
    // Where the grammar is broken before what is no token, that is the error.
    ("SELECT * FROM t WHERE a = 'it's'", "line 1:30 mismatched input 's' expecting EOF"),
    ("SELECT a b #", "line 1:9 no viable alternative at input 'b'"),
    ("SELECT * FROM t #", "line 1:16 no viable alternative at character '#'"),
    ("SELECT *\n  FROM order", "line 2:7 no viable alternative at input 'order'"),
    ("SELECT 'é' 'x' FROM t", "line 1:11 mismatched input 'x' expecting K_FROM"),
    ("SELECT 'é\n' #", "line 2:2 no viable alternative at character '#'"),
    ("SELECT ¿ FROM t", "line 1:7 no viable alternative at character '¿'"),
    ("USE k\n\n'x", "line 3:2 mismatched character '<EOF>' expecting '\''"),
  ])
  func `is refused with`(text: String, description: String) {
    #expect(outcome(text).hasPrefix(description))
  }

  @Test(arguments: [
    ("frobnicate it", "([frobnicate]...)"), ("SELECT * FRO", "(SELECT * [FRO])"),
    ("SELECT * FROM", "'<EOF>'"),
    // The culprit is where the choice began, and two tokens may follow it, blanks among them.
    ("SELECT * FROM t WHERE a = b AND c = 1", "(...FROM t WHERE a = [b] AND...)"),
    ("SELECT * FROM t WHERE a NOT IN (1)", "(SELECT * FROM t WHERE [a] NOT...)"),
    ("SELECT * FROM t WHERE a = 1 /* x */ /* y */ b", "(...a = 1 /* x */ /* y */ [b])"),
    ("SELECT *\nFROM t\nWHERE a ==\n 1", "(...FROM tWHERE a =[=]...)"),
    // The quotes of a string are not counted.
    ("SELECT * FROM t LIMIT 'a'", "(SELECT * FROM t LIMIT [']...)"),
    ("ALTER KEYSPACE k WITH a =", "(ALTER KEYSPACE k WITH [a] =)"),
  ])
  func `an error shows its place`(text: String, snippet: String) {
    #expect(outcome(text).hasSuffix(" " + snippet))
  }

  @Test func `a long token is quoted in part`() {
    let long = String(repeating: "é", count: 5_000)
    #expect(
      outcome("'\(long)'")
        == "line 1:0 no viable alternative at input '\(long.prefix(2_000))…'"
        + " (['\(long.prefix(1_999))…]...)")
  }

  @Test func `nesting is limited`() {
    let limit = CQLLimits.nestingDepth
    func insert(_ depth: Int) -> String {
      "INSERT INTO t (a) VALUES (" + String(repeating: "[", count: depth - 1) + "1"
        + String(repeating: "]", count: depth - 1) + ")"
    }
    #expect(outcome(insert(limit)).hasPrefix("INSERT"))
    #expect(
      outcome(insert(limit + 1)) == "line 1:90 nested more than \(limit) levels deep")
  }

  @Test(arguments: [
    ("SELECT ", "f("), ("SELECT ", "["), ("SELECT ", "("), ("SELECT ", "{"), ("SELECT ", "CAST("),
    ("SELECT ", "- "), ("SELECT ", "(int) "), ("SELECT m[", "f("), ("SELECT ", "{a: "),
    ("SELECT * FROM t WHERE ", "("), ("SELECT * FROM t WHERE a = ", "("),
    ("SELECT * FROM t WHERE m[", "{1, "), ("INSERT INTO t (a) VALUES (", "f("),
    ("INSERT INTO t (a) VALUES (", "("), ("INSERT INTO t (a) VALUES (", "{"),
    ("INSERT INTO t (a) VALUES (", "{a: "), ("INSERT INTO t (a) VALUES (", "(int) "),
    ("INSERT INTO t (a) VALUES (", "(list<int>) ["), ("UPDATE t SET a = ", "- f("),
    ("CREATE TABLE t (a ", "list<"), ("CREATE TABLE t (a ", "map<int, "),
    ("CREATE TABLE t (a ", "tuple<int, "), ("CREATE TABLE t (a ", "frozen<"),
    ("CREATE KEYSPACE k WITH a = ", "{'a': "), ("ALTER TYPE u ADD a ", "set<"),
  ])
  func `nesting of every kind is limited`(start: String, opening: String) {
    for depth in [1_000, 10_000] {
      let text = start + String(repeating: opening, count: depth)
      let error = outcome(text)
      #expect(error.hasSuffix("nested more than \(CQLLimits.nestingDepth) levels deep"))
    }
  }

  /// Whatever may be repeated without an end is no nesting: the tree of it is flat.
  @Test(arguments: [
    ("SELECT a", " + 1", " FROM t"), ("SELECT a", ".b", " FROM t"), ("SELECT a", "[0]", " FROM t"),
    ("SELECT a", ", a", " FROM t"), ("INSERT INTO t (a) VALUES (1", " * 1", ")"),
    ("SELECT * FROM t WHERE a = 1", " AND a = 1", ""),
    ("INSERT INTO t (a) VALUES ({1", ", 1", "})"), ("USE k", ";", ""), ("USE ", "/**/", "k"),
    ("BEGIN BATCH ", "DELETE FROM t WHERE a = 1;", " APPLY BATCH"),
  ])
  func `repetition is not limited`(start: String, part: String, end: String) {
    let text = start + String(repeating: part, count: 20_000) + end
    #expect(!outcome(text).hasPrefix("line"))
  }

  @Test func `a statement may be long`() {
    let length = 10 << 20
    let long = String(repeating: "x", count: length)
    let text = "INSERT INTO t (a) VALUES ('\(long)')"
    #expect(outcome(text) == text)
    let zeros = String(repeating: "0", count: length)
    #expect(outcome("INSERT INTO t (a) VALUES (0x\(zeros))").utf8.count == length + 29)
    #expect(outcome("USE k --\(long)") == "USE k")
    let ones = String(repeating: "1,", count: length / 2)
    #expect(
      outcome("SELECT a FROM t WHERE a IN (\(ones)1)")
        == "line 1:4194324 a statement of more than \(CQLLimits.tokens) words and signs")
    #expect(outcome("INSERT INTO t (a) VALUES ('\(long)").hasPrefix("line 1:\(length + 27) mism"))
  }

  @Test func `markers are limited`() {
    func statement(_ markers: Int) -> String {
      "SELECT * FROM t WHERE a IN ("
        + Array(repeating: "?", count: markers).joined(separator: ",") + ")"
    }
    #expect(outcome(statement(CQLLimits.markers)).hasPrefix("SELECT"))
    #expect(
      outcome(statement(CQLLimits.markers + 1))
        == "line 1:131098 more than 65535 bind markers")
  }

  @Test func `length is limited`() {
    let text = "USE k" + String(repeating: " ", count: CQLLimits.statementBytes - 5)
    #expect(outcome(text) == "USE k")
    #expect(outcome(text + " ") == "line 1:0 statement is longer than 16777216 bytes")
  }
}
