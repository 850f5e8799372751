import Foundation
import Machine
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite struct `Backups and compaction` {
  private static let definitions = """
    CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};
    CREATE TABLE k.t (p int PRIMARY KEY, v int);
    CREATE INDEX i ON k.t (v);

    """

  private func count(_ stage: Stage, _ data: String) throws -> Int {
    let found = try stage.works(
      "cql", "-e", "SELECT count(*) FROM k.t", "--json", "--data-dir", data
    ).objects()
    return (found.first?["count"] as? Int) ?? -1
  }

  @Test func `a backup holds what was acknowledged, while rows are written`() throws {
    let stage = Stage()
    let writer = try stage.start("cql", "--json")
    writer.write(Self.definitions)
    var written = 0
    for number in 0..<4 {
      var answers = 0
      for _ in 0..<50 {
        writer.write("INSERT INTO k.t (p, v) VALUES (\(written), 1) IF NOT EXISTS;\n")
        written += 1
      }
      while answers < 50 {
        let output = writer.nextOutput()
        try #require(!output.isEmpty)
        answers += output.count { $0 == UInt8(ascii: "\n") }
      }
      // These are under way while the copy is made.
      for _ in 0..<50 {
        writer.write("INSERT INTO k.t (p, v) VALUES (\(written), 2);\n")
        written += 1
      }
      let copy = stage.folder("copy\(number)")
      try stage.works("backup", copy)
      #expect(try count(stage, copy) >= written - 50)
      #expect(try count(stage, copy) <= written)
      try stage.works("check", "--data-dir", copy)
      // It is a data directory like any other.
      try stage.works(
        "cql", "-e", "INSERT INTO k.t (p, v) VALUES (-1, 3)", "--data-dir", copy)
      try stage.works("check", "tables", "--data-dir", copy)
    }
    writer.closeInput()
    #expect(writer.wait().code == 0)
    #expect(try count(stage, stage.data) == written)
  }

  @Test func `a backup holds what was acknowledged, while records are produced`() throws {
    let stage = Stage()
    try stage.works(
      "topics", "create", "t", "--partitions", "2", "--set", "segment.bytes=3000", "--set",
      "retention.ms=99999999999")
    let producer = try stage.start("produce", "t")
    for number in 0..<4 {
      for line in 0..<200 { producer.write("line \(number) \(line)\n") }
      var seen: Set<Substring> = []
      try producer.wait {
        seen = Set(try stage.works("consume", "t").lines)
        return seen.count >= number * 200
      }
      let copy = stage.folder("copy\(number)")
      try stage.works("backup", copy)
      try stage.works("check", "--data-dir", copy)
      let found = try stage.works("consume", "t", "--data-dir", copy).lines
      #expect(Set(found).isSuperset(of: seen) && Set(found).count == found.count)
      try stage.works("produce", "t", "--data-dir", copy, input: "more\n")
      try stage.works("check", "log", "--data-dir", copy)
    }
    producer.closeInput()
    #expect(producer.wait().code == 0)
  }

  @Test func `a backup of everything is everything, and says so`() throws {
    let stage = Stage()
    try stage.train()
    let file = try stage.write("a.jsonl", Stage.posts(0..<200))
    try stage.works("run", "--file", file, "--exit")
    let copy = stage.folder("made/here/copy")
    let said = try stage.works("backup", copy, "--json").objects()
    #expect(said.first?["models"] as? Int == 1)
    #expect((said.first?["table_bytes"] as? Int ?? 0) > 0)
    #expect(said.first?["backup"] as? String == copy)
    try stage.works("check", "--data-dir", copy)
    for command in [
      ["consume", "posts"], ["models", "list"], ["groups", "list"],
      ["cql", "-e", "SELECT * FROM grouse.posts", "--json"],
    ] {
      let original = try Program.run(command, in: stage.folder)
      let copied = try Program.run(command + ["--data-dir", copy], in: stage.folder)
      #expect(original.code == 0 && original.output == copied.output, "\(command)")
    }
    // The pipeline goes on in it where it was.
    try stage.works("run", "--file", file, "--exit", "--data-dir", copy)
    let posts = try stage.works(
      "cql", "-e", "SELECT count(*) FROM grouse.posts", "--json", "--data-dir", copy)
    #expect(try posts.objects().first?["count"] as? Int == 200)
  }

  @Test func `a backup goes nowhere where something is`() throws {
    let stage = Stage()
    try stage.works("cql", input: Self.definitions)
    try stage.write("file", "text")
    try LocalDisk().createDirectory(stage.folder("full"))
    try stage.write("full/file", "text")
    for place in ["file", "full"] {
      try stage.fails("backup", place, saying: [place, "not empty"])
    }
    try stage.fails("backup", "grouse-data/copy", saying: ["data directory"])
    try stage.fails("backup", "x", "--data-dir", "none", saying: ["no data directory none"])
    try LocalDisk().createDirectory(stage.folder("empty"))
    try stage.works("backup", "empty")
    #expect(try count(stage, "empty") == 0)
    #expect(try LocalDisk().list(stage.folder("full")) == ["file"])
  }

  @Test func `compaction takes tombstones away, and a check tells them from rows`() throws {
    let stage = Stage()
    try stage.write(
      "fill.cql",
      Self.definitions + "ALTER TABLE k.t WITH gc_grace_seconds = 0;\n"
        + (0..<20).map { "INSERT INTO k.t (p, v) VALUES (\($0), \($0));\n" }.joined()
        + (0..<5).map { "DELETE FROM k.t WHERE p = \($0);\n" }.joined())
    try stage.works("cql", "-f", "fill.cql")
    func counts() throws -> [Int?] {
      let said = try stage.works("check", "tables", "--json").objects().first
      return [said?["rows"] as? Int, said?["tombstones"] as? Int]
    }
    #expect(try counts() == [15, 5])
    // A deletion is old enough from the second after its own on, which may differ from another's.
    var (purged, rounds) = (0, 0)
    while try counts()[1] != 0, rounds < 1_000 {
      rounds += 1
      purged += try stage.works("compact", "--json").objects().first?["purged"] as? Int ?? 0
    }
    #expect(try purged > 0 && counts() == [15, 0])
    // A text may begin with a comment.
    let shown = try stage.works("cql", "-e", "-- all\nSELECT count(*) FROM k.t", "--json")
    #expect(try shown.objects().first?["count"] as? Int == 15)
  }

  @Test func `compaction gives room back, and waits for nobody`() throws {
    let stage = Stage()
    let rows = (0..<1_500).map { "INSERT INTO k.t (p, v) VALUES (\($0), \($0));\n" }.joined()
    try stage.write(
      "fill.cql",
      Self.definitions + "BEGIN UNLOGGED BATCH\n" + rows
        + "APPLY BATCH;\nINSERT INTO k.t (p, v) VALUES (-1, 0);\n")
    try stage.works("cql", "-f", "fill.cql")
    let reader = try stage.start("cql")
    reader.write("SELECT count(*) FROM k.t;\n")
    #expect(!reader.nextOutput().isEmpty)
    try stage.fails("compact", saying: ["being read by another process"])
    reader.closeInput()
    #expect(reader.wait().code == 0)
    let said = try stage.works("compact", "--json").objects().first
    let (before, after) = (said?["bytes_before"] as? Int ?? 0, said?["bytes_after"] as? Int ?? 0)
    #expect(after > 0 && after < before && said?["bytes_won"] as? Int == before - after)
    #expect(try LocalDisk().open(stage.data + "/tables/data.mdb", .read).size() == after)
    #expect(try count(stage, stage.data) == 1_501)
    try stage.works("check", "tables")
    // What was truncated is taken away in steps; the rest of them must not be copied.
    try stage.works("cql", "-e", "TRUNCATE k.t")
    let small = try stage.works("compact", "--json").objects().first?["bytes_after"] as? Int ?? 0
    #expect(small > 0 && small < after)
    let attributes = try FileManager.default.attributesOfItem(
      atPath: stage.data + "/tables/data.mdb")
    #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
    let writer = try stage.start("cql", "--json")
    writer.write("INSERT INTO k.t (p, v) VALUES (7, 7) IF NOT EXISTS;\n")
    #expect(!writer.nextOutput().isEmpty)
    try stage.fails("compact", saying: ["in use by grouse cql"])
    writer.closeInput()
    #expect(writer.wait().code == 0)
    try stage.fails("compact", "--data-dir", "none", saying: ["no data directory none"])
  }
}
