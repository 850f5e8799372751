import ArgumentParser
import CommitLog
import Machine
import Node
import Tables

/// A post that arrives alone: the time from handing it to the log until its row is committed.
struct LatencyBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "latency")

  @Option(help: "How many posts, one after the other.") var posts = 1_000
  @OptionGroup var places: Places

  func run() throws {
    let folder = try places.folder()
    defer { try? LocalDisk().remove(folder) }
    let configuration = try Configuration(file: nil, environment: [:])
    let pipeline = try Pipeline(
      try CommitLog(Path.join(folder, "log")), try Tables(Path.join(folder, "tables")),
      configuration, classifier: try Benchmark.classifier(places.samples), model: "complaints@1")
    let lone = LonePosts(
      pipeline, topic: configuration.topic, try Workload(samples: places.samples))
    // The first one waits for the query to begin.
    _ = try lone.milliseconds(of: 0)
    let times = try (1...max(posts, 1)).map { try lone.milliseconds(of: $0) }
    lone.stop()
    print("lone post       \(posts) posts  \(LonePosts.summary(times))")
  }
}
