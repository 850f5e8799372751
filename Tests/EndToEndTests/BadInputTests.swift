import Foundation
import Machine
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite struct `Bad input` {
  @Test func `files that are missing, empty, folders or without the column are named`() throws {
    let stage = Stage()
    try stage.train()
    try stage.write("empty.csv", "")
    try stage.write("empty.jsonl", "\n\n")
    try stage.write("header.csv", "text,label\n")
    try stage.write("nocolumn.csv", "a,b\nx,y\n")
    try stage.write("quote.csv", "text,label\nfine,1\n\"never closed,0\n")
    try stage.write("one.csv", "text,label\na,1\nb,1\n")
    try stage.write("three.csv", "text,label\na,1\nb,2\nc,3\n")
    try stage.write("few.csv", "text,label\na,1\nb,0\n")
    for command in [["classify"], ["train"], ["evaluate"], ["collect", "--file"]] {
      func fails(_ file: String, _ words: String...) throws {
        let outcome = try Program.run(command + [file], in: stage.folder)
        #expect(outcome.isOrderly && outcome.code == 1, "\(command) \(file): \(outcome.errors)")
        for word in [file] + words {
          #expect(outcome.errors.contains(word), "\(command) \(file): \(outcome.errors)")
        }
      }
      try fails("missing.csv", "no such file")
      try fails("grouse-data", "directory")
      try fails("empty.csv", "holds no posts")
      if command != ["collect", "--file"] {
        try fails("nocolumn.csv", "nocolumn.csv:1", "no column \"text\"", "a, b")
        try fails("quote.csv", "quote.csv:3")
      }
    }
    try stage.fails("collect", "--file", "header.csv", saying: ["holds no posts"])
    try stage.fails("run", "--file", "missing.csv", "--exit", saying: ["missing.csv"])
    try stage.fails("train", "one.csv", saying: ["labelled \"1\"", "both labels"])
    try stage.fails("train", "three.csv", saying: ["three.csv", "1, 2, 3", "--positive"])
    try stage.fails("train", "few.csv", saying: ["few.csv", "5 folds", "--folds"])
    try stage.fails("train", "one.csv", "--positive", "7", saying: ["7", "1"])
    try stage.fails("classify", "one.csv", "--model", "no/where", saying: ["no/where"])
    try stage.fails("classify", "one.csv", "--model", "a@b@c", saying: ["a@b@c"])
    try stage.works("run", "--file", "quote.csv", "--exit")
    let dead = try stage.works("consume", "posts.dead", "--json").objects()
    #expect(dead.contains { ($0["headers"] as? [String: String])?["origin"] == "quote.csv:3" })
    try stage.works("check")
  }

  @Test func `a line of 100 MB takes little memory`() throws {
    let stage = Stage()
    try stage.train()
    let path = try stage.write("long.txt", "")
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    let piece = Data(repeating: 97, count: 1 << 20)
    for _ in 0..<100 { try handle.write(contentsOf: piece) }
    try handle.write(contentsOf: Data("\nwhere is my parcel\n".utf8))
    try handle.close()
    for (command, code): ([String], Int32) in [
      (["classify", "long.txt"], 1), (["collect", "--file", "long.txt"], 0),
      (["run", "--file", "long.txt", "--exit"], 0), (["train", "long.txt"], 1),
      (["cql", "-f", "long.txt"], 1), (["doctor", "--config", "long.txt"], 1),
    ] {
      let outcome = try Program.run(command, in: stage.folder, memoryMiB: 300)
      #expect(
        outcome.isOrderly && outcome.code == code, "\(command): \(outcome.errors.prefix(300))")
    }
    let produce = try RunningProgram(["produce", "t"], in: stage.folder, memoryMiB: 300)
    produce.write("first\n")
    let bytes = [UInt8](repeating: 98, count: 1 << 20)
    for _ in 0..<40 { produce.write(bytes) }
    produce.closeInput()
    let outcome = produce.wait()
    #expect(outcome.isOrderly && outcome.code == 1 && outcome.errors.contains("(stdin):2"))
    #expect(try stage.works("consume", "t").text == "first\n")
    try stage.works("check")
  }

  @Test func `bytes that are no text are passed over and kept apart`() throws {
    let stage = Stage()
    try stage.train()
    let bad: [UInt8] = Array("where is \u{0}my parcel\n".utf8) + [0xFF, 0xFE, 0x80, 10, 0, 0, 10]
    try stage.write("bad.txt", bad)
    try stage.write("bad.csv", Array("text\n".utf8) + bad)
    try stage.write("bad.jsonl", Array(Stage.post(1, "fine").utf8) + bad + Array("{\"a\":".utf8))
    for file in ["bad.txt", "bad.csv", "bad.jsonl"] {
      #expect(try stage.grouse("classify", file).isOrderly)
      #expect(try stage.grouse("train", file).code == 1)
      #expect(try stage.works("run", "--file", file, "--exit").isOrderly)
    }
    #expect(try stage.works("consume", "posts.dead", "--json").objects().count > 4)
    let rows = try stage.works("cql", "-e", "SELECT * FROM grouse.posts", "--json").objects()
    #expect(rows.count > 2)
    try stage.works("check")
  }

  @Test func `a file that shrank is named`() throws {
    let stage = Stage()
    try stage.train()
    try stage.write("a.jsonl", Stage.posts(0..<20))
    try stage.works("run", "--file", "a.jsonl", "--exit")
    try stage.write("a.jsonl", Stage.posts(0..<5))
    try stage.fails(
      "run", "--file", "a.jsonl", "--exit", saying: ["a.jsonl", "5 records", "20", "collect"])
    #expect(try stage.postCount() == 20)
    // Another file in its place is another file.
    try stage.write("a.jsonl", Stage.posts(30..<55))
    try stage.works("run", "--file", "a.jsonl", "--exit")
    #expect(try stage.postCount() == 45)
  }

  @Test func `configuration errors name the place and the nearest key`() throws {
    let stage = Stage()
    for (text, words) in [
      ("log: { partitons: 3 }", ["grouse.yaml:1", "log.partitons", "log.partitions"]),
      ("topic: posts\n\nbrandname: [x]", ["grouse.yaml:3", "brandname", "brand.names"]),
      ("log: { partitions: many }", ["grouse.yaml:1", "many", "1 to 1024"]),
      ("log: { durability: interval(0) }", ["durability", "interval(MILLISECONDS)"]),
      ("log: { backend: kafka }", ["kafka", "embedded"]),
      ("log: [", ["grouse.yaml"]), ("just words", ["grouse.yaml:1"]),
      ("a: &x 1\nb: *x", ["grouse.yaml"]), ("\u{0}", ["grouse.yaml"]),
    ] {
      try stage.write("grouse.yaml", text)
      try stage.fails("doctor", saying: words)
    }
    try stage.write("grouse.yaml", "topic: others")
    #expect(try stage.works("doctor", "--json").text.contains("\"topic\": \"others\""))
    try stage.fails(
      "doctor", environment: ["GROUSE_LOG_PARTITIONS": "-1"], saying: ["GROUSE_LOG_PARTITIONS"])
    try stage.fails("doctor", "--config", "none.yaml", saying: ["none.yaml"])
    try stage.fails("doctor", "--data-dir", "", code: 64, saying: ["--data-dir", "empty"])
  }

  @Test func `newer formats are refused`() throws {
    let stage = Stage()
    try stage.train()
    try stage.works("run", "--exit")
    let model = "grouse-data/models/complaints/1/"
    func replace(_ file: String, _ old: String, _ new: String) throws {
      let text = try String(contentsOfFile: stage.folder(file), encoding: .utf8)
      #expect(text.contains(old))
      try stage.write(file, text.replacingOccurrences(of: old, with: new))
    }
    try replace(model + "manifest.json", "\"format\": 1", "\"format\": 2")
    try stage.fails("models", "show", "complaints", saying: [model.dropLast() + "", "newer"])
    try replace(model + "manifest.json", "\"format\": 2", "\"format\": 1")
    var weights = try Data(contentsOf: URL(fileURLWithPath: stage.folder(model + "weights")))
    weights[4] = 9
    try stage.write(model + "weights", weights)
    try stage.fails("run", "--exit", saying: ["complaints/1"])
    try replace("grouse-data/grouse.json", "\"format\": 1", "\"format\": 2")
    for command in [["run", "--exit"], ["check"], ["topics", "list"], ["cql", "-e", "USE k"]] {
      let outcome = try Program.run(command, in: stage.folder)
      #expect(outcome.code == 1 && outcome.errors.contains("newer"), "\(command)")
      #expect(outcome.errors.contains("grouse.json"), "\(command): \(outcome.errors)")
    }
  }

  @Test(arguments: [SIGTERM, SIGINT]) func `signals end work in order`(number: Int32) throws {
    let stage = Stage()
    try stage.train()
    let usual = 128 + number
    func end(
      _ process: RunningProgram, _ code: Int32, _ what: Comment, says word: String = "interrupted"
    ) throws {
      process.send(number)
      let outcome = process.wait()
      #expect(outcome.code == code, what)
      #expect(word.isEmpty || outcome.errors.contains(word), what)
      try stage.works("check")
    }
    // Each is known to be at work before it gets the signal, and its input stays open.
    let classify = try stage.start("classify")
    classify.write("hello\n")
    _ = classify.nextOutput()
    try end(classify, usual, "classify")
    let run = try stage.start("run", "--stdin", "--progress")
    run.write(Stage.posts(0..<5))
    #expect(run.waitForError("\"new\": 5"))
    try end(run, 0, "run", says: "")
    let bounded = try stage.start("run", "--stdin", "--exit", "--progress")
    bounded.write(Stage.posts(5..<9))
    #expect(bounded.waitForError("\"new\": 4"))
    try end(bounded, usual, "run --exit")
    let work = try stage.start("work")
    #expect(work.waitForError("Ctrl-C"))
    try end(work, 0, "work", says: "")
    let file = try stage.write("many.jsonl", Stage.posts(0..<3_000))
    let slow = try stage.start("run", "--file", file, "--rate", "100", "--exit", "--progress")
    _ = slow.nextErrorLine()
    try end(slow, usual, "run --rate")
    let produce = try stage.start("produce", "made")
    #expect(produce.waitForError("made"))
    produce.write("a\n")
    try end(produce, usual, "produce")
    let collect = try stage.start("collect", "--stdin", "--topic", "new")
    collect.write(Stage.posts(0..<5))
    try collect.wait { try stage.grouse("consume", "new").lines.count >= 5 }
    try end(collect, usual, "collect")
    let follow = try stage.start("consume", "posts", "--follow")
    _ = follow.nextOutput()
    try end(follow, 0, "consume --follow", says: "")
    #expect(try stage.postCount() >= 9)
  }

  @Test(arguments: [SIGTERM, SIGINT]) func `a signal in training keeps no model`(
    number: Int32
  ) throws {
    let stage = Stage()
    let train = try stage.start("train", Program.samples + "/complaints.csv", "--folds", "100")
    // The lock is taken when the training begins.
    try train.wait { LocalDisk().exists(stage.data + "/LOCK") }
    train.send(number)
    let outcome = train.wait()
    #expect(outcome.code == 128 + number && outcome.errors.contains("no model was kept"))
    #expect(try stage.works("models", "list", "--json").output.isEmpty)
    try stage.works("check")
  }

  @Test func `a closed pipe ends the writer in silence`() throws {
    let stage = Stage()
    try stage.train()
    let file = try stage.write("a.jsonl", Stage.posts(0..<3_000))
    try stage.works("run", "--file", file, "--exit")
    for command in [
      ["consume", "posts"], ["consume", "posts", "--json"], ["consume", "posts", "--follow"],
      ["classify", Program.samples + "/complaints.csv"],
      ["cql", "-e", "SELECT * FROM grouse.posts"],
      ["cql", "-e", "SELECT * FROM grouse.posts", "--json"],
    ] {
      let outcome = try Program.run(command, in: stage.folder, readsOutputBytes: 1)
      #expect(outcome.isOrderly && outcome.code == 141, "\(command): \(outcome.errors)")
      if command.first != "classify" { #expect(outcome.errors.isEmpty, "\(command)") }
    }
  }

  /// LMDB believes its pages: an entry that is said to hold a tree of its own, which it follows.
  @Test func `a table file that leads astray is an error, never a crash`() throws {
    let stage = Stage()
    try stage.works("cql", "-f", stage.write("a.cql", Self.filling))
    let path = stage.data + "/tables/data.mdb"
    var bytes = try LocalDisk().readAll(path)
    let pageSize = 4_096
    func number(_ place: Int) -> Int { Int(bytes[place]) | Int(bytes[place + 1]) << 8 }
    for page in stride(from: 0, to: bytes.count - pageSize + 1, by: pageSize)
    where number(page + 10) & 0x02 != 0 {
      for entry in stride(from: page + 16, to: page + number(page + 12), by: 2) {
        bytes[page + number(entry) + 4] |= 0x04
      }
    }
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    for command in [["check", "tables"], ["cql", "-e", "SELECT * FROM k.t"], ["compact"]] {
      let outcome = try Program.run(command, in: stage.folder)
      #expect(outcome.code == 1, "\(command): \(outcome)")
      #expect(outcome.errors.contains("data.mdb"), "\(command): \(outcome)")
    }
  }

  private static let filling =
    "CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};\n"
    + "CREATE TABLE k.t (p int PRIMARY KEY, v int);\n"
    + (0..<500).map { "INSERT INTO k.t (p, v) VALUES (\($0), 1);\n" }.joined()

  @Test func `garbage in any file is an error or a repair, never a crash`() throws {
    var random = Seed.random()
    let stage = Stage()
    try stage.train()
    try stage.write("a.jsonl", Stage.posts(0..<300) + "not JSON\n")
    try stage.works("run", "--file", "a.jsonl", "--exit")
    let sound = stage.data
    let files = try #require(FileManager.default.enumerator(atPath: sound)).allObjects
      .compactMap { $0 as? String }.filter { !LocalDisk().isDirectory(sound + "/" + $0) }.sorted()
    let commands = [
      ["check"], ["run", "--file", "a.jsonl", "--exit"], ["topics", "list"], ["groups", "list"],
      ["consume", "posts", "--json"], ["models", "list"], ["models", "show", "complaints"],
      ["explain", "where is my parcel"], ["doctor"], ["cql", "-e", "SELECT * FROM grouse.posts"],
      ["check"],
    ]
    for file in files {
      for kind in 0..<4 {
        let data = stage.folder("damaged")
        try? FileManager.default.removeItem(atPath: data)
        try FileManager.default.copyItem(atPath: sound, toPath: data)
        var bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: data + "/" + file)))
        switch kind {
        case 0: bytes = bytes.map { _ in .random(in: 0...255, using: &random) } + [1, 2, 3]
        case 1: bytes = Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random)))
        case 2:
          for place in bytes.indices.shuffled(using: &random).prefix(12) {
            bytes[place] = .random(in: 0...255, using: &random)
          }
        default: bytes = [UInt8](repeating: 0, count: bytes.count)
        }
        try Data(bytes).write(to: URL(fileURLWithPath: data + "/" + file))
        for command in commands {
          let outcome = try Program.run(command + ["--data-dir", data], in: stage.folder)
          #expect(outcome.isOrderly, "\(command) with \(file), damage \(kind): \(outcome)")
          #expect(outcome.code == 0 || outcome.code == 1, "\(command) with \(file): \(outcome)")
          #expect(outcome.code == 0 || !outcome.errors.isEmpty, "\(command) with \(file)")
        }
      }
    }
  }
}
