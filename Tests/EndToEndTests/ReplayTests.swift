import Foundation
import Machine
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// `grouse replay`, alone and beside a running query: the same tables, whoever does the work.
@Suite(.serialized) struct `Replays of a data directory` {
  private func stage() throws -> Stage {
    let stage = Stage()
    try stage.train()
    // The second judges otherwise: its labels are the other way round for a part of the posts.
    let rows = (0..<60).map { number in
      number.isMultiple(of: 2)
        ? "where is my parcel number \(number),other" : "love my coat number \(number),complaint"
    }
    try stage.write("odd.csv", (["text,label"] + rows).joined(separator: "\n"))
    try stage.works("train", "odd.csv", "--positive", "complaint", "--folds", "0", "--model", "odd")
    try stage.write("posts.jsonl", Stage.posts(0..<400))
    return stage
  }

  private func rows(_ stage: Stage, _ table: String) throws -> [String] {
    try stage.works(
      "cql", "--json", "-e", "SELECT id, label, probability, model FROM grouse.\(table)"
    ).lines.map(String.init).sorted()
  }

  @Test func `a replay compares, swaps and comes back, beside a run and without one`() throws {
    let stage = try stage()
    try stage.works("run", "--file", "posts.jsonl", "--exit")
    let before = try rows(stage, "posts")
    let alone = try #require(
      try stage.works("replay", "--model", "odd", "--into", "alone", "--compare", "--json")
        .objects().first)
    let comparison = try #require(alone["comparison"] as? [String: Any])
    #expect(comparison["posts"] as? Int == before.count)
    #expect((comparison["flipped"] as? Int ?? 0) > 0)
    #expect(try rows(stage, "posts") == before)

    let process = try RunningProgram(["run"], in: stage.folder)
    #expect(process.waitForError("Ctrl-C ends it in order"))
    let beside = try #require(
      try stage.works("replay", "--model", "odd", "--into", "beside", "--compare", "--json")
        .objects().first)
    let same = try #require(beside["comparison"] as? [String: Any])
    #expect(NSDictionary(dictionary: same) == NSDictionary(dictionary: comparison))
    #expect(try rows(stage, "beside") == rows(stage, "alone"))
    try stage.fails(
      "replay", "--model", "odd", "--into", "Posts", code: 64, saying: ["small letters"])
    try stage.fails("replay", "--model", "nope", saying: ["nope"])
    try stage.fails("replay", "--undo", "--into", "beside", saying: ["not been swapped"])
    let replayed = try rows(stage, "beside")
    #expect(try stage.works("replay", "--model", "odd", "--into", "beside", "--swap").code == 0)
    #expect(try rows(stage, "posts") == replayed)
    #expect(try rows(stage, "beside") == before)
    // What comes now is judged by the new model.
    try stage.works("produce", "posts", input: Stage.post(9_999, "love my coat number 77"))
    var found: String?
    for _ in 0..<500 where found == nil {
      found = try rows(stage, "posts").first { $0.contains("9999") }
    }
    #expect(found?.contains("odd@1") == true)
    #expect(try stage.works("replay", "--undo", "--into", "beside").code == 0)
    #expect(try rows(stage, "posts").count == before.count + 1)
    #expect(try rows(stage, "posts").filter { $0.contains("odd@1") } == [])
    process.send(SIGTERM)
    #expect(process.wait().code == 0)
    try stage.works("check")
  }
}
