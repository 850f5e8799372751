import CQL
import Testing

@Suite struct ScriptTests {
  @Test func `semicolons in strings, comments and batches do not split`() throws {
    let script = """
      -- first; comment
      USE k; ;
        INSERT INTO t (a) VALUES ('x;y'); INSERT INTO t (a) VALUES ($$;$$) -- ;
      ; /* ; */
      BEGIN BATCH
        INSERT INTO t (a) VALUES (1);
        DELETE FROM ";" WHERE a = 1;
      APPLY BATCH;
      TRUNCATE t // last
      """
    #expect(
      try CQLParser.split(script: script) == [
        ScriptStatement(text: "USE k", line: 2, column: 0),
        ScriptStatement(text: "INSERT INTO t (a) VALUES ('x;y')", line: 3, column: 2),
        ScriptStatement(text: "INSERT INTO t (a) VALUES ($$;$$)", line: 3, column: 36),
        ScriptStatement(
          text: """
            BEGIN BATCH
              INSERT INTO t (a) VALUES (1);
              DELETE FROM ";" WHERE a = 1;
            APPLY BATCH
            """, line: 5, column: 0),
        ScriptStatement(text: "TRUNCATE t", line: 9, column: 0),
      ])
    #expect(try CQLParser.split(script: " -- nothing\n") == [])
  }

  @Test(arguments: UInt64(1)...4)
  func `a script splits into the statements it was joined from`(seed: UInt64) throws {
    var random = RandomStatement(seed: seed)
    for _ in 0..<50 {
      let statements = random.some(0...8) { $0.statement() }
      let separators = [";", ";\n", " ; -- ;\n", ";/* ; */;\n\n"]
      let script = statements.map { $0.cql + separators[random.below(4)] }.joined()
      let parts = try CQLParser.split(script: script)
      #expect(parts.map { outcome($0.text) } == statements.map(\.cql), "seed \(seed)")
      // Not String lines: "\r\n" is one Character.
      let lines = script.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      for part in parts {
        let rest = String(decoding: lines[part.line - 1], as: UTF8.self).unicodeScalars
        let first = part.text.utf8.prefix { $0 != UInt8(ascii: "\n") }
        #expect(
          rest.dropFirst(part.column).starts(
            with: String(decoding: first, as: UTF8.self).unicodeScalars))
      }
    }
  }

  @Test(arguments: [
    ("USE a; USE 1", "line 1:11 no viable alternative at input '1' (USE [1])"),
    ("USE a;\n USE\n  1", "line 3:2 no viable alternative at input '1' (USE  [1])"),
  ])
  func `an error is placed in its script`(script: String, description: String) throws {
    let last = try #require(try CQLParser.split(script: script).last)
    do {
      _ = try CQLParser.parse(last.text)
      Issue.record("no error")
    } catch {
      #expect(error.inScript(at: last).description == description)
    }
  }

  @Test func `a script that cannot be cut is refused`() {
    let expected = CQLSyntaxError(
      line: 2, column: 6, message: "mismatched character '<EOF>' expecting '''")
    #expect(throws: expected) { try CQLParser.split(script: "USE a;\nUSE 'b") }
  }
}
