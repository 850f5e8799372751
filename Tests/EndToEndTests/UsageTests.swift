import Machine
import TestSupport
import Testing

@Suite struct `Usage` {
  /// Command lines that cannot be right, whatever there is, and what is said of them.
  private static let wrong: [(arguments: [String], words: [String])] = [
    (["topics", "create", "t", "--partitions", "-1"], ["--partitions", "'-1'", "1 to 1024"]),
    (["topics", "create", "t", "--partitions", "many"], ["--partitions", "1 to 1024"]),
    (["topics", "create", "a b"], ["a b", "letters"]),
    (["topics", "create", "__t"], ["__t", "log's own"]),
    (["topics", "create", "t", "--set", "retention.sm=1"], ["did you mean retention.ms?"]),
    (["topics", "create", "t", "--set", "retention.ms=x"], ["retention.ms", "\"x\""]),
    (["topics", "alter", "t", "--partitions", "-4"], ["--partitions", "1 to 1024"]),
    (["topics", "alter", "t", "--unset", "nothing"], ["nothing", "no such setting"]),
    (["topics", "alter", "t"], ["nothing to change"]),
    (["topics", "delete", "__t"], ["__t"]),
    (["topics", "delete-records", "t", "--before", "-1"], ["--before -1"]),
    (["topics", "delete-records", "t", "--before", "1", "--partition", "-1"], ["0 or more"]),
    (["produce", "a b"], ["a b", "letters"]),
    (["produce", "t", "--partition", "-1"], ["--partition", "0 or more"]),
    (["produce", "t", "--allow-keyless"], ["--key-separator"]),
    (["produce", "t", "--header", "x"], ["NAME=VALUE"]),
    (["consume", "t", "-n", "-1"], ["-n", "1 or more"]),
    (["consume", "t", "--from", "-1"], ["--from -1", "earliest"]),
    (["consume", "t", "--partition", "-1"], ["--partition", "0 or more"]),
    (["consume", "t", "--group", ""], ["group"]),
    (["consume", "t", "--group", " \t"], ["group"]),
    (["consume", "t", "--follow", "--group", "g"], ["--follow"]),
    (["groups", "reset", "", "--to", "latest"], ["group"]),
    (["groups", "reset", "g", "--to", "-1"], ["--to -1", "earliest"]),
    (["groups", "reset", "g", "--shift-by", "far"], ["--shift-by"]),
    (["log", "dump", "t", "--partition", "-1"], ["0 or more"]),
    (["collect", "--stdin", "--topic", "a b"], ["a b"]),
    (["run", "--rate", "-1"], ["--rate", "more than 0"]),
    (["demo", "--speed", "-1"], ["--speed", "more than 0"]),
    (["train", "x", "--folds", "-1"], ["--folds"]),
    (["train", "x", "--seed", "-1"], ["--seed", "0 or more"]),
    (["train", "x", "--model", "a/b"], ["a/b"]),
    (["train", "x", "--threshold", "-1"], ["--threshold", "0 to 1"]),
    (["evaluate", "x", "--errors", "-1"], ["--errors", "0 or more"]),
    (["evaluate", "x", "--samples", "-1"], ["--samples", "0 to 100000"]),
    (["check", "everything"], ["everything", "workbench"]),
    (["doctor", "--data-dir", ""], ["--data-dir"]),
    (["backup"], ["directory"]),
    (["topics", "list", "--unknown"], ["--unknown"]),
  ]

  @Test(arguments: wrong.indices)
  func `what was typed wrong is code 64, with the command's own usage, and does nothing`(
    number: Int
  ) throws {
    let (arguments, words) = Self.wrong[number]
    let stage = Stage()
    let outcome = try Program.run(arguments, in: stage.folder)
    #expect(outcome.code == 64 && outcome.output.isEmpty, "\(arguments): \(outcome)")
    let isNested = ["topics", "groups", "log"].contains(arguments[0])
    let command = arguments.prefix(isNested ? 2 : 1).joined(separator: " ")
    for word in words + ["Usage: grouse \(command) ", "'grouse \(command) --help'"] {
      #expect(outcome.errors.contains(word), "\(arguments): \(outcome.errors)")
    }
    #expect(!LocalDisk().exists(stage.data))
  }

  @Test func `what fails at work is code 1, without a usage`() throws {
    let stage = Stage()
    let hint = try stage.fails("topics", "list", saying: ["no data directory", "--data-dir"])
    for command in ["demo", "produce", "topics create", "cql", "train", "run", "collect"] {
      #expect(hint.errors.contains("`\(command)`") || hint.errors.contains("`grouse \(command)`"))
    }
    try stage.works("topics", "create", "t")
    for (arguments, word) in [
      (["topics", "create", "t"], "exists"), (["topics", "alter", "t", "--partitions", "1"], "1"),
      (["consume", "nope"], "grouse produce nope"), (["consume", "t", "--partition", "7"], "7"),
      (["consume", "t", "--from", "9"], "t-0@9"), (["groups", "describe", "g"], "no group g"),
      (["train", "missing.csv"], "missing.csv"), (["log", "dump", "nope"], "no topic nope"),
      (["log", "dump", "no/such.log"], "cannot open no/such.log: no such file"),
      (["log", "dump", "no/such"], "cannot open no/such: no such file"),
      (["log", "dump", "00000000000000000000.log"], "no such file"),
      (["doctor", "--config", "none.yaml"], "none.yaml"),
    ] {
      let outcome = try Program.run(arguments, in: stage.folder)
      #expect(outcome.code == 1 && outcome.errors.contains(word), "\(arguments): \(outcome)")
      #expect(!outcome.errors.contains("Usage:"), "\(arguments): \(outcome.errors)")
    }
    #expect(try stage.works("groups", "list").errors.contains("grouse consume TOPIC --group NAME"))
    try stage.works("topics", "delete", "t")
    #expect(try stage.works("topics", "list").errors.contains("grouse produce NAME"))
  }

  @Test func `far-fetched names are not suggested`() throws {
    let stage = Stage()
    for (setting, expected) in [
      ("segment.byte", "segment.bytes"), ("cleanup-policy", "cleanup.policy"),
      ("compresion.tipe", "compression.type"), ("partitions", nil), ("x", nil),
    ] {
      let errors = try stage.grouse("topics", "create", "t", "--set", "\(setting)=1").errors
      if let expected {
        #expect(errors.contains("(did you mean \(expected)?)"), "\(errors)")
      } else {
        #expect(!errors.contains("did you mean"), "\(errors)")
      }
    }
    try stage.write("grouse.yaml", "something-else: 1")
    let outcome = try stage.fails("doctor", saying: ["something-else", "\"log.partitions\""])
    #expect(!outcome.errors.contains("did you mean"))
  }
}
