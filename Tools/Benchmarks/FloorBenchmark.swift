import ArgumentParser
import Bytes
import LMDB
import Machine
import Posts
import SupportDesk
import TextClassification

/// What the parts of the path cost alone, and what bare LMDB and the bare disk allow on the same
/// machine in the same run: the whole path is compared with them.
struct FloorBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "floors")

  @Option(help: "How many posts.") var posts = 200_000
  @OptionGroup var places: Places

  func run() throws {
    let workload = try Workload(samples: places.samples)
    var lines: [[UInt8]] = []
    var line = ByteBuffer(capacity: 4_096)
    for number in 0..<20_000 {
      workload.line(number, into: &line)
      lines.append(line.toArray())
    }
    let rounds = max(posts / lines.count, 1)
    try parse(lines, rounds)
    try score(lines, rounds)
    try storeBare(rows: posts)
  }

  private func parse(_ lines: [[UInt8]], _ rounds: Int) throws {
    var parser = PostParser()
    var batch = PostBatch(capacity: 1 << 24)
    let cost = try Measure.time {
      for _ in 0..<rounds {
        batch.removeAll()
        for line in lines {
          _ = try line.withUnsafeBytes { try parser.parse($0, as: .json, into: &batch) }
        }
      }
    }
    report("parse", rounds * lines.count, cost)
  }

  private func score(_ lines: [[UInt8]], _ rounds: Int) throws {
    let scorer = try Benchmark.classifier(places.samples).scorer(brandNames: Brand().allNames)
    var scratch = TextClassification.Scratch()
    var parser = PostParser()
    var batch = PostBatch(capacity: 1 << 24)
    for line in lines {
      _ = try line.withUnsafeBytes { try parser.parse($0, as: .json, into: &batch) }
    }
    var sum = 0.0
    let cost = Measure.time {
      for _ in 0..<rounds {
        for post in batch.posts {
          sum += scorer.probability(of: batch.bytes(post.text), scratch: &scratch)
        }
      }
    }
    guard sum > 0 else { throw Benchmark.Wrong(what: "no probability above 0") }
    report("classify", rounds * lines.count, cost)
  }

  /// As many rows as the path writes, of about their size, in key order, straight into LMDB, each
  /// batch synced: what the path cannot beat.
  private func storeBare(rows: Int) throws {
    let folder = try places.folder()
    defer { try? LocalDisk().remove(folder) }
    let environment = try Environment(
      Path.join(folder, "bare.mdb"), databases: ["rows", "indexes"])
    let value = [UInt8](repeating: 7, count: 450)
    let cost = try Measure.time {
      for first in stride(from: 0, to: rows, by: 4_000) {
        try environment.write(mapping: { $0 }) { transaction throws(LMDBError) in
          let table = try transaction.database("rows")
          let index = try transaction.database("indexes")
          for number in first..<min(first + 4_000, rows) {
            try put(number, width: 70, value, table)
            try put(number, width: 96, [], index)
          }
        }
      }
    }
    report("bare LMDB", rows, cost)
  }

  private func put(
    _ number: Int, width: Int, _ value: [UInt8], _ database: Database
  ) throws(LMDBError) {
    var key = ByteBuffer(capacity: 128)
    key.append(bigEndian: Int64(number))
    key.append([UInt8](repeating: 1, count: width - 8))
    try key.withBytes { key throws(LMDBError) in
      var outcome: Result<Void, LMDBError> = .success(())
      value.withUnsafeBytes { value in
        outcome = Result { () throws(LMDBError) in try database.put(key, value) }
      }
      try outcome.get()
    }
  }

  private func report(_ name: String, _ count: Int, _ cost: Measure) {
    let padded = name + String(repeating: " ", count: max(16 - name.count, 1))
    print(
      "\(padded)\(shown(Double(count))) posts  \(shown(Double(count) / cost.seconds)) posts/s  "
        + "\(shown(cost.processorSeconds / Double(count) * 1e6, 2)) µs of processor a post")
  }
}
