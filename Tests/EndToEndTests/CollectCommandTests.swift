import Foundation
import Machine
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite struct `Collecting files` {
  /// Packs a file as the system's own program does; nil where there is none.
  private func pack(_ stage: Stage, _ tool: String, _ name: String) throws -> Bool {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [tool, "-q", "-f", stage.folder(name)]
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus == 0
  }

  @Test func `a second run adds nothing, unless it is told to`() throws {
    let stage = Stage()
    try stage.write("a.jsonl", Stage.posts(0..<30))
    for (records, known) in [(30, 0), (0, 30)] {
      let line = try stage.works("collect", "--file", "a.jsonl", "--json").objects().first
      #expect(line?["records"] as? Int == records && line?["known"] as? Int == known)
    }
    // It is the same file by whatever path, also to `run`.
    try stage.train()
    try stage.works("run", "--file", "./a.jsonl", "--exit")
    #expect(try stage.works("consume", "posts").lines.count == 30)
    try stage.works("collect", "--file", "a.jsonl", "--again")
    #expect(try stage.works("consume", "posts").lines.count == 60)
    try stage.works("run", "--exit")
    #expect(try stage.postCount() == 30)
  }

  @Test func `several files are collected one after the other`() throws {
    let stage = Stage()
    for (name, posts) in [("a.jsonl", 0..<10), ("b.jsonl", 10..<30)] {
      try stage.write(name, Stage.posts(posts))
    }
    let lines = try stage.works("collect", "--file", "a.jsonl", "--file", "b.jsonl", "--json")
      .objects()
    #expect(lines.map { $0["records"] as? Int } == [10, 20])
    #expect(lines.map { $0["source"] as? String } == ["a.jsonl", "b.jsonl"])
    #expect(try stage.works("consume", "posts").lines.count == 30)
    try stage.fails(
      "collect", "--file", "a.jsonl", "--file", "b.jsonl", "--follow", code: 64,
      saying: ["one file"])
  }

  @Test func `a file that another one collects is left to it`() throws {
    let stage = Stage()
    try stage.train()
    let path = try stage.write("app.log", Stage.posts(0..<10))
    // `run` holds the log, so that both collect into it.
    let run = try stage.start("run")
    try run.wait {
      try String(decoding: stage.grouse("doctor").output, as: UTF8.self).contains("grouse run")
    }
    let follow = try stage.start("collect", "--file", path, "--follow")
    try follow.wait { try stage.grouse("consume", "posts").lines.count >= 10 }
    try stage.fails("collect", "--file", "./app.log", saying: ["app.log", "is being collected by"])
    follow.send(SIGKILL)
    _ = follow.wait()
    let line = try stage.works("collect", "--file", "app.log", "--json").objects().first
    #expect(line?["known"] as? Int == 10)
    run.send(SIGTERM)
    #expect(run.wait().code == 0)
    #expect(try stage.works("consume", "posts").lines.count == 10)
  }

  @Test func `what holds no posts at all is refused`() throws {
    let stage = Stage()
    try stage.write(
      "program", [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1] + [UInt8](repeating: 0, count: 99))
    try stage.fails("collect", "--file", "program", saying: ["no text"])
    try stage.write("open.csv", "id,text\n1,\"never closed\n2,more\n".utf8)
    try stage.fails("collect", "--file", "open.csv", saying: ["open.csv holds no posts"])
    #expect(try stage.works("consume", "posts").lines.isEmpty)
    try stage.fails(
      "collect", "--file", "program", "--topic", "posts.dead", code: 64, saying: ["another topic"])
  }

  @Test func `a run that is to end expires what is too old before it does`() throws {
    let stage = Stage()
    try stage.train()
    try stage.write("old.jsonl", Stage.posts(0..<900))
    try stage.works("run", "--file", "old.jsonl", "--exit")
    #expect(try stage.postCount() == 900)
    try stage.works("run", "--exit", environment: ["GROUSE_RETENTION_DAYS": "1"])
    #expect(try stage.postCount() == 0)
  }

  @Test func `a run none of whose sources can be read ends and says so`() throws {
    let stage = Stage()
    try stage.train()
    try stage.write("program", [UInt8](repeating: 0, count: 99))
    try stage.fails("run", "--file", "program", saying: ["no text", "1 failed source"])
  }

  @Test(arguments: [("gzip", "gz"), ("zstd", "zst")])
  func `what the system's programs pack is read, also from a pipe`(
    tool: String, ending: String
  ) throws {
    let stage = Stage()
    try stage.write("a.jsonl", Stage.posts(0..<3_000))
    guard try pack(stage, tool, "a.jsonl") else {
      withKnownIssue("\(tool) is not installed here") { Issue.record("skipped") }
      return
    }
    let name = "a.jsonl.\(ending)"
    let line = try stage.works("collect", "--file", name, "--json").objects().first
    #expect(line?["records"] as? Int == 3_000)
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: stage.folder(name))))
    let piped = try Program.run(
      ["collect", "--stdin", "--topic", "piped", "--json"], in: stage.folder, input: bytes)
    #expect(try piped.objects().first?["records"] as? Int == 3_000)
    try stage.write(name, bytes.prefix(bytes.count / 2))
    try stage.fails(
      "collect", "--file", name, "--topic", "half", saying: [name, "cut short at byte", "kept"])
    try stage.write(name, bytes)
    try stage.works("collect", "--file", name, "--topic", "half")
    #expect(try stage.works("consume", "half").lines.count == 3_000)
  }

  @Test(arguments: [SIGINT, SIGTERM])
  func `a followed file ends in order, with all that was in it`(number: Int32) throws {
    let stage = Stage()
    let path = try stage.write("app.log", Stage.posts(0..<10))
    let follow = try stage.start("collect", "--file", "app.log", "--follow", "--json")
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data(Stage.posts(10..<25).utf8))
    try follow.wait { try stage.grouse("consume", "posts").lines.count >= 25 }
    follow.send(number)
    let outcome = follow.wait()
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(try outcome.objects().first?["records"] as? Int == 25)
    let again = try stage.works("collect", "--file", "app.log", "--json").objects().first
    #expect(again?["records"] as? Int == 0 && again?["known"] as? Int == 25)
  }

  @Test func `a pace is ended at once, and the next run goes on`() throws {
    let stage = Stage()
    try stage.write("a.jsonl", Stage.posts(0..<30))
    let slow = try stage.start("collect", "--file", "a.jsonl", "--rate", "0.01")
    try slow.wait { try stage.grouse("consume", "posts").lines.count >= 1 }
    slow.send(SIGTERM)
    #expect(slow.wait().code == 143)
    try stage.works("collect", "--file", "a.jsonl", "--speed", "1000")
    #expect(try stage.works("consume", "posts").lines.count == 30)
    for wrong in [["--rate", "1", "--speed", "2"], ["--speed", "0"], ["--follow", "--again"]] {
      let outcome = try Program.run(
        ["collect", "--file", "a.jsonl"] + wrong, in: stage.folder)
      #expect(outcome.code == 64, "\(wrong)")
    }
    try stage.fails("collect", "--stdin", "--follow", code: 64, saying: ["--file"])
  }
}
