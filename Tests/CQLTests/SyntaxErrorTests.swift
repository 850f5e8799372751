import CQL
import Testing

@Suite struct SyntaxErrorTests {
  @Test(arguments: [
    ("", "line 1:0 no viable alternative at input '<EOF>'"),
    ("frobnicate", "line 1:0 no viable alternative at input 'frobnicate'"),
    ("SELECT FROM t", "line 1:7 no viable alternative at input 'FROM'"),
    ("SELECT * FRO t", "line 1:9 mismatched input 'FRO' expecting FROM"),
    ("SELECT *\n  FROM order", "line 2:7 no viable alternative at input 'order'"),
    ("SELECT 'é' 'x' FROM t", "line 1:11 mismatched input ''x'' expecting FROM"),
    ("SELECT * FROM t WHERE a = b", "line 1:26 no viable alternative at input 'b'"),
    ("SELECT * FROM t LIMIT 1.5", "line 1:22 no viable alternative at input '1.5'"),
    ("SELECT * FROM t; SELECT", "line 1:17 missing EOF at 'SELECT'"),
    ("SELECT # FROM t", "line 1:7 no viable alternative at character '#'"),
    ("SELECT ¿ FROM t", "line 1:7 no viable alternative at character '¿'"),
    ("USE 'k", "line 1:4 mismatched character '<EOF>' expecting '''"),
    ("USE \"k", "line 1:4 mismatched character '<EOF>' expecting '\"'"),
    ("USE $$k$", "line 1:4 mismatched character '<EOF>' expecting '$$'"),
    ("USE k /* *", "line 1:6 mismatched character '<EOF>' expecting '*/'"),
    ("USE \"\"", "line 1:4 a quoted name may not be empty"),
    (
      "INSERT INTO t (a) VALUES (0xabc)",
      "line 1:26 a blob constant must have an even number of hexadecimal digits"
    ),
    ("INSERT INTO t (a) VALUES (1", "line 1:27 mismatched input '<EOF>' expecting ')'"),
    ("INSERT INTO t () VALUES ()", "line 1:15 no viable alternative at input ')'"),
    ("INSERT INTO t JSON '{}'", "line 1:0 INSERT JSON is not supported"),
    (
      "INSERT INTO t (a) VALUES (1) USING TTL 1 AND ttl 2",
      "line 1:45 Multiple definition for property 'ttl'"
    ),
    (
      "UPDATE t SET a = b + 1 WHERE c = 1",
      "line 1:17 Only expressions of the form X = X + <value> are supported."
    ),
    (
      "UPDATE t SET a = [1] + b WHERE c = 1",
      "line 1:23 Only expressions of the form X = <value> + X are supported."
    ),
    ("DELETE FROM t", "line 1:13 mismatched input '<EOF>' expecting WHERE"),
    (
      "DELETE FROM t USING TTL 1 WHERE a = 1",
      "line 1:20 mismatched input 'TTL' expecting TIMESTAMP"
    ),
    ("BEGIN BATCH SELECT * FROM t", "line 1:12 mismatched input 'SELECT' expecting APPLY"),
    (
      "BEGIN BATCH USING TTL 1 APPLY BATCH",
      "line 1:12 Global TTL on the BATCH statement is not supported."
    ),
    ("CREATE TABLE t (a int)", "line 1:13 No PRIMARY KEY specifed (exactly one required)"),
    (
      "CREATE TABLE t (a int PRIMARY KEY, b int PRIMARY KEY)",
      "line 1:41 Multiple PRIMARY KEYs specifed (exactly one required)"
    ),
    (
      "CREATE TABLE t (a int PRIMARY KEY, PRIMARY KEY (a))",
      "line 1:35 Multiple PRIMARY KEYs specifed (exactly one required)"
    ),
    (
      "CREATE TABLE t (a int PRIMARY KEY) WITH COMPACT STORAGE",
      "line 1:40 COMPACT STORAGE is not supported"
    ),
    (
      "CREATE TABLE t (a int PRIMARY KEY) WITH comment = ?",
      "line 1:50 bind markers are not allowed in schema statements"
    ),
    (
      "CREATE TABLE t (a vector<float, 3> PRIMARY KEY)",
      "line 1:18 type vector is not supported"
    ),
    ("CREATE TABLE t (a 'x' PRIMARY KEY)", "line 1:18 a custom type is not supported"),
    (
      "CREATE MATERIALIZED VIEW v AS SELECT * FROM t",
      "line 1:0 CREATE MATERIALIZED VIEW is not supported"
    ),
    (
      "CREATE OR REPLACE FUNCTION f ()", "line 1:0 CREATE OR REPLACE FUNCTION is not supported"
    ),
    ("create type if not exists x (a int)", "line 1:0 CREATE TYPE is not supported"),
    ("CREATE ROLE r", "line 1:0 CREATE ROLE is not supported"),
    ("CREATE TRIGGER r", "line 1:0 CREATE TRIGGER is not supported"),
    ("CREATE CUSTOM INDEX ON t (a)", "line 1:0 CREATE CUSTOM INDEX is not supported"),
    ("CREATE INDEX ON t (a) USING 'x'", "line 1:22 CREATE INDEX … USING is not supported"),
    ("DROP FUNCTION f", "line 1:0 DROP FUNCTION is not supported"),
    ("ALTER TABLE t ADD b int", "line 1:0 ALTER TABLE is not supported"),
    ("GRANT SELECT ON t TO r", "line 1:0 GRANT SELECT is not supported"),
    ("REVOKE ALL ON t FROM r", "line 1:0 REVOKE is not supported"),
    ("LIST ROLES", "line 1:0 LIST is not supported"),
    ("DESCRIBE CLUSTER", "line 1:0 DESCRIBE CLUSTER is not supported"),
    ("SELECT m['a'] FROM t", "line 1:8 selecting an element is not supported"),
    ("SELECT u.f FROM t", "line 1:8 selecting a field is not supported"),
    ("SELECT * FROM t WHERE a LIKE 'x'", "line 1:24 LIKE is not supported"),
    ("SELECT * FROM t WHERE a IS NOT NULL", "line 1:24 IS NOT NULL is not supported"),
  ])
  func `is refused with`(text: String, description: String) {
    #expect(outcome(text) == description)
  }

  @Test func `a long token is quoted in part`() {
    let long = String(repeating: "é", count: 500)
    #expect(
      outcome("'\(long)'")
        == "line 1:0 no viable alternative at input ''\(long.prefix(79))…'")
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
    for opening in ["SELECT f(", "SELECT [", "SELECT * FROM t WHERE (", "SELECT CAST("] {
      let parts = opening.split(separator: " ").map(String.init)
      let repeated = String(repeating: parts.last ?? "", count: 100_000)
      let text = (parts.dropLast() + [repeated]).joined(separator: " ")
      #expect(outcome(text).hasSuffix("nested more than \(limit) levels deep"))
    }
    let type = String(repeating: "list<", count: 100_000)
    #expect(outcome("CREATE TABLE t (a \(type)").hasSuffix("levels deep"))
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
    #expect(outcome(text + " ") == "line 1:0 statement is longer than 1048576 bytes")
  }
}
