import Foundation
import Machine
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite struct `Commands` {
  static let commands = [
    [], ["demo"], ["doctor"], ["run"], ["collect"], ["work"], ["train"], ["evaluate"],
    ["classify"], ["explain"], ["models"], ["models", "list"], ["models", "show"],
    ["models", "compare"], ["models", "promote"], ["models", "rollback"], ["models", "delete"],
    ["models", "export"], ["models", "import"], ["topics"],
    ["topics", "list"], ["topics", "create"], ["topics", "describe"], ["topics", "alter"],
    ["topics", "delete"], ["topics", "delete-records"], ["topics", "clean"],
    ["produce"], ["consume"], ["groups"], ["groups", "list"], ["groups", "describe"],
    ["groups", "reset"], ["groups", "delete"], ["log"], ["log", "dump"], ["cql"], ["check"],
  ]

  @Test(arguments: commands) func `every help shows an example`(command: [String]) throws {
    let outcome = try Program.run(command + ["--help"], in: Stage().folder)
    #expect(outcome.code == 0)
    #expect(outcome.errors.isEmpty)
    #expect(outcome.text.contains(command.isEmpty ? "grouse demo" : "Example: "))
  }

  @Test func `the version and wrong usage`() throws {
    let stage = Stage()
    #expect(try stage.works("--version").text.hasPrefix("grouse "))
    for arguments in [
      ["nonsense"], ["collect"], ["collect", "--file", "a", "--stdin"], ["train"],
      ["run", "--rate", "nan"], ["run", "--rate", "inf"], ["collect", "--stdin", "--rate", "-1"],
      ["demo", "--speed", "nan"], ["consume", "posts", "--max", "0"], ["consume"],
      ["consume", "posts", "--max", "nine"], ["cql", "-e", "a", "-f", "b"],
      ["check", "everything"],
      ["train", "x.csv", "--folds", "1"], ["train", "x.csv", "--algorithm", "guess"],
      ["produce", "t", "--key-separator", ""],
    ] {
      let outcome = try Program.run(arguments, in: stage.folder)
      #expect(outcome.code == 64 || outcome.code == 2, "\(arguments): \(outcome.errors)")
      #expect(outcome.output.isEmpty && !outcome.errors.isEmpty, "\(arguments)")
    }
    #expect(!LocalDisk().exists(stage.data))
  }

  @Test func `records go round through topics`() throws {
    let stage = Stage()
    try stage.works("topics", "create", "t", "--partitions", "3")
    try stage.fails("topics", "create", "t", saying: ["t", "exists already"])
    try stage.fails("topics", "create", "a/b", code: 64, saying: ["a/b", "letters"])
    try stage.fails("topics", "create", "u", "--partitions", "0", code: 64, saying: ["1 to 1024"])
    let lines = (0..<500).map { "k\($0 % 7)=value \($0) = é" }
    let produced = try stage.works(
      "produce", "t", "--key-separator", "=", input: lines.joined(separator: "\n"))
    #expect(produced.output.isEmpty && produced.errors.contains("500"))
    let records = try stage.works("consume", "t", "--json").objects()
    #expect(
      Set(records.map { "\($0["key"] ?? "")=\($0["value"] ?? "")" }) == Set(lines))
    let partitions = Dictionary(grouping: records) { $0["key"] as? String ?? "" }
      .mapValues { Set($0.compactMap { $0["partition"] as? Int }) }
    #expect(partitions.values.allSatisfy { $0.count == 1 })
    let described = try stage.works("topics", "describe", "t", "--json").objects()
    #expect(described.compactMap { $0["end_offset"] as? Int }.reduce(0, +) == 500)
    #expect(try stage.works("topics", "list").text.contains("t"))

    try stage.works("produce", "one", input: (0..<10).map { "r\($0)\n" }.joined())
    func consume(_ more: String...) throws -> [String] {
      let outcome = try Program.run(["consume", "one"] + more, in: stage.folder)
      #expect(outcome.code == 0, "\(more): \(outcome.errors)")
      return outcome.lines.map(String.init)
    }
    #expect(try consume().count == 10)
    #expect(try consume("--from", "earliest", "--max", "2") == ["r0", "r1"])
    #expect(try consume("--from", "latest").isEmpty)
    #expect(try consume("--from", "8") == ["r8", "r9"])
    #expect(try consume("--from", "10").isEmpty)
    #expect(try consume("--from", "2020-01-01T00:00:00Z").count == 10)
    #expect(try consume("--from", "2999-01-01T00:00:00Z").isEmpty)
    #expect(try consume("--group", "g", "--max", "4") == ["r0", "r1", "r2", "r3"])
    #expect(try consume("--group", "g", "-n", "4") == ["r4", "r5", "r6", "r7"])
    let group = try stage.works("groups", "describe", "g", "--json").objects().first
    #expect(group?["lag"] as? Int == 2)
    #expect(try consume("--group", "g") == ["r8", "r9"])
    #expect(try consume("--group", "g").isEmpty)
    #expect(try stage.works("groups", "list", "--json").objects().count == 1)
    try stage.fails("consume", "one", "--from", "11", saying: ["one-0@11", "0 up to 10"])
    try stage.fails("consume", "one", "--from", "noon", code: 64, saying: ["noon", "earliest"])
    try stage.fails("consume", "one", "--partition", "4", saying: ["no partition 4"])
    try stage.fails("consume", "two", saying: ["two", "topics list"])
    try stage.fails("groups", "describe", "h", saying: ["h", "groups list"])
    try stage.works("topics", "delete", "one")
    try stage.fails("topics", "describe", "one", saying: ["one"])
    try stage.fails("topics", "delete", "one", saying: ["one"])
    try stage.works("check")
  }

  @Test func `statements come from the command line, a file and a pipe`() throws {
    let stage = Stage()
    let schema = """
      CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};
      CREATE TABLE k.t (a int PRIMARY KEY, b text);
      INSERT INTO k.t (a, b) VALUES (1, 'one; two');
      INSERT INTO k.t (a, b) VALUES (2, 'l\u{1B}[31m');
      """
    try stage.write("schema.cql", schema)
    try stage.fails("cql", "-e", "SELECT * FROM k.t", saying: ["no data directory", "--data-dir"])
    try stage.works("cql", "-f", "schema.cql")
    let rows = try stage.works("cql", "-e", "SELECT a, b FROM k.t WHERE a = 1", "--json").objects()
    #expect(rows.first?["a"] as? Int == 1 && rows.first?["b"] as? String == "one; two")
    let table = try stage.works("cql", input: "USE k;\nSELECT *\n  FROM t;\n")
    #expect(table.text.contains("(2 rows)") && table.errors.isEmpty)
    #expect(!table.text.contains("\u{1B}"))
    try stage.fails(
      "cql", "-e", "SELECT a FROM k.t;\n\nSELECT c FROM k.t", saying: ["-e:3", "c"])
    try stage.write("bad.cql", "SELECT a FROM k.t;\nSELEC 1;")
    try stage.fails("cql", "-f", "bad.cql", saying: ["bad.cql:2", "SELEC"])
    try stage.fails("cql", input: "SELECT * FROM k.none;", saying: ["(stdin):1", "none"])
    try stage.fails("cql", "-f", "missing.cql", saying: ["missing.cql", "no such file"])
    #expect(try stage.works("cql", input: "").output.isEmpty)
  }

  @Test func `others read beside a run and are told who writes`() throws {
    let stage = Stage()
    try stage.train()
    let run = try stage.start("run", "--stdin", "--progress")
    run.write(Stage.posts(0..<50))
    #expect(run.waitForError("\"new\": 50"))
    #expect(try stage.postCount() == 50)
    run.write(Stage.posts(50..<60))
    while let line = run.nextErrorLine(), !line.contains("\"new\": 60") {}
    #expect(try stage.postCount() == 60)
    #expect(try stage.works("consume", "posts").lines.count == 60)
    #expect(try stage.works("topics", "list", "--json").objects().count >= 2)
    try stage.works("models", "list")
    try stage.works("check")
    #expect(try stage.works("doctor").text.contains("grouse run"))
    // What changes something is done by the run; only what needs the directory for itself is not.
    for command in [["run", "--exit"], ["work", "--exit"], ["demo", "--exit"], ["compact"]] {
      let outcome = try Program.run(command, in: stage.folder)
      #expect(outcome.code == 1, "\(command)")
      #expect(outcome.errors.contains("grouse run (process \(run.identifier))"), "\(command)")
      #expect(outcome.errors.contains("--data-dir"), "\(command): \(outcome.errors)")
    }
    run.send(SIGINT)
    let ended = run.wait()
    #expect(ended.code == 0, "\(ended.errors)")
    try stage.works("check")
    #expect(try stage.postCount() == 60)
  }

  @Test func `looking at the lock never keeps a writer out`() throws {
    let stage = Stage()
    try stage.works("topics", "create", "t")
    let looking = Worker { [stage] in
      for _ in 0..<15 { _ = try? stage.grouse("doctor") }
    }
    for number in 0..<15 { try stage.works("topics", "create", "t\(number)") }
    looking.join()
  }

  @Test func `the demo's sample comes over HTTP from a local X, too`() throws {
    let stage = Stage()
    for _ in 0..<2 {
      let outcome = try stage.works("demo", "--x", "--exit")
      #expect(outcome.text.contains("http://127.0.0.1:"))
      #expect(try stage.postCount() == 1_673)
    }
    #expect(try stage.works("consume", "posts.dead").lines.count >= 12)
  }

  @Test func `the demo counts right a first and a second time`() throws {
    let stage = Stage()
    for _ in 0..<2 {
      let outcome = try stage.works("demo", "--exit")
      #expect(outcome.text.contains("Totals"))
      #expect(try stage.postCount() == 1_673)
    }
    let counted = try stage.works(
      "cql", "-e", "SELECT posts, complaints FROM grouse.counts_by_minute", "--json"
    ).objects()
    #expect(counted.compactMap { $0["posts"] as? Int }.reduce(0, +) == 1_673)
    // Each complaint is in a case, or a copy of one that is.
    let cases = try stage.works("cql", "-e", "SELECT posts, copies FROM grouse.cases", "--json")
      .objects()
    var inCases = 0
    for row in cases { inCases += (row["posts"] as? Int ?? 0) + (row["copies"] as? Int ?? 0) }
    #expect(inCases == counted.compactMap { $0["complaints"] as? Int }.reduce(0, +))
    #expect(try stage.works("consume", "posts.dead").lines.count >= 12)
    try stage.works("check")
    try stage.fails(
      "demo", "--exit", environment: ["GROUSE_SAMPLES": "/nowhere"],
      saying: ["/nowhere", "GROUSE_SAMPLES"])
  }

  @Test func `a file is collected into each topic, and anew when its topic was deleted`() throws {
    let stage = Stage()
    try stage.train()
    let file = try stage.write("a.jsonl", Stage.posts(0..<20))
    func run(_ environment: [String: String] = [:]) throws -> Int {
      let outcome = try stage.works(
        "run", "--file", file, "--file", file, "--exit", "--json", environment: environment)
      return try outcome.objects().first?["read"] as? Int ?? -1
    }
    #expect(try run() == 20)
    #expect(try run() == 0)
    #expect(try run(["GROUSE_TOPIC": "others"]) == 20)
    try stage.works("topics", "delete", "posts")
    #expect(try run() == 20)
    #expect(try stage.postCount() == 20)
  }
}
