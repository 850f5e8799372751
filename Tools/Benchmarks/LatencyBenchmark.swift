import ArgumentParser
import Bytes
import CommitLog
import Machine
import Node
import Records
import SupportDesk
import Synchronization
import Tables

/// A post that arrives alone: the time from handing it to the log until its row is committed.
struct LatencyBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "latency")

  @Option(help: "How many posts, one after the other.") var posts = 300
  @OptionGroup var places: Places

  func run() throws {
    let folder = try places.folder()
    defer { try? LocalDisk().remove(folder) }
    let configuration = try Configuration(file: nil, environment: [:])
    let log = try CommitLog(Path.join(folder, "log"))
    let tables = try Tables(Path.join(folder, "tables"))
    let pipeline = try Pipeline(
      log, tables, configuration, classifier: try Benchmark.classifier(places.samples),
      model: "complaints@1")
    let committed = Signal()
    let stored = Atomic<Int>(0)
    let running = Worker {
      _ = try? pipeline.run([], until: .never, isStopped: { false }) { progress in
        stored.store(progress.totals.new, ordering: .releasing)
        committed.raise()
      }
    }
    let workload = try Workload(samples: places.samples)
    var line = ByteBuffer(capacity: 4_096)
    var builder = RecordBatchBuilder()
    var times: [Double] = []
    for number in 0..<posts {
      workload.line(number, into: &line)
      builder.reset()
      try line.withBytes { value throws(RecordError) in
        try builder.append(timestamp: 1_795_132_800_000, key: nil, value: value)
      }
      let start = Clock.monotonicSeconds()
      _ = try builder.finish { batch in
        try pipeline.log.append(batch, to: TopicPartition(configuration.topic, 0))
      }
      while true {
        let seen = committed.generation
        if stored.load(ordering: .acquiring) > number { break }
        committed.wait(since: seen)
      }
      times.append((Clock.monotonicSeconds() - start) * 1_000)
    }
    pipeline.stop()
    running.join()
    times.sort()
    print(
      "lone post       \(posts) posts  median \(shown(times[posts / 2], 2)) ms  "
        + "95 % \(shown(times[posts * 95 / 100], 2)) ms  most \(shown(times[posts - 1], 2)) ms")
  }
}
