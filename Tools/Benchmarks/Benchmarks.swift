import ArgumentParser
import Machine

/// Measures the path of a post, and the log and the tables below it. `Tools/Benchmarks/run` builds
/// and runs everything.
@main
struct Benchmarks: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "grouse-benchmarks",
    subcommands: [
      PipelineBenchmark.self, ScoringBenchmark.self, LatencyBenchmark.self, ReplayBenchmark.self,
      FloorBenchmark.self,
      RecordsBenchmark.self,
      LogBenchmark.self, TablesBenchmark.self, StreamsBenchmark.self, TextBenchmark.self,
      LearningBenchmark.self,
    ])
}

/// Where the benchmarks find the sample and keep their files.
struct Places: ParsableArguments {
  @Option(help: "The project's data folder.") var samples = "data"
  @Option(help: "A folder on the disk to measure.") var scratch = "/tmp"

  /// A new empty folder below the scratch folder.
  func folder() throws -> String {
    let name = Entropy.identifier().map { String($0, radix: 16) }.joined()
    let path = Path.join(scratch, "grouse-benchmark-\(name)")
    try LocalDisk().createDirectory(path)
    return path
  }
}

/// A number with its thousands parted and a few decimals.
func shown(_ value: Double, _ decimals: Int = 0) -> String {
  var scale = 1.0
  for _ in 0..<decimals { scale *= 10 }
  let whole = Int64((value * scale).rounded())
  var digits = String(whole / Int64(scale))
  var grouped = ""
  while digits.count > 3 {
    grouped = "," + digits.suffix(3) + grouped
    digits.removeLast(3)
  }
  let rest = String(whole % Int64(scale))
  return digits + grouped
    + (decimals == 0 ? "" : "." + String(repeating: "0", count: decimals - rest.count) + rest)
}
