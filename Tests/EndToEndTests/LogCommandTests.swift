import Foundation
import Machine
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite struct `Log commands` {
  @Test(arguments: ["none", "gzip", "snappy", "lz4", "zstd"])
  func `records come out as they went in, whatever the compression`(codec: String) throws {
    let stage = Stage()
    let lines = (0..<300).map { "k\($0 % 7):value \($0) é" }
    try stage.works(
      "produce", "t", "--key-separator", ":", "--header", "from=test", "--header", "empty=",
      "--compression", codec, input: lines.joined(separator: "\n"))
    let found = try stage.works("consume", "t", "--json").objects()
    #expect(
      found.map { "\($0["key"] as? String ?? ""):\($0["value"] as? String ?? "")" } == lines)
    #expect(
      found.allSatisfy { $0["headers"] as? [String: String] == ["from": "test", "empty": ""] })
    #expect(found.map { $0["offset"] as? Int } == (0..<300).map { $0 })
    let dump = try stage.works("log", "dump", "t", "--json", "--records").objects()
    let batches = dump.filter { $0["kind"] as? String == "batch" }
    #expect(batches.allSatisfy { $0["compresscodec"] as? String == codec })
    #expect(batches.allSatisfy { $0["isvalid"] as? Bool == true })
    #expect(dump.filter { $0["kind"] as? String == "record" }.count == 300)
    try stage.works("check", "log")
  }

  @Test func `what consume prints as JSON, produce takes: nulls, headers, times, any bytes`() throws
  {
    let stage = Stage()
    let lines = [
      #"{"key": "a", "value": null, "headers": {"h": null, "i": "x"}, "timestamp": 1795592688545}"#,
      #"{"key": null, "value": "", "timestamp": "2026-11-20T18:00:00.123Z", "partition": 1}"#,
      #"{"key_base64": "/wA=", "value_base64": "gIGC", "partition": 0}"#,
      #"{"value": {"an": ["object", 1.50]}, "partition": 2}"#,
    ]
    try stage.works("topics", "create", "t", "--partitions", "3")
    try stage.works("topics", "create", "u", "--partitions", "3")
    try stage.works("produce", "t", "--format", "json", input: lines.joined(separator: "\n"))
    let first = try stage.works("consume", "t", "--json").text
    try stage.works("produce", "u", "--format", "json", input: first)
    let second = try stage.works("consume", "u", "--json").text
    #expect(second == first.replacingOccurrences(of: #""topic": "t""#, with: #""topic": "u""#))
    for part in [
      #""value": null"#, #""headers": {"h": null, "i": "x"}"#, #""value": """#,
      "2026-11-20 18:00:00.123Z", #""key_base64": "/wA=""#, #""value_base64": "gIGC""#,
      #""value": "{\"an\": [\"object\", 1.50]}""#,
    ] { #expect(first.contains(part), "\(part) in \(first)") }
    for (line, word) in [
      ("nonsense", "(stdin):2"), (#"{"valeu": 1}"#, "valeu"), (#"{"partition": "x"}"#, "partition"),
      (#"{"timestamp": "soon"}"#, "timestamp"), (#"{"value_base64": "?"}"#, "base 64"),
      (#"{"headers": 3}"#, "headers"), (#"{"partition": 9, "value": ""}"#, "no partition 9"),
    ] {
      try stage.fails(
        "produce", "t", "--format", "json", input: #"{"value": "kept"}"# + "\n" + line,
        saying: [word])
    }
    let kept = try stage.works("consume", "t").text.split(separator: "\n").filter { $0 == "kept" }
    #expect(kept.count == 7)
  }

  @Test func `patterns print what they name, and unknown ones are refused`() throws {
    let stage = Stage()
    try stage.works(
      "produce", "t", "--key-separator", ":", "--null", "--header", "h=1", input: "k:\nk:vé\n")
    #expect(
      try stage.works("consume", "t", "-o", #"%t-%p@%o %k/%K %s/%S %h %%\t\x41\\\n"#).text
        == "t-0@0 k/1 /-1 h=1 %\tA\\\nt-0@1 k/1 vé/3 h=1 %\tA\\\n")
    for pattern in ["%q", "%", "\\", "\\x1", "\\xzz"] {
      try stage.fails("consume", "t", "-o", pattern, code: 64, saying: ["-o"])
    }
    try stage.fails("consume", "t", "-o", "%s", "--json", code: 64, saying: ["exclude"])
  }

  @Test func `a topic's settings are set, shown, changed, kept, and wrong ones named`() throws {
    let stage = Stage()
    try stage.works("topics", "create", "t", "--set", "retention.ms=1000")
    func settings() throws -> [String: String] {
      let found = try stage.works("topics", "describe", "t", "--configs", "--json").objects()
      return found.last?["configs"] as? [String: String] ?? [:]
    }
    #expect(try settings()["retention.ms"] == "1000")
    #expect(try settings()["cleanup.policy"] == "delete" && settings().count == 17)
    try stage.works(
      "topics", "alter", "t", "--set", "cleanup.policy=compact,delete", "--unset", "retention.ms",
      "--partitions", "3")
    #expect(try settings()["cleanup.policy"] == "compact,delete")
    #expect(try settings()["retention.ms"] == "-1")
    #expect(try stage.works("topics", "describe", "t", "--json").objects().count == 4)
    for (arguments, word) in [
      (["--set", "retention.sm=1"], "retention.ms"), (["--set", "retention.ms=x"], "retention.ms"),
      (["--set", "cleanup.policy=shred"], "compact"), (["--set", "segment.bytes=0"], "14"),
      (["--set", "compression.type=rar"], "zstd"), (["--partitions", "2"], "become more"),
      (["--set", "min.compaction.lag.ms=5", "--set", "max.compaction.lag.ms=4"], "max.compaction"),
    ] {
      let outcome = try Program.run(["topics", "alter", "t"] + arguments, in: stage.folder)
      let code: Int32 = arguments.first == "--partitions" ? 1 : 64
      #expect(
        outcome.code == code && outcome.errors.contains(word), "\(arguments): \(outcome.errors)")
    }
    try stage.fails("topics", "alter", "t", code: 64, saying: ["nothing to change"])
    try stage.fails("topics", "alter", "nope", "--partitions", "2", saying: ["nope"])
    try stage.fails("topics", "create", "u", "--set", "x", code: 64, saying: ["KEY=VALUE"])
    try stage.fails("topics", "create", "u", "--set", "x=1", code: 64, saying: ["x"])
    #expect(try !stage.works("topics", "list").text.contains("u "))
    #expect(try settings()["cleanup.policy"] == "compact,delete")
  }

  @Test func `a compacted topic keeps each key's last value`() throws {
    let stage = Stage()
    try stage.works(
      "topics", "create", "latest", "--set", "cleanup.policy=compact", "--set", "segment.bytes=300")
    for round in 0..<6 {
      let lines = ["a", "b", "c"].map { "\($0):\(round)" }.joined(separator: "\n")
      try stage.works("produce", "latest", "--key-separator", ":", input: lines)
    }
    try stage.fails(
      "produce", "latest", input: "no key", saying: ["latest-0", "compacted", "none"])
    try stage.works("topics", "clean", "--force")
    let found = try stage.works("consume", "latest", "-o", #"%k=%s\n"#).lines
    #expect(found.count < 18)
    #expect(
      Dictionary(found.map { ($0.first!, $0) }) { $1 }.values.sorted() == ["a=5", "b=5", "c=5"])
    try stage.works("check", "log")
  }

  @Test func `retention and deletion take the oldest records, and say so`() throws {
    let stage = Stage()
    try stage.works(
      "topics", "create", "t", "--set", "segment.bytes=200", "--set", "retention.bytes=500")
    for round in 0..<12 { try stage.works("produce", "t", input: "record number \(round)") }
    try stage.works("topics", "clean")
    let first = try #require(try stage.works("consume", "t", "-o", #"%o\n"#).lines.first)
    let start = try #require(Int(first))
    #expect(start > 0 && start < 12)
    try stage.works("topics", "delete-records", "t", "--before", "10")
    #expect(try stage.works("consume", "t").lines == ["record number 10", "record number 11"])
    try stage.fails("consume", "t", "--from", "3", saying: ["t-0@3", "10 up to 12"])
    try stage.fails("topics", "delete-records", "t", "--before", "99", saying: ["t-0@99"])
    try stage.fails("topics", "delete-records", "t", "--before", "x", code: 64, saying: ["end"])
    try stage.works("topics", "delete-records", "t", "--before", "end")
    #expect(try stage.works("consume", "t").lines.isEmpty)
    try stage.works("produce", "t", input: "next")
    #expect(try stage.works("consume", "t", "-o", "%o %s").text == "12 next")
    try stage.works("check", "log")
  }

  @Test func `groups are moved to any place, after a look at where that is`() throws {
    let stage = Stage()
    let lines = (0..<10).map { #"{"value": "\#($0)", "timestamp": \#(1000 + $0 * 10)}"# }
    try stage.works("produce", "t", "--format", "json", input: lines.joined(separator: "\n"))
    #expect(try stage.works("consume", "t", "--group", "g", "-n", "4").lines.count == 4)
    func offset() throws -> Int? {
      try stage.works("groups", "describe", "g", "--json").objects().first?["current_offset"]
        as? Int
    }
    for (arguments, expected) in [
      (["--shift-by", "-2"], 2), (["--shift-by", "99"], 10), (["--to", "earliest"], 0),
      (["--to", "latest"], 10), (["--to", "7"], 7), (["--to", "99"], 10),
      (["--to", "1970-01-01T00:00:01.035Z"], 4), (["--to", "current"], 4),
    ] {
      let before = try offset()
      let plan = try Program.run(
        ["groups", "reset", "g"] + arguments + ["--dry-run", "--json"], in: stage.folder
      ).objects()
      #expect(plan.first?["after"] as? Int == expected && plan.first?["before"] as? Int == before)
      #expect(try offset() == before)
      #expect(try Program.run(["groups", "reset", "g"] + arguments, in: stage.folder).code == 0)
      #expect(try offset() == expected, "\(arguments)")
    }
    #expect(
      try stage.works("consume", "t", "--group", "g").lines == ["4", "5", "6", "7", "8", "9"])
    try stage.fails("groups", "reset", "nobody", "--to", "latest", saying: ["nobody"])
    try stage.works("groups", "reset", "new", "--topic", "t", "--to", "5")
    #expect(try stage.works("consume", "t", "--group", "new").lines.first == "5")
    try stage.fails("groups", "reset", "g", code: 64, saying: ["--to"])
    try stage.fails("groups", "reset", "g", "--to", "soon", code: 64, saying: ["--to soon"])
    try stage.works("groups", "delete", "g")
    try stage.fails("groups", "describe", "g", saying: ["no group g"])
    try stage.fails("groups", "delete", "g", saying: ["no group g"])
  }

  @Test func `the query itself is sent back, and reads again without doubling anything`() throws {
    let stage = Stage()
    try stage.train()
    try stage.write("a.jsonl", Stage.posts(0..<50))
    try stage.works("run", "--file", "a.jsonl", "--exit")
    try stage.fails("groups", "delete", "classify", saying: ["groups reset classify"])
    try stage.works("groups", "reset", "classify", "--to", "earliest")
    let totals = try #require(try stage.works("work", "--exit", "--json").objects().first)
    #expect(totals["read"] as? Int == 50)
    #expect(try stage.postCount() == 50)
  }

  @Test func `who follows sees what another process appends`() throws {
    let stage = Stage()
    try stage.works("produce", "t", input: "first")
    let follower = try stage.start("consume", "t", "--follow", "-n", "3", "-o", #"%s\n"#)
    var seen = ""
    while !seen.contains("first\n") {
      let output = follower.nextOutput()
      try #require(!output.isEmpty)
      seen += String(decoding: output, as: UTF8.self)
    }
    try stage.works("produce", "t", input: "second\nthird")
    let outcome = follower.wait()
    #expect(outcome.code == 0)
    #expect(seen + outcome.text == "first\nsecond\nthird\n")
  }

  @Test func `a dump shows every kind of file, and names what is broken`() throws {
    let stage = Stage()
    try stage.works("topics", "create", "t", "--set", "segment.bytes=2000")
    for round in 0..<40 {
      try stage.works(
        "produce", "t", input: (0..<9).map { "line \(round).\($0)" }.joined(separator: "\n"))
    }
    let folder = stage.data + "/log/t-0/"
    let files = try LocalDisk().list(folder)
    for suffix in [".log", ".index", ".timeindex", ".snapshot"] {
      let name = try #require(files.first { $0.hasSuffix(suffix) })
      #expect(try stage.works("log", "dump", folder + name).text.contains(name))
    }
    let text = try stage.works("log", "dump", "t", "--data").text
    #expect(text.contains("payload: line 39.8") && text.contains("isvalid: true"))
    try stage.fails("log", "dump", "nope", saying: ["no topic nope"])
    try stage.fails("log", "dump", "/etc/hosts", saying: [".timeindex"])
    let log = folder + (files.first { $0.hasSuffix(".log") } ?? "")
    var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: log)))
    bytes[bytes.count / 2] ^= 1
    try Data(bytes).write(to: URL(fileURLWithPath: log))
    let dump = try stage.fails("log", "dump", log, saying: ["grouse check log"])
    #expect(dump.text.contains("isvalid: false") || dump.text.contains("fault:"))
    try stage.fails("check", "log", saying: ["t-0@"])
  }
}
