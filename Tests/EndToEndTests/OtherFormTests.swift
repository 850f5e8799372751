import Foundation
import Machine
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite struct `Files of other forms` {
  private func stage() throws -> Stage {
    let stage = Stage()
    let rows = (0..<20).map {
      "parcel \($0) never came and I wait,complaint\nlovely coat number \($0) thanks,other\n"
    }.joined()
    try stage.write("rows.csv", "text,label\n" + rows)
    try stage.works("train", "rows.csv", "--folds", "2", "--no-topics")
    return stage
  }

  @Test func `a file that cannot be read is passed over, the others are not`() throws {
    let stage = try stage()
    try stage.write("good.jsonl", Stage.posts(0..<20))
    try stage.write("latin.csv", Array("te".utf8) + [0xE9] + Array("xt,id\na,1\n".utf8))
    try stage.write("nameless.csv", "a,b\nx,y\n")
    try stage.write("wide.jsonl", try #require(Stage.posts(0..<3).data(using: .utf16)))
    try stage.write("packed.jsonl", [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1, 2, 3])
    let files = ["latin.csv", "nameless.csv", "wide.jsonl", "packed.jsonl"]
    let run = ["run", "--exit", "--json"] + (files + ["good.jsonl"]).flatMap { ["--file", $0] }
    for read in [20, 0] {
      let outcome = try Program.run(run, in: stage.folder)
      #expect(outcome.code == 1 && outcome.isOrderly)
      for file in files { #expect(outcome.errors.contains(file), "\(file): \(outcome.errors)") }
      for word in ["not UTF-8", "no column \"text\"", "UTF-16", "gzip"] {
        #expect(outcome.errors.contains(word), "\(word): \(outcome.errors)")
      }
      let counts = try outcome.objects().first
      #expect(counts?["read"] as? Int == read && counts?["failed_sources"] as? Int == 4)
    }
    #expect(try stage.postCount() == 20)
    // What can be known before is said before anything is done.
    try stage.write("more.jsonl", Stage.posts(30..<40))
    try stage.fails(
      "run", "--file", "more.jsonl", "--file", "gone.csv", "--exit", saying: ["gone.csv"])
    #expect(try stage.postCount() == 20)
    for file in ["wide.jsonl", "packed.jsonl"] {
      try stage.fails("collect", "--file", file, saying: [file])
      try stage.fails("classify", file, saying: [file])
      try stage.fails("train", file, saying: [file])
    }
  }

  @Test func `classify finds posts where run does`() throws {
    let stage = try stage()
    let text = "where is my parcel"
    let stream =
      Stage.post(1, text) + #"{"delete":{"status":{"id":"5"}}}"# + "\n"
      + #"{"id":2,"full_text":"\#(text)","user":{"screen_name":"a"}}"# + "\n"
      + #"{"data":[{"id":"3","text":"\#(text)"},{"id":"4","text":"\#(text)"}]}"# + "\n"
    try stage.write("posts.jsonl", stream)
    try stage.write("posts.csv", "id,tweet\n1,\(text)\n")
    for (file, count) in [("posts.jsonl", 4), ("posts.csv", 1)] {
      let rows = try stage.works("classify", file).objects()
      #expect(rows.count == count && rows.allSatisfy { $0["text"] as? String == text }, "\(file)")
    }
    // Who names a field means that one.
    try stage.fails(
      "classify", "posts.jsonl", "--text", "text", saying: ["the row has no \"text\""])
    try stage.fails("classify", "posts.csv", "--text", "text", saying: ["no column \"text\""])
  }

  @Test func `tables with tabs are no text`() throws {
    let stage = try stage()
    try stage.write("a.tsv", "text\tlabel\nwhere is it\t1\n")
    try stage.fails("train", "a.tsv", saying: ["a.tsv", "tabs"])
    try stage.fails("classify", "a.tsv", saying: ["a.tsv", "tabs"])
    try stage.fails("classify", input: "id\ttext\n1\twhere\n", saying: ["tabs"])
    #expect(try stage.works("classify", input: "a post\twith a tab\n").lines.count == 1)
  }

  @Test func `nothing through a pipe is no mistake, and a signal is its code`() throws {
    let stage = try stage()
    let nothing = try stage.works("classify", input: "")
    #expect(nothing.output.isEmpty && nothing.errors.isEmpty)
    try stage.write("empty.txt", "")
    try stage.fails("classify", "empty.txt", saying: ["holds no posts"])
    let path = stage.folder("pipe")
    #expect(mkfifo(path, 0o600) == 0)
    // Open for both, so that nobody waits for the other end.
    let end = open(path, O_RDWR)
    let process = try stage.start("classify", "pipe")
    _ = "where is my parcel\n".utf8CString.withUnsafeBytes {
      write(end, $0.baseAddress, $0.count - 1)
    }
    #expect(String(decoding: process.nextOutput(), as: UTF8.self).contains("where is my parcel"))
    process.send(SIGINT)
    let ended = process.wait()
    #expect(ended.code == 130 && ended.errors.contains("interrupted"), "\(ended.errors)")
    close(end)
  }

  @Test(.disabled(if: !LocalDisk().exists("/dev/full"), "there is no such device"))
  func `a training whose report cannot be written says that the model was kept`() throws {
    let stage = try stage()
    let script = "\"$0\" train rows.csv --folds 0 --no-topics --model m > /dev/full"
    let process = try RunningProgram(
      ["-c", script, Program.path], in: stage.folder, program: "/bin/sh")
    let ended = process.wait()
    #expect(ended.code == 1 && ended.errors.contains("m@1 was kept"), "\(ended.errors)")
    try stage.works("models", "promote", "m@1")
    let again = try stage.works("train", "rows.csv", "--folds", "0", "--no-topics", "--model", "m")
    #expect(again.errors.contains("m still means m@1") && again.errors.contains("promote m@2"))
  }

  @Test func `a handful of posts tells nothing of how scores have moved`() throws {
    let stage = try stage()
    try stage.write("few.jsonl", Stage.posts(0..<99))
    try stage.write("more.jsonl", Stage.posts(99..<100))
    let few = try stage.works("run", "--file", "few.jsonl", "--exit", "--json").objects().first
    #expect(few?["psi"] is NSNull && few?["scored"] as? Int == 99)
    func shown() throws -> [String: Any]? {
      try stage.works("models", "show", "complaints", "--json").objects().first
    }
    for name in ["drift", "stream_drift"] {
      let drift = try shown()?[name] as? [String: Any]
      #expect(drift?["psi"] is NSNull && drift?["posts"] as? Int == 99, "\(name)")
    }
    #expect(try stage.works("models", "show", "complaints").text.contains("too few posts to tell"))
    let one = try stage.works("run", "--file", "more.jsonl", "--exit")
    #expect(one.errors.contains("too few posts to tell how scores are"))
    for name in ["drift", "stream_drift"] {
      #expect((try shown()?[name] as? [String: Any])?["psi"] as? Double != nil, "\(name)")
    }
  }
}
