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
    ["models", "compare"], ["models", "promote"], ["models", "rollback"], ["models", "export"],
    ["models", "import"], ["topics"],
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

  @Test func `models are trained, measured, shown and used`() throws {
    let stage = Stage()
    let csv = Program.samples + "/complaints.csv"
    let trained = try #require(
      try stage.works("train", csv, "--folds", "3", "--json").objects().first)
    #expect(trained["model"] as? String == "complaints@1")
    #expect((trained["per_fold"] as? [Any])?.count == 3)
    #expect((trained["f1"] as? Double ?? 0) > 0.7)
    // The same from JSON lines, and the same bytes.
    let rows = try stage.works("classify", csv, "--model", "complaints").objects()
    #expect(rows.count == 6_829)
    try stage.works("train", csv, "--folds", "3", "--seed", "1")
    let weights = try [1, 2].map {
      try Data(contentsOf: URL(fileURLWithPath: "\(stage.data)/models/complaints/\($0)/weights"))
    }
    #expect(weights[0] == weights[1])
    let measured =
      try stage.works(
        "evaluate", Program.samples + "/sample-texts.csv", "--model", "complaints@1", "--json"
      ).objects().first ?? [:]
    for name in [
      "accuracy", "precision", "recall", "f1", "macro_f1", "auc_pr", "auc_roc",
    ] { #expect((0.3...1).contains(measured[name] as? Double ?? -1), "\(name)") }
    #expect(measured["count"] as? Int == 1_800)
    let confusion = try #require(measured["confusion"] as? [[Int]])
    #expect(confusion.flatMap { $0 }.reduce(0, +) == 1_800)
    #expect(try stage.works("evaluate", csv).text.contains("macro-F1"))
    #expect(try stage.works("models", "list", "--json").objects().count == 2)
    #expect(try stage.works("models", "list").text.contains("complaints@2"))
    let shown = try stage.works("models", "show", "complaints@1", "--json").objects().first
    #expect(shown?["examples"] as? Int == 6_829)
    #expect(try stage.works("models", "show", stage.data + "/models/complaints/2").code == 0)
    try stage.fails("models", "show", "complaints@9", saying: ["no version 9", "1, 2"])
    try stage.fails("models", "show", "nope", saying: ["nope", "complaints"])
    let explained = try #require(
      try stage.works("explain", "still no parcel @asos", "--json").objects().first)
    #expect(explained["label"] as? String == "complaint")
    #expect((explained["words"] as? [[String: Any]])?.isEmpty == false)
    for text in ["", "xyzzy", "\u{0}", "👏👏👏", String(repeating: "a ", count: 9_000)] {
      #expect(try stage.grouse("explain", text.replacingOccurrences(of: "\0", with: "?")).isOrderly)
    }
  }

  @Test func `models are weighed up, promoted and moved`() throws {
    let stage = Stage()
    let rows = (0..<90).map { number in
      number.isMultiple(of: 3)
        ? "parcel \(number) never came and my refund is late,complaint"
        : "love my new coat number \(number) from asos,other"
    }
    let csv = try stage.write("some.csv", "text,label\n" + rows.joined(separator: "\n") + "\n")
    for arguments in [
      ["--threshold", "precision=0.9"], ["--algorithm", "spark-naive-bayes", "--threshold", "0.5"],
    ] {
      let trained = try Program.run(
        ["train", csv, "--folds", "3", "--json"] + arguments, in: stage.folder)
      #expect(trained.code == 0, "\(trained.errors)")
      let report = try #require(try trained.objects().first)
      let together = report["out_of_fold"] as? [String: Any]
      #expect(together?["count"] as? Int == 90)
      #expect((together?["intervals"] as? [String: [Double]])?["auc_pr"]?.count == 2)
      #expect((together?["precision_recall"] as? [[Double]])?.isEmpty == false)
      let features = report["top_features"] as? [String: [[String: Any]]]
      #expect(features?["complaint"]?.isEmpty == false && features?["other"]?.isEmpty == false)
    }
    let shown = try stage.works("models", "show", "complaints@2", "--json").objects().first
    #expect(shown?["algorithm"] as? String == "spark-naive-bayes")
    #expect(shown?["threshold_goal"] as? String == "0.5" && shown?["data_crc32c"] != nil)
    let compared = try #require(
      try stage.works("models", "compare", "complaints@1", "complaints@2", csv, "--json")
        .objects().first)
    #expect(compared["mcnemar_p"] as? Double ?? -1 <= 1)
    #expect((compared["f1_interval"] as? [Double])?.count == 2)
    #expect(
      try stage.works("models", "compare", "complaints@1", "complaints", csv).text.contains("p = "))
    let measured = try #require(
      try stage.works("evaluate", csv, "--json", "--samples", "50").objects().first)
    #expect((measured["intervals"] as? [String: [Double]])?["f1"]?.count == 2)
    #expect((measured["calibration"] as? [[String: Any]])?.count == 10)
    #expect(measured["threshold"] as? Double == 0.5 && measured["top_features"] != nil)
    let report = try stage.works("evaluate", csv).text
    for part in ["macro-F1", "said complaint", "come true", "recall at least", "speaks for"] {
      #expect(report.contains(part))
    }
    #expect(measured["calibration_error"] as? Double ?? 1 < 0.5)
    let post = "café 😡 my refund is late"
    let explained = try #require(
      try stage.works("classify", "--explain", "--model", "complaints@1", input: post + "\n")
        .objects().first)
    let scalars = Array(post.unicodeScalars)
    for word in try #require(explained["words"] as? [[String: Any]]) {
      let (start, end) = (word["start"] as? Int ?? 0, word["end"] as? Int ?? 0)
      var found = String.UnicodeScalarView()
      found.append(contentsOf: scalars[start..<end])
      #expect(String(found) == word["word"] as? String)
    }
    try stage.fails("models", "rollback", "complaints", saying: ["has been promoted"])
    try stage.works("models", "promote", "complaints@1")
    #expect(try stage.works("models", "show", "complaints").text.contains("complaints@1"))
    #expect(try stage.works("models", "list").text.contains("complaints@1 *"))
    let run = try stage.works("run", "--stdin", "--exit", "--json", input: Stage.posts(0..<50))
    #expect(try run.objects().first?["psi"] as? Double ?? -1 >= 0)
    #expect(try run.objects().first?["unseen"] as? Double ?? -1 >= 0)
    let live = try stage.works("models", "show", "complaints@1", "--json").objects().first
    let stream = live?["stream_drift"] as? [String: Any]
    #expect(stream?["posts"] as? Int ?? 0 > 10 && stream?["psi"] as? Double ?? -1 >= 0)
    #expect((live?["promotions"] as? [[String: Any]])?.first?["promoted_at"] != nil)
    let drift = live?["drift"]
    #expect((drift as? [String: Any])?["posts"] as? Int ?? 0 > 10)
    #expect((drift as? [String: Any])?["psi"] as? Double ?? -1 >= 0)
    try stage.works("models", "export", "complaints", "kept")
    try stage.fails("models", "export", "complaints", "kept", saying: ["kept is there already"])
    try stage.works("models", "import", "kept", "--as", "other")
    #expect(try stage.works("explain", "late refund", "--model", "other").text.contains("other@1"))
    try stage.works("models", "rollback", "complaints")
    #expect(try stage.works("models", "show", "complaints").text.contains("complaints@2"))
    for wrong in [
      ["train", csv, "--algorithm", "spark"], ["train", csv, "--threshold", "precision"],
      ["evaluate", csv, "--samples", "-1"], ["models", "promote", "complaints@7"],
      ["models", "import", "nowhere"], ["models", "compare", "complaints", "nope", csv],
    ] {
      let outcome = try Program.run(wrong, in: stage.folder)
      #expect(outcome.isOrderly && outcome.code != 0 && !outcome.errors.isEmpty, "\(wrong)")
    }
  }

  @Test func `texts are classified alike from any format, file or pipe`() throws {
    let stage = Stage()
    try stage.train()
    let texts = ["where is my parcel @asos", "lovely \"dress\", thanks", "line one / line two"]
    let csv =
      "n,text\n"
      + texts.enumerated().map {
        "\($0.offset),\"\($0.element.replacingOccurrences(of: "\"", with: "\"\""))\"\n"
      }.joined()
    let json = try texts.map {
      String(decoding: try JSONSerialization.data(withJSONObject: ["text": $0]), as: UTF8.self)
    }.joined(separator: "\n")
    let plain = texts.joined(separator: "\n")
    var answers: [String] = []
    for (name, content) in [("a.csv", csv), ("a.jsonl", json), ("a.txt", plain)] {
      try stage.write(name, content)
      answers.append(try stage.works("classify", name, "--model", "complaints").text)
      answers.append(try stage.works("classify", "--model", "complaints", input: content).text)
      answers.append(try stage.works("classify", "-", input: content).text)
    }
    #expect(Set(answers).count == 1)
    let rows = try stage.works("classify", "a.csv").objects()
    #expect(rows.compactMap { $0["text"] as? String } == texts)
    for row in rows {
      #expect(Set(row.keys) == ["text", "label", "probability"])
      let isComplaint = row["label"] as? String == "complaint"
      #expect(((row["probability"] as? Double ?? -1) >= 0.5) == isComplaint)
    }
    let process = try stage.start("classify", "--model", "complaints")
    process.write("where is my parcel\n")
    #expect(String(decoding: process.nextOutput(), as: UTF8.self).contains("where is my parcel"))
    process.closeInput()
    #expect(process.wait().code == 0)
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
    let cases = try stage.works("cql", "-e", "SELECT count(*) FROM grouse.cases", "--json")
      .objects()
    #expect(
      cases.first?["count"] as? Int
        == counted.compactMap { $0["complaints"] as? Int }.reduce(0, +))
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
