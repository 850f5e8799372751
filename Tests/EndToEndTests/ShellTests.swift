import Foundation
import Machine
import TestSupport
import Testing

@Suite struct `The CQL shell` {
  private static let schema = """
    CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};
    CREATE TABLE k.t (a int PRIMARY KEY, b text);

    """

  private func stage(rows: Int = 0) throws -> Stage {
    let stage = Stage()
    try stage.write("schema.cql", Self.schema)
    try stage.write("rows.csv", (0..<rows).map { "\($0),row \($0)\n" }.joined())
    try stage.works("cql", "-e", "SOURCE 'schema.cql'\nCOPY k.t FROM 'rows.csv'")
    return stage
  }

  @Test func `results stand as cqlsh prints them`() throws {
    let stage = try stage(rows: 2)
    #expect(
      try stage.works("cql", "-k", "k", "-e", "SELECT * FROM t; EXPAND ON\nSELECT b FROM t;").text
        == """

        \u{20}a | b
        ---+-------
         1 | row 1
         0 | row 0

        (2 rows)
        EXPAND set to ON

        @ Row 1
        ---+-------
         b | row 1

        @ Row 2
        ---+-------
         b | row 0


        (2 rows)

        """)
    #expect(
      try stage.works("cql", "-e", "UPDATE k.t SET b = 'x' WHERE a = 9 IF EXISTS").text
        == "\n [applied]\n-----------\n     False\n")
  }

  @Test func `a failing statement is told with its place and Cassandra's code`() throws {
    let stage = try stage()
    try stage.write("bad.cql", "SELECT a FROM k.t;\n\n  SELECT c FROM k.t; SELEC 1;\nUSE k;\n")
    let first = try stage.fails("cql", "-f", "bad.cql", saying: ["bad.cql:3:3: InvalidRequest"])
    #expect(first.errors.contains("Error from server: code=2200 [Invalid query] message=\""))
    #expect(!first.errors.contains("SELEC"))
    let all = try stage.fails("cql", "-f", "bad.cql", "--continue", saying: ["bad.cql:3:3: "])
    #expect(all.errors.contains("bad.cql:3:22: SyntaxException: line 1:0 "))
    #expect(all.errors.split(separator: "\n").count == 2)
    try stage.fails(
      "cql", "-f", "-", input: "CREATE TABLE k.t (a int PRIMARY KEY);",
      saying: ["(stdin):1:1: AlreadyExists"])
    // A file that is cut off must not run what its last statement has become.
    try stage.fails("cql", "-f", "-", input: "TRUNCATE k.t", saying: ["Incomplete statement"])
    try stage.fails("cql", "-e", "LOGIN me", saying: ["LOGIN is not supported"])
    try stage.fails("cql", "-e", "EXPAND maybe", saying: ["Improper EXPAND command"])
    try stage.fails("cql", "-k", "nope", "-e", "SELECT 1", saying: ["nope", "does not exist"])
  }

  @Test func `nothing of a post reaches the terminal raw`() throws {
    let stage = try stage()
    let text = "l\u{1B}[31m\u{7}\u{9B}\u{202E}\n\\"
    try stage.works("cql", "-e", "INSERT INTO k.t (a, b) VALUES (1, '\(text)')")
    let shown = try stage.works("cql", "-e", "SELECT b FROM k.t").text
    #expect(shown.contains(#"l\x1b[31m\x07\x9b\u202e\n\\"#))
    let object = try stage.works("cql", "-e", "SELECT b FROM k.t", "--json").objects().first
    #expect(object?["b"] as? String == text)
  }

  @Test func `tables go through files and pipes`() throws {
    let stage = try stage(rows: 300)
    let out = try stage.works("cql", "-e", "COPY k.t TO 'out.csv' WITH HEADER = TRUE")
    #expect(out.text.contains("Starting copy of k.t with columns [a, b]."))
    #expect(out.text.contains("300 rows exported to 1 files in "))
    let piped = try stage.works("cql", "-e", "COPY k.t (b, a) TO STDOUT")
    #expect(piped.lines.count == 300 && piped.lines.contains("row 7,7"))
    let back = try stage.works(
      "cql", input: "TRUNCATE k.t; COPY k.t FROM 'out.csv' WITH HEADER = TRUE;")
    #expect(back.text.contains("300 rows imported from 1 files in "))
    // Rows may stand behind the command, and statements behind the rows.
    let mixed = try stage.works(
      "cql",
      input: """
        COPY k.t (a, b) FROM STDIN;
        1000,"one; 'thousand'"
        1001,x
        .
        SELECT count(*) FROM k.t;
        """)
    #expect(mixed.text.contains("302"))
    try stage.write("bad.csv", "1,a\nx,b\n")
    try stage.fails(
      "cql", "-e", "COPY k.t (a, b) FROM 'bad.csv'",
      saying: ["bad.csv:2: row 2: ", "column a", "'x'", "import_k_t.err"])
    #expect(try String(contentsOfFile: stage.folder("import_k_t.err"), encoding: .utf8) == "x,b\n")
    try stage.fails("cql", "-e", "COPY k.t FROM 'none.csv'", saying: ["none.csv", "no such file"])
    try stage.fails(
      "cql", "-e", "COPY k.t TO '/dev/full'", saying: ["cannot write /dev/full: no space left"])
    #expect(
      try stage.works("cql", "-e", "COPY k.t (b) TO '/dev/stdout'").lines.contains("row 7"))
  }

  @Test func `output can be captured, and files sourced`() throws {
    let stage = try stage(rows: 1)
    try stage.write("more.cql", "SELECT b FROM k.t;\nSELECT nope FROM k.t;\nSELECT a FROM k.t;\n")
    let outcome = try stage.works(
      "cql", input: "CAPTURE 'kept.txt'\nSELECT a FROM k.t;\nCAPTURE OFF\nSELECT b FROM k.t;\n")
    #expect(outcome.text.contains("Now capturing query output to 'kept.txt'."))
    #expect(outcome.text.contains("row 0") && outcome.text.contains("(1 rows)"))
    let kept = try String(contentsOfFile: stage.folder("kept.txt"), encoding: .utf8)
    #expect(kept == "\n a\n---\n 0\n\n(1 rows)\n")
    let sourced = try stage.fails(
      "cql", "-e", "SOURCE 'more.cql'", saying: ["more.cql:2:1: ", "1 statements failed"])
    #expect(sourced.text.contains("row 0") && sourced.text.hasSuffix(" a\n---\n 0\n\n(1 rows)\n"))
  }

  @Test func `who has read enough ends it quietly`() throws {
    let stage = try stage(rows: 5_000)
    let outcome = try stage.grouse("cql", "-e", "SELECT * FROM k.t", readsOutputBytes: 100)
    #expect(outcome.errors.isEmpty && outcome.isOrderly)
  }

  @Test(.enabled(if: TypedTerminal.isThere, "wants python3"))
  func `on a terminal, lines are edited, completed, kept and dropped`() throws {
    let stage = try stage(rows: 5)
    let prompt = "grouse:k> "
    let outcome = try TypedTerminal.run(
      ["cql"], in: stage.folder,
      [
        ("", "grouse> "), ("use k;\n", prompt), ("SEL\t", "ECT "),
        ("* FROM \t", "system_schema."), ("t\n", "... "), ("WHERE a = 1;\n", prompt),
        ("SELECT typo\u{3}", prompt), ("\u{1B}[A\n", prompt),
        ("PAGING 2\n", prompt), ("SELECT a FROM t;\n", "---MORE---"), ("\n", "---MORE---"),
        ("\u{3}", prompt), ("SELECT é FROM t;\n", prompt), ("COPY t FROM STDIN;\n", "[copy] "),
        ("77,x\n", "[copy] "), (".\n", prompt), ("SELECT count(*) FROM t;\n", prompt),
        ("EXPAND ON\n", prompt), ("HELP COPY\n", prompt), ("\u{4}", ""),
      ])
    #expect(outcome.code == 0)
    guard outcome.shown.count == 20 else { return }
    func plain(_ step: Int) -> String {
      outcome.shown[step].replacing(/\u{1B}\[[0-9;]*[A-Za-z]/, with: "")
        .replacingOccurrences(of: "\r", with: "")
    }
    #expect(plain(5).contains(" a | b\n---+-------\n 1 | row 1\n\n(1 rows)"))
    // The statement that was dropped is not in the history; the one before it is, in one line.
    #expect(plain(7).contains("SELECT * FROM t WHERE a = 1;"))
    #expect(plain(7).contains("row 1"))
    #expect(plain(10).contains(" a\n---\n"))
    #expect(plain(11).contains("interrupted"))
    #expect(plain(12).contains("SyntaxException"))
    #expect(plain(15).contains("1 rows imported"))
    #expect(plain(16).contains("     6"))
    #expect(outcome.shown[5].contains("\u{1B}[0;1;31ma\u{1B}[0m"))
    let history = stage.folder(".local/state/grouse/cql_history")
    let attributes = try FileManager.default.attributesOfItem(atPath: history)
    #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
  }

  @Test func `a session that reads follows what another one defines`() throws {
    let stage = Stage()
    let keyspace = "WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}"
    try stage.works(
      "cql", "-e",
      "CREATE KEYSPACE k \(keyspace); CREATE TABLE k.t (a int PRIMARY KEY, v int); "
        + "INSERT INTO k.t (a, v) VALUES (1, 1)")
    let reader = try stage.start("cql", "--json", "--continue")
    func shown() -> String { String(decoding: reader.nextOutput(), as: UTF8.self) }
    reader.write("SELECT * FROM k.t;\n")
    #expect(shown().contains(#"{"a": 1, "v": 1}"#))
    try stage.works(
      "cql", "-e",
      "TRUNCATE k.t; ALTER TABLE k.t ADD w int; INSERT INTO k.t (a, w) VALUES (2, 3); "
        + "CREATE TABLE k.u (a int PRIMARY KEY); INSERT INTO k.u (a) VALUES (4)")
    reader.write("SELECT * FROM k.t;\n")
    #expect(shown().contains(#"{"a": 2, "v": null, "w": 3}"#))
    reader.write("SELECT * FROM k.u;\n")
    #expect(shown().contains(#"{"a": 4}"#))
    try stage.works("cql", "-e", "DROP TABLE k.u")
    reader.write("SELECT * FROM k.u;\n")
    reader.closeInput()
    let end = reader.wait()
    #expect(end.code == 1 && end.errors.contains("table u does not exist"))
  }
}
