import CQL
import TestSupport
import Testing

@testable import Shell

@Suite struct `Statements of a script` {
  private static func statements(_ text: String, pieces: Int) -> [ShellStatement] {
    var scanner = StatementScanner()
    var found: [ShellStatement] = []
    let bytes = Array(text.utf8)
    for start in stride(from: 0, to: bytes.count, by: pieces) {
      scanner.append(bytes[start..<min(start + pieces, bytes.count)])
      while let statement = scanner.next() { found.append(statement) }
    }
    if let last = scanner.finish() { found.append(last) }
    return found
  }

  @Test func `are cut as the parser cuts them, however the bytes come`() throws {
    let script = """
      -- a comment; with a semicolon
      SELECT 'it''s; here', "a;b" FROM t; /* ; */ INSERT INTO \"é\" (a) VALUES ($$x;y$$);
      BEGIN UNLOGGED BATCH
        INSERT INTO t (a) VALUES (1); // ;
        DELETE FROM t WHERE a = 1;
      APPLY BATCH; ;;
        UPDATE t SET a = -1--x
        WHERE b = 2 /**/
      """
    let wanted = try CQLParser.split(script: script)
    for pieces in [1, 2, 3, 7, 64, 10_000] {
      let found = Self.statements(script, pieces: pieces)
      #expect(found.map(\.line) == wanted.map(\.line))
      #expect(found.map(\.column) == wanted.map(\.column))
      for (found, wanted) in zip(found, wanted) { #expect(found.text.hasPrefix(wanted.text)) }
      #expect(found.map(\.isComplete) == wanted.indices.map { $0 < wanted.count - 1 })
    }
  }

  @Test func `random scripts are cut as the parser cuts them`() {
    var values = RandomValues(random: Seed.random())
    let words = [
      "SELECT ", "a", "'", "\"", "--", "-", "/*", "*/", "/", "//", "\n", ";", "$$", "$", " BEGIN ",
      " BATCH ", " APPLY ", "1", "é", " x'y' ", "\r", "*", "{", "''",
    ]
    var compared = 0
    for _ in 0..<4_000 {
      let text = (0..<Int.random(in: 1..<14, using: &values.random))
        .map { _ in words.randomly(&values.random) }.joined()
      let whole = Self.statements(text, pieces: 1_000)
      #expect(Self.statements(text, pieces: 1) == whole, "\(text.debugDescription)")
      guard let wanted = try? CQLParser.split(script: text) else { continue }
      compared += 1
      #expect(
        whole.map { [$0.line, $0.column] } == wanted.map { [$0.line, $0.column] },
        "\(text.debugDescription)")
    }
    #expect(compared > 200)
  }

  @Test func `commands of the shell end with their line`() {
    let script = "EXPAND ON\nSELECT a\nFROM t; describe tables\n?\nCOPY t TO 'a;b'\nWITH x=1;EXIT"
    #expect(
      Self.statements(script, pieces: 5).map(\.text) == [
        "EXPAND ON", "SELECT a\nFROM t", "describe tables", "?", "COPY t TO 'a;b'\nWITH x=1",
        "EXIT",
      ])
    #expect(Self.statements(script, pieces: 5).allSatisfy { $0.isComplete })
  }

  @Test func `one that is too long is passed over in bounded memory`() {
    var scanner = StatementScanner(limit: 100)
    var found: [ShellStatement] = []
    scanner.append(Array("SELECT '".utf8))
    for _ in 0..<1_000 {
      scanner.append(Array("0123456789".utf8))
      while let statement = scanner.next() { found.append(statement) }
    }
    scanner.append(Array("'; SELECT 2;".utf8))
    while let statement = scanner.next() { found.append(statement) }
    #expect(found.map(\.isTooLong) == [true, false])
    #expect(found.last?.text == "SELECT 2")
  }
}
