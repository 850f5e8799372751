import ArgumentParser
import CommitLog
import Machine
import Node
import SupportDesk
import Synchronization
import Tables

/// The log replayed beside the query that runs: posts a second, and how long a post that arrives
/// alone takes meanwhile until its row is committed.
struct ReplayBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "replay")

  @Option(help: "How many posts the log has.") var posts = 500_000
  @Flag(help: "Without the query that runs: as fast as may be.") var alone = false
  @OptionGroup var places: Places

  func run() throws {
    let folder = try places.folder()
    defer { try? LocalDisk().remove(folder) }
    let configuration = try Configuration(file: nil, environment: [:])
    let log = try CommitLog(Path.join(folder, "log"))
    let tables = try Tables(Path.join(folder, "tables"))
    let classifier = try Benchmark.classifier(places.samples)
    let pipeline = try Pipeline(
      log, tables, configuration, classifier: classifier, model: "complaints@1")
    let workload = try Workload(samples: places.samples)
    _ = try workload.produce(posts, to: configuration.topic, of: pipeline.log)
    let first = try pipeline.run(
      [], until: .caughtUp, isStopped: { false }, keepsOpen: true, progress: { _ in })
    guard first.new == posts else { throw Benchmark.Wrong(what: "posts have no row") }
    let plan = try Replay.Plan(
      table: "again", model: "complaints@2",
      from: (0..<pipeline.log.partitionCount(of: configuration.topic)).map { _ in 0 },
      to: nil, range: "all")
    let replay = Replay(
      pipeline.log, pipeline.store, live: configuration.query, plan, classifier: classifier,
      isLive: !alone)
    let outcome = Mutex<(rows: Int, cost: Measure)?>(nil)
    var times: [Double] = []
    let work: @Sendable () -> Void = {
      var rows = 0
      let cost = try? Measure.time { rows = try replay.run().new }
      if let cost { outcome.withLock { $0 = (rows, cost) } }
    }
    if alone {
      work()
    } else {
      let lone = LonePosts(
        try Pipeline(log, tables, configuration, classifier: classifier, model: "complaints@1"),
        topic: configuration.topic, workload)
      let isDone = Atomic<Bool>(false)
      let worker = Worker {
        work()
        isDone.store(true, ordering: .releasing)
      }
      defer {
        worker.join()
        lone.stop()
      }
      // The first one waits for the query to begin.
      _ = try lone.milliseconds(of: posts)
      while !isDone.load(ordering: .acquiring) {
        times.append(try lone.milliseconds(of: posts + 1 + times.count))
      }
    }
    guard let (rows, cost) = outcome.withLock({ $0 }), rows >= posts else {
      throw Benchmark.Wrong(what: "the replay has not all rows")
    }
    print(
      "replay          \(shown(Double(rows))) posts  \(shown(Double(rows) / cost.seconds)) posts/s"
        + (alone ? "" : "  a lone post meanwhile (\(times.count)): \(LonePosts.summary(times))"))
  }
}
