import Foundation
import Machine
import TestSupport
import Testing

@Suite struct `Log output` {
  @Test func `every change prints what it did as JSON, an object a topic or partition`() throws {
    let stage = Stage()
    func one(_ arguments: String...) throws -> [String: Any] {
      let outcome = try Program.run(arguments + ["--json"], in: stage.folder)
      #expect(outcome.code == 0, "\(arguments): \(outcome.errors)")
      let objects = try outcome.objects()
      #expect(objects.count == 1, "\(arguments): \(outcome.text)")
      return objects.first ?? [:]
    }
    let made = try one("topics", "create", "t", "--partitions", "2", "--set", "segment.ms=9")
    #expect(made["topic"] as? String == "t" && made["partitions"] as? Int == 2)
    #expect(made["configs"] as? [String: String] == ["segment.ms": "9"])
    #expect((made["topic_id"] as? String)?.count == 22)
    let altered = try one("topics", "alter", "t", "--partitions", "3", "--unset", "segment.ms")
    #expect(altered["partitions"] as? Int == 3 && altered["topic_id"] as? String != nil)
    #expect((altered["configs"] as? [String: String])?.isEmpty == true)
    try stage.works("produce", "t", "--partition", "1", input: "a\nb\nc")
    let started = try one("topics", "delete-records", "t", "--before", "2", "--partition", "1")
    #expect(started["partition"] as? Int == 1 && started["start_offset"] as? Int == 2)
    #expect(try one("topics", "clean")["bytes_deleted"] as? Int == 0)
    try stage.works("consume", "t", "--group", "g")
    let positions = try stage.works("groups", "describe", "g", "--json").objects()
    #expect(positions.count == 3)
    for position in positions {
      let time = try #require(position["committed_at"] as? String)
      #expect(time.hasPrefix("20") && time.hasSuffix("Z"), "\(time)")
    }
    let moved = try stage.works("groups", "reset", "g", "--to", "earliest", "--json").objects()
    #expect(moved.map { $0["after"] as? Int } == [0, 2, 0])
    let forgotten = try stage.works("groups", "delete", "g", "--json").objects()
    #expect(forgotten.map { $0["partition"] as? Int } == [0, 1, 2])
    #expect(forgotten.map { $0["offset"] as? Int } == [0, 2, 0])
    #expect(try one("topics", "delete", "t")["topic_id"] as? String == made["topic_id"] as? String)
  }

  @Test func `a query whose rows tell no time has none in JSON`() throws {
    let stage = Stage()
    try stage.train()
    try stage.write("a.jsonl", Stage.posts(0..<5))
    try stage.works("run", "--file", "a.jsonl", "--exit")
    for position in try stage.works("groups", "describe", "classify", "--json").objects() {
      #expect(position["committed_at"] is NSNull || position["committed_at"] is String)
    }
  }

  @Test func `headers of any bytes and of one name come out as they went in`() throws {
    let stage = Stage()
    let lines = [
      #"{"value":"1","headers":{"a":"x","b":null}}"#,
      #"{"value":"2","headers":[{"name":"a","value":"x"},{"name":"a","value":null}]}"#,
      #"{"value":"3","headers":[{"name":"b","value_base64":"/w=="},{"name":"a","value":"x"}]}"#,
    ]
    try stage.works("produce", "t", "--format", "json", input: lines.joined(separator: "\n"))
    try stage.works(
      "produce", "t", "--header", "h=1", "--header", "h=2", "--header", "h=1", input: "4")
    let printed = try stage.works("consume", "t", "--json")
    for headers in [
      #"{"a": "x", "b": null}"#,
      #"[{"name": "a", "value": "x"}, {"name": "a", "value": null}]"#,
      #"[{"name": "b", "value_base64": "/w=="}, {"name": "a", "value": "x"}]"#,
      #"[{"name": "h", "value": "1"}, {"name": "h", "value": "2"}, {"name": "h", "value": "1"}]"#,
    ] { #expect(printed.text.contains("\"headers\": " + headers), "\(headers)") }
    try stage.works("produce", "u", "--format", "json", input: printed.text)
    #expect(
      try stage.works("consume", "u", "--json").text
        == printed.text.replacingOccurrences(of: #""topic": "t""#, with: #""topic": "u""#))
    for headers in ["[1]", "[[]]", #"[{"value":"x"}]"#, #"[{"name":1}]"#, #"["a"]"#, "[{},"] {
      try stage.fails(
        "produce", "t", "--format", "json", input: #"{"headers":\#(headers)}"#,
        saying: ["(stdin):1"])
    }
  }

  @Test func `a line without the key separator ends the work, or has no key where asked`() throws {
    let stage = Stage()
    let input = "a:1\nb:2\nno key\nc:3\n"
    try stage.fails(
      "produce", "t", "--key-separator", ":", input: input,
      saying: ["(stdin):3", "no key", "\":\"", "--allow-keyless"])
    let pattern = #"%k/%K=%s\n"#
    #expect(try stage.works("consume", "t", "-o", pattern).text == "a/1=1\nb/1=2\n")
    try stage.works("produce", "u", "--key-separator", ":", "--allow-keyless", input: input)
    #expect(
      try stage.works("consume", "u", "-o", pattern).text == "a/1=1\nb/1=2\n/-1=no key\nc/1=3\n")
  }

  @Test func `a record larger than a segment is refused, the others kept`() throws {
    let stage = Stage()
    try stage.works("topics", "create", "t", "--set", "segment.bytes=300")
    let lines = (0..<30).map { "record number \($0)" }
    let long = String(repeating: "x", count: 300)
    try stage.fails(
      "produce", "t", input: (lines + [long, "never"]).joined(separator: "\n"),
      saying: ["(stdin):31", "t-0", "segment.bytes, 300"])
    #expect(try stage.works("consume", "t").lines.map(String.init) == lines)
    for batch in try stage.works("log", "dump", "t", "--json").objects() {
      if let size = batch["size"] as? Int { #expect(size <= 300) }
    }
  }

  @Test func `topics that metrics could not tell apart are refused`() throws {
    let stage = Stage()
    try stage.works("topics", "create", "a_b")
    for command in [["topics", "create", "a.b"], ["produce", "a.b"]] {
      let outcome = try Program.run(command, in: stage.folder)
      #expect(outcome.code == 1, "\(outcome)")
      #expect(outcome.errors.contains("a.b collides with existing topics: a_b"), "\(outcome)")
    }
    try stage.works("topics", "delete", "a_b")
    try stage.works("topics", "create", "a.b")
  }

  /// Nothing more comes to the topic: without a look at the pipe the program would not end.
  @Test(arguments: [["a"], []])
  func `who follows ends when its reader has gone`(records: [String]) throws {
    let stage = Stage()
    try stage.works("topics", "create", "t")
    try stage.works("produce", "t", input: records.joined(separator: "\n"))
    let follower = try stage.start("consume", "t", "--follow")
    let outcome = follower.wait(readingOutput: 0)
    #expect(outcome.code == 141 && outcome.errors.isEmpty, "\(outcome)")
  }

  @Test func `a check prints JSON alone, what is wrong in it, or words alone`() throws {
    let stage = Stage()
    try stage.works("produce", "t", input: "a\nb\nc")
    let path = stage.data + "/log/t-0/00000000000000000000.log"
    var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    let clean = try stage.works("check", "--json").objects()
    #expect(clean.map { $0["area"] as? String } == ["log", "tables", "workbench"])
    #expect(clean.allSatisfy { $0["faults"] as? Int == 0 })
    #expect(clean.first?["records"] as? Int == 3)
    #expect(try stage.works("check").lines.first?.hasPrefix("log: clean, partitions 1, ") == true)
    #expect(try !stage.works("check").text.contains("{"))
    bytes[bytes.count - 1] ^= 1
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    let found = try stage.fails("check", "--json", saying: ["t-0@2"]).objects()
    let messages = found.first?["messages"] as? [String] ?? []
    #expect(found.first?["faults"] as? Int == messages.count)
    #expect(messages.first?.hasPrefix("t-0@2: ") == true)
    #expect(try stage.fails("check", saying: messages).text.contains("log: 2 faults, "))
  }
}
