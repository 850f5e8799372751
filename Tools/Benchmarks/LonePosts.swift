import Bytes
import Machine
import Node
import Records
import SupportDesk
import Synchronization

/// A pipeline that runs, given posts one by one: how long each takes from being handed to the log
/// until its row is committed.
final class LonePosts {
  private let pipeline: Pipeline
  private let topic: String
  private let workload: Workload
  private let seen = Seen()
  private var running: Worker?
  private var line = ByteBuffer(capacity: 4_096)
  private var builder = RecordBatchBuilder()
  private var sent = 0

  /// How many rows have been committed.
  private final class Seen: Sendable {
    let rows = Atomic<Int>(0)
    let hasEnded = Atomic<Bool>(false)
    let committed = Signal()
  }

  /// Starts the pipeline, which has read all that there is.
  init(_ pipeline: Pipeline, topic: String, _ workload: Workload) {
    self.pipeline = pipeline
    self.topic = topic
    self.workload = workload
    running = Worker { [pipeline, seen] in
      _ = try? pipeline.run([], until: .never, isStopped: { false }) { progress in
        seen.rows.store(progress.totals.new, ordering: .releasing)
        seen.committed.raise()
      }
      seen.hasEnded.store(true, ordering: .releasing)
      seen.committed.raise()
    }
  }

  /// Milliseconds that the post of this number takes.
  func milliseconds(of number: Int) throws -> Double {
    workload.line(number, into: &line)
    builder.reset()
    try line.withBytes { value throws(RecordError) in
      try builder.append(timestamp: 1_795_132_800_000, key: nil, value: value)
    }
    let start = Clock.monotonicSeconds()
    _ = try builder.finish { batch in
      try pipeline.log.append(batch, to: TopicPartition(topic, 0))
    }
    sent += 1
    while true {
      let generation = seen.committed.generation
      if seen.rows.load(ordering: .acquiring) >= sent { break }
      guard !seen.hasEnded.load(ordering: .acquiring) else {
        throw Benchmark.Wrong(what: "the query ended")
      }
      seen.committed.wait(since: generation)
    }
    return (Clock.monotonicSeconds() - start) * 1_000
  }

  func stop() {
    pipeline.stop()
    running?.join()
    running = nil
  }

  /// The median, the 99th of 100 and the largest of some times.
  static func summary(_ times: [Double]) -> String {
    let times = times.sorted()
    guard let last = times.last else { return "none" }
    return "median \(shown(times[times.count / 2], 2)) ms  "
      + "99 % \(shown(times[times.count * 99 / 100], 2)) ms  most \(shown(last, 2)) ms"
  }
}
