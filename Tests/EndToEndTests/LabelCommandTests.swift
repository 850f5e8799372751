import Foundation
import Machine
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite struct `Judging posts` {
  /// A data directory with a small model and so many classified posts.
  private static func stage(posts: Int) throws -> Stage {
    let stage = Stage()
    let rows = (0..<40).map {
      "parcel \($0) never came and is late,complaint\nlove my coat \($0),other\n"
    }.joined()
    try stage.write("rows.csv", "text,label\n" + rows)
    try stage.works("train", "rows.csv", "--folds", "0")
    try stage.write("posts.jsonl", Stage.posts(0..<posts))
    try stage.works("run", "--file", "posts.jsonl", "--exit")
    return stage
  }

  private func exported(_ stage: Stage, _ options: String...) throws -> [String] {
    let outcome = try Program.run(["label", "--export", "-"] + options, in: stage.folder)
    #expect(outcome.code == 0, "\(outcome.errors)")
    return outcome.lines.dropFirst().map(String.init)
  }

  @Test func `labels are written over no device, and where a link leads`() throws {
    let stage = Stage()
    try stage.train()
    try stage.fails("label", "--export", "/dev/null", saying: ["/dev/null is no plain file"])
    try stage.write("target.csv", "old".utf8)
    try FileManager.default.createSymbolicLink(
      atPath: stage.folder("link.csv"), withDestinationPath: "target.csv")
    try stage.works("label", "--export", "link.csv")
    let target = try Data(contentsOf: URL(fileURLWithPath: stage.folder("target.csv")))
    #expect(String(decoding: target, as: UTF8.self).hasPrefix("text,label"))
    #expect(
      try FileManager.default.destinationOfSymbolicLink(atPath: stage.folder("link.csv"))
        == "target.csv")
  }

  @Test func `keys from a pipe are verdicts, and what is exported can be learnt from`() throws {
    let stage = try Self.stage(posts: 12)
    let keys = "c\nt delivery\nn was it us?\no\nu\ns\nz\nc\n"
    let said = try stage.works("label", "--labeller", "ann", "--order", "newest", input: keys)
    #expect(said.lines.count == 7 && said.errors.contains("4 posts judged"))
    var rows = try exported(stage, "--all")
    #expect(rows.count == 4 && rows[1].contains(",other,delivery,"))
    #expect(rows[1].hasSuffix(",was it us?") && rows.allSatisfy { $0.contains(",ann,") })
    rows = try exported(stage)
    #expect(rows.count == 3, "who was unsure has said nothing")
    // A second run shows others.
    let more = try stage.works(
      "label", "--labeller", "ann", "--order", "newest", "--json", input: "o\no\no"
    ).objects()
    #expect(more.count == 5 && more.first?["left"] as? Int == 8)
    #expect(more.last?["other"] as? Int == 3)
    #expect(try exported(stage).count == 6)

    try stage.works("label", "--second-opinion", "--labeller", "bob", input: "c\nc\nc\nc\nc\no\n")
    let agreement = try stage.works("label", "--agreement", "--json").objects()
    #expect(agreement.count == 1 && agreement.first?["posts"] as? Int == 6)
    #expect(agreement.first?["labellers"] as? [String] == ["ann", "bob"])
    let table = try stage.works("label", "--agreement").text
    #expect(table.contains("ann, bob") && table.contains("kappa"))

    try stage.works("train", "--labels", "--labeller", "ann", "--folds", "0", "--no-topics")
    let manifest = try stage.works("models", "show", "complaints@2", "--json").objects().first
    #expect(manifest?["examples"] as? Int == 6)
    try stage.works("train", "rows.csv", "--labels", "--labeller", "bob", "--folds", "2")
    let beside = try stage.works("models", "show", "complaints@3", "--json").objects().first
    #expect(beside?["examples"] as? Int == 86)
    try stage.works("train", "--labels", "--folds", "0", "--start-from", "rows.csv", "--no-topics")

    try stage.works("label", "--export", "l.csv", "--by", "bob")
    try stage.works("evaluate", "l.csv")
    let other = ["--data-dir", "other", "label", "--import", "l.csv", "--json"]
    for (added, known) in [(6, 0), (0, 6)] {
      let outcome = try Program.run(
        Array(other.dropFirst(2)) + other.prefix(2), in: stage.folder)
      let counts = try outcome.objects().first
      #expect(counts?["added"] as? Int == added && counts?["known"] as? Int == known)
    }
    try stage.works("check")
  }

  @Test func `a kill takes no verdict that was accepted`() throws {
    let stage = try Self.stage(posts: 40)
    var accepted = 0
    for round in 0..<6 {
      let label = try stage.start("label", "--json")
      var shown = 0
      var buffer: [UInt8] = []
      // Each post behind the first one says that the verdict before it was accepted.
      while shown <= round {
        while let end = buffer.firstIndex(of: 10) {
          buffer.removeSubrange(...end)
          shown += 1
          label.write("c\n")
        }
        let more = label.nextOutput()
        try #require(!more.isEmpty)
        buffer += more
      }
      label.send(SIGKILL)
      _ = label.wait()
      let held = try exported(stage).count
      #expect(held >= accepted + shown - 1 && held <= accepted + shown + 1)
      accepted = held
    }
    #expect(accepted > 6)
    try stage.works("check")
  }

  @Test func `several people judge at once, beside a run`() throws {
    let stage = try Self.stage(posts: 60)
    let run = try stage.start("run", "--stdin")
    #expect(run.waitForError("Ctrl-C"))
    let people = try ["ann", "bob", "cyd"].map { name in
      try stage.start("label", "--labeller", name, "--order", "random", "--json", "--seed", "3")
    }
    // All have the same posts before them; who is later passes over what is judged.
    for person in people { _ = person.nextOutput() }
    for _ in 0..<60 { for person in people { person.write("c\n") } }
    for person in people { person.closeInput() }
    let outcomes = people.map { $0.wait() }
    for outcome in outcomes { #expect(outcome.code == 0, "\(outcome.errors)") }
    let given = try outcomes.compactMap { try $0.objects().last?["complaint"] as? Int }
    let rows = try exported(stage)
    #expect(given.count == 3 && rows.count == given.reduce(0, +) && rows.count >= 60)
    let posts = Set(rows.compactMap { $0.split(separator: ",").dropLast(2).last })
    #expect(posts.count == 60)
    run.closeInput()
    run.send(SIGTERM)
    #expect(run.wait().code == 0)
  }

  @Test func `a session that is open brings no forgotten text back`() throws {
    let stage = try Self.stage(posts: 1)
    let lines = (0..<3).map {
      #"{"data":{"id":"50\#($0)","text":"@ASOS secret \#($0), where is my parcel?","lang":"en","#
        + #""author_id":"77\#($0)","created_at":"2026-11-20T00:03:1\#($0).000Z"}}"# + "\n"
    }
    try stage.works("run", "--stdin", "--exit", input: lines.joined())
    let label = try stage.start("label", "--order", "newest")
    var shown = [UInt8]()
    while !shown.contains(10) {
      let more = label.nextOutput()
      try #require(!more.isEmpty)
      shown += more
    }
    #expect(String(decoding: shown, as: UTF8.self).hasPrefix("502\t"))
    let forgot = try stage.works("forget", "user:772", "user:771")
    #expect(forgot.errors.contains("forgot 2 posts"))
    for _ in 0..<4 { label.write("c\n") }
    label.closeInput()
    let outcome = label.wait()
    #expect(outcome.code == 0 && outcome.errors.contains("forgotten meanwhile"))
    #expect(outcome.errors.contains("2 posts judged"), "\(outcome.errors)")
    let rows = try exported(stage)
    #expect(rows.count == 2 && rows.count { $0.contains("secret") } == 1)
    let again = try stage.works("forget", "user:772", "user:771")
    #expect(again.errors.contains("nothing is kept of that"))
    // Of whom no row and no record is left, but a label.
    try stage.works("cql", "-e", "TRUNCATE grouse.posts")
    try stage.works("topics", "delete", "posts")
    let last = try stage.works("forget", "user:770", "--json").objects().first
    #expect(last?["labels"] as? Int == 1)
    let bytes = try LocalDisk().readAll(stage.data + "/workbench.sqlite")
    #expect(bytes.firstRange(of: Array("secret".utf8)) == nil)
    #expect(try exported(stage).count == 1)
  }

  @Test(.enabled(if: TypedTerminal.isThere, "needs Python"))
  func `on a terminal one key is a verdict`() throws {
    let stage = try Self.stage(posts: 6)
    let session = try TypedTerminal.run(
      ["label", "--order", "newest", "--labeller", "ann"], in: stage.folder,
      [
        // Keys that come before the prompt are not meant for it.
        ("", "> "), ("c", "> "), ("?", "> "), ("t", "none):"), ("delivery\n", "> "),
        ("n", "none):"), ("a note\n", "> "), ("o", "> "), ("\u{1B}[A", "> "), ("z", "> "),
        ("u", "> "), ("q", ""),
      ])
    #expect(session.code == 0, "\(session.shown)")
    let shown = session.shown.joined()
    for words in ["5 left", "4 left", "z undo", "note: a note"] { #expect(shown.contains(words)) }
    let rows = try exported(stage, "--all")
    #expect(rows.count == 2 && rows[1].contains(",unsure,delivery,"), "\(rows)")
    let ended = try TypedTerminal.run(
      ["label", "--labeller", "ann"], in: stage.folder, [("", "> "), ("c", "> "), ("\u{3}", "")])
    #expect(ended.code == 130 && ended.shown.joined().contains("kept"), "\(ended)")
    #expect(try exported(stage, "--all").count == 3)
  }

  @Test func `what cannot be is refused`() throws {
    let stage = Stage()
    try stage.fails("label", "--export", "-", "--agreement", code: 64, saying: ["one of"])
    try stage.fails("label", "--order", "best", code: 64, saying: ["uncertain, random, newest"])
    try stage.fails("label", "--positive", "1", code: 64, saying: ["--import"])
    try stage.fails("train", code: 64, saying: ["--labels"])
    try stage.fails("label", "--import", "gone.csv", saying: ["gone.csv"])
    #expect(!LocalDisk().exists(stage.data))
    try stage.fails("label", "--agreement", saying: ["no data directory"])
    try stage.fails("train", "--labels", saying: ["no data directory"])
    #expect(try stage.works("label").errors.contains("no posts yet"))
    try stage.fails("train", "--labels", saying: ["no post is judged", "grouse label"])
    try stage.write("three.csv", "text,label\na,x\nb,y\nc,z\n")
    try stage.fails("label", "--import", "three.csv", saying: ["three.csv", "--positive"])
    let staged = try Self.stage(posts: 2)
    try staged.fails("label", input: "x\nc\n", saying: ["line 1", "no key"])
    #expect(try exported(staged).count == 1)
  }
}
