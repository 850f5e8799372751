import Foundation
import Machine
import TestSupport
import Testing

/// A small file system in memory, where the machine lets one be mounted.
private final class SmallDisk {
  let path: String
  private let folder = TemporaryDirectory()

  init?(megabytes: Int) {
    path = folder("disk")
    mkdir()
    guard
      call("mount", "-t", "tmpfs", "-o", "size=\(megabytes)m", "tmpfs", path)
    else { return nil }
  }

  private func mkdir() { try? LocalDisk().createDirectory(path) }

  /// Mounts it anew with other options.
  func remount(_ options: String) -> Bool { call("mount", "-o", "remount,\(options)", path) }

  deinit { _ = call("umount", path) }

  private func call(_ program: String, _ arguments: String...) -> Bool {
    let process = try? RunningProgram(arguments, in: folder, program: program)
    return process?.wait().code == 0
  }

  static let canBeMade = SmallDisk(megabytes: 1) != nil
}

@Suite(
  .serialized,
  .enabled(if: SmallDisk.canBeMade, "needs the right to mount a tmpfs (root on Linux)"))
struct `Small disks` {
  @Test func `a full disk is named, and loses nothing once there is room`() throws {
    let stage = Stage()
    let disk = try #require(SmallDisk(megabytes: 14))
    let data = disk.path + "/data"
    let file = try stage.write("a.jsonl", Stage.posts(0..<30_000))
    try stage.works(
      "train", Program.samples + "/complaints.csv", "--folds", "0", "--no-topics", "--data-dir",
      data)
    try stage.fails(
      "run", "--file", file, "--exit", "--data-dir", data, saying: ["free some space", data])
    let held = try stage.grouse("consume", "posts", "--data-dir", data).lines.count
    // Standard input that stays open must not keep a run that failed.
    let waiting = try stage.start("run", "--stdin", "--exit", "--data-dir", data)
    waiting.write(Stage.posts(0..<30_000))
    let outcome = waiting.wait()
    #expect(outcome.code == 1 && outcome.errors.contains("free some space"), "\(outcome.errors)")
    // Of the first file all may be in the log by then.
    let more = try stage.write("b.jsonl", Stage.posts(30_000..<60_000))
    try stage.fails(
      "collect", "--file", more, "--data-dir", data, saying: ["free some space", data])
    #expect(disk.remount("size=200m"))
    #expect(try stage.works("consume", "posts", "--data-dir", data).lines.count >= held)
    try stage.works("run", "--file", file, "--file", more, "--exit", "--data-dir", data)
    let count = try stage.works(
      "cql", "-e", "SELECT count(*) FROM grouse.posts", "--json", "--data-dir", data)
    #expect(try count.objects().first?["count"] as? Int == 60_000)
    try stage.works("check", "--data-dir", data)
  }

  @Test func `an import that fills the disk says how far it came`() throws {
    let stage = Stage()
    let disk = try #require(SmallDisk(megabytes: 6))
    let data = disk.path + "/data"
    let text = String(repeating: "x", count: 100)
    let file = try stage.write("rows.csv", (0..<100_000).map { "\($0),\(text)\n" }.joined())
    try stage.works(
      "cql", "--data-dir", data, "-e",
      "CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}; "
        + "CREATE TABLE k.t (a int PRIMARY KEY, b text)")
    try stage.fails(
      "cql", "--data-dir", data, "-e", "COPY k.t FROM '\(file)'",
      saying: ["free some space", data, "rows have been imported before"])
  }

  @Test func `a read-only disk can be read and says why it cannot be written`() throws {
    let stage = Stage()
    let disk = try #require(SmallDisk(megabytes: 60))
    let data = disk.path + "/data"
    let file = try stage.write("a.jsonl", Stage.posts(0..<30))
    try stage.works(
      "train", Program.samples + "/complaints.csv", "--folds", "0", "--no-topics", "--data-dir",
      data)
    try stage.works("run", "--file", file, "--exit", "--data-dir", data)
    #expect(disk.remount("ro"))
    for command in [
      ["check"], ["topics", "list"], ["consume", "posts"], ["groups", "list"], ["models", "list"],
      ["cql", "-e", "SELECT id FROM grouse.posts"],
      ["doctor"],
    ] {
      let outcome = try Program.run(command + ["--data-dir", data], in: stage.folder)
      #expect(outcome.code == 0, "\(command): \(outcome.errors)")
    }
    for command in [
      ["run", "--exit"], ["collect", "--file", file], ["topics", "create", "t"], ["produce", "t"],
      ["train", Program.samples + "/complaints.csv"], ["cql", "-e", "TRUNCATE grouse.posts"],
    ] {
      let outcome = try Program.run(command + ["--data-dir", data], in: stage.folder)
      #expect(outcome.isOrderly && outcome.code == 1, "\(command): \(outcome.errors)")
      #expect(outcome.errors.contains("read-only"), "\(command): \(outcome.errors)")
    }
  }
}

@Suite struct `A limit of the size of files` {
  @Test func `it is named, and loses nothing that was acknowledged`() throws {
    let stage = Stage()
    try stage.works(
      "cql", "-e",
      "CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};"
        + "CREATE TABLE k.t (a int PRIMARY KEY, b text)")
    let text = String(repeating: "x", count: 2_000)
    let script = (0..<2_000).map { "INSERT INTO k.t (a, b) VALUES (\($0), '\(text)');\n" }.joined()
    let file = try stage.write("script.cql", script)
    let outcome = try Program.run(["cql", "-f", file], in: stage.folder, fileMiB: 1)
    #expect(outcome.code == 1 && outcome.errors.contains("ulimit -f"), "\(outcome)")
    // The line that failed is named, and all before it are there.
    let failed = outcome.errors.split(separator: ":").dropFirst().first.flatMap { Int($0) }
    let rows = try stage.works("cql", "-e", "SELECT count(*) FROM k.t", "--json").objects()
    #expect(rows.first?["count"] as? Int == failed.map { $0 - 1 }, "\(outcome.errors)")
    try stage.works("check", "tables")

    let posts = try stage.write("a.jsonl", Stage.posts(0..<20_000))
    let collected = try Program.run(["collect", "--file", posts], in: stage.folder, fileMiB: 1)
    #expect(collected.code == 1 && collected.errors.contains("ulimit -f"), "\(collected)")
    #expect(try stage.works("consume", "posts").lines.count < 20_000)
    try stage.works("check", "log")
    // It goes on behind what was acknowledged.
    try stage.works("collect", "--file", posts)
    #expect(try stage.works("consume", "posts").lines.count == 20_000)
  }
}
