import Foundation
import Machine
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The tables under a real process that is killed at a moment of its writing: during writes,
/// definitions, the building of an index, the dropping of a table, a backup, and a compaction.
@Suite(.enabled(if: DeadlyLibrary.canBeMade, "needs Linux and a C compiler"))
struct `The tables' crashes` {
  private static let keyspace =
    "CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};\n"

  private static func insert(_ numbers: Range<Int>) -> String {
    numbers.map {
      "INSERT INTO k.t (p, c, v) VALUES (\($0 % 3), \($0), \($0 * 7 % 5)) IF NOT EXISTS;\n"
    }.joined()
  }

  /// The numbers of the rows in k.t, and whether the process could say.
  private func rows(_ stage: Stage, _ data: String? = nil) throws -> [Int] {
    try stage.works(
      "cql", "-e", "SELECT c FROM k.t", "--json", "--data-dir", data ?? stage.data
    ).objects()
      .compactMap { $0["c"] as? Int }.sorted()
  }

  @Test func `a kill at any moment leaves what was acknowledged, and indexes that agree`() throws {
    var random = Seed.random()
    let stage = Stage()
    try DeadlyLibrary.make(stage)
    // An index over these takes two steps.
    let many = (0..<12_000).map { "INSERT INTO k.u (a, b) VALUES (\($0), \($0 % 5));\n" }.joined()
    let script =
      Self.keyspace + "CREATE TABLE k.t (p int, c int, v int, PRIMARY KEY (p, c));\n"
      + Self.insert(0..<5) + "CREATE INDEX i ON k.t (v);\n" + Self.insert(5..<10)
      + "CREATE TABLE k.u (a int PRIMARY KEY, b int);\nBEGIN UNLOGGED BATCH\n" + many
      + "APPLY BATCH;\nCREATE INDEX j ON k.u (b);\nDROP TABLE k.u;\n" + Self.insert(10..<13)
      + "DROP INDEX k.i;\n" + Self.insert(13..<15)
    var moments = Array(2..<220)
    moments.shuffle(using: &random)
    var kills = 0
    for moment in moments.prefix(Program.isDebug ? 40 : 80) {
      let outcome = try stage.grouse(
        "cql", "--json", input: script,
        environment: DeadlyLibrary.environment(stage, dyingAt: moment))
      if outcome.signal == SIGKILL { kills += 1 }
      #expect(outcome.signal == SIGKILL || outcome.code == 0, "\(outcome.errors)")
      let acknowledged = outcome.lines.count { $0.contains("applied") }
      if LocalDisk().exists(stage.data + "/tables/data.mdb") {
        try stage.works("check", "tables")
        if acknowledged > 0 {
          let found = try rows(stage)
          #expect(
            found == Array(0..<found.count) && found.count >= acknowledged
              && found.count <= acknowledged + 1, "\(moment): \(found), \(acknowledged)")
          // And it is written on.
          try stage.works(
            "cql", "-e", "INSERT INTO k.t (p, c, v) VALUES (9, 99, 9)", "--json")
          #expect(try rows(stage) == found + [99])
          try stage.works("check", "tables")
        }
      }
      if LocalDisk().exists(stage.data) { try LocalDisk().remove(stage.data) }
    }
    #expect(kills > 10)
  }

  /// A data directory with a table and its index, many rows of which are gone, and a topic.
  private func fill(_ stage: Stage) throws {
    let inserts = (0..<600).map {
      "INSERT INTO k.t (p, c, v) VALUES (\($0 % 3), \($0), \($0 % 5));\n"
    }
    try stage.write(
      "fill.cql",
      Self.keyspace + "CREATE TABLE k.t (p int, c int, v int, PRIMARY KEY (p, c));\n"
        + "ALTER TABLE k.t WITH gc_grace_seconds = 0;\nCREATE INDEX i ON k.t (v);\n"
        + "BEGIN UNLOGGED BATCH\n" + inserts.joined()
        + "APPLY BATCH;\nDELETE FROM k.t WHERE p = 1;\n")
    try stage.works("cql", "-f", "fill.cql")
    try stage.works("topics", "create", "t")
    try stage.works("produce", "t", input: (0..<50).map { "line \($0)\n" }.joined())
  }

  @Test func `a truncation that is killed is done or not begun`() throws {
    let stage = Stage()
    try DeadlyLibrary.make(stage)
    try fill(stage)
    let full = stage.folder("full")
    try FileManager.default.moveItem(atPath: stage.data, toPath: full)
    let before = try rows(stage, full)
    var moment = 2
    var truncated = 0
    while true {
      try FileManager.default.copyItem(atPath: full, toPath: stage.data)
      let outcome = try stage.grouse(
        "cql", "-e", "TRUNCATE k.t",
        environment: DeadlyLibrary.environment(stage, dyingAt: moment))
      let found = try rows(stage)
      #expect(found.isEmpty || found == before)
      if found.isEmpty { truncated += 1 }
      try stage.works("check", "tables")
      try stage.works("cql", "-e", "INSERT INTO k.t (p, c, v) VALUES (9, 999, 9)")
      #expect(try rows(stage) == found + [999])
      if outcome.signal != SIGKILL {
        #expect(outcome.code == 0 && found.isEmpty, "\(outcome.errors)")
        break
      }
      try LocalDisk().remove(stage.data)
      moment += 1
    }
    #expect(truncated > 1 && truncated < moment - 2)
  }

  /// Its sweep included, which takes rows and tombstones away.
  @Test func `a compaction that is killed leaves the tables as they were`() throws {
    let stage = Stage()
    try DeadlyLibrary.make(stage)
    try fill(stage)
    let before = try rows(stage)
    #expect(before.count == 400)
    // Every moment until there is none left to die at.
    var moment = 2
    while true {
      let outcome = try stage.grouse(
        "compact", environment: DeadlyLibrary.environment(stage, dyingAt: moment))
      #expect(try rows(stage) == before)
      try stage.works("check", "tables")
      if outcome.signal != SIGKILL {
        #expect(outcome.code == 0, "\(outcome.errors)")
        break
      }
      moment += 1
    }
    #expect(moment > 10)
    try stage.works("compact")
    try stage.works("cql", "-e", "INSERT INTO k.t (p, c, v) VALUES (9, 999, 9)")
    #expect(try rows(stage) == before + [999])
    #expect(try LocalDisk().list(stage.data + "/tables") == ["data.mdb", "data.mdb-lock"])
  }

  @Test func `a backup that is killed is not there, and the next one is`() throws {
    let stage = Stage()
    try DeadlyLibrary.make(stage)
    try fill(stage)
    let before = try rows(stage)
    let copy = stage.folder("copy")
    var moment = 2
    while true {
      let outcome = try stage.grouse(
        "backup", copy, environment: DeadlyLibrary.environment(stage, dyingAt: moment))
      #expect(outcome.signal == SIGKILL || outcome.code == 0, "\(outcome.errors)")
      if LocalDisk().exists(copy) {
        try stage.works("check", "--data-dir", copy)
        try LocalDisk().remove(copy)
      }
      if outcome.signal != SIGKILL {
        #expect(!LocalDisk().exists(copy + ".unfinished"))
        break
      }
      moment += 1
    }
    #expect(moment > 10)
    try stage.works("backup", copy)
    #expect(!LocalDisk().exists(copy + ".unfinished"))
    try stage.works("check")
    let found = try stage.works(
      "cql", "-e", "SELECT c FROM k.t", "--json", "--data-dir", copy
    ).objects().compactMap { $0["c"] as? Int }.sorted()
    #expect(found == before)
    #expect(try stage.works("consume", "t", "--data-dir", copy).lines.count == 50)
  }
}
