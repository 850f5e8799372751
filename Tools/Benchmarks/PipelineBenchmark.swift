import ArgumentParser
import Bytes
import CommitLog
import Machine
import Node
import Records
import Streams
import SupportDesk
import Tables
import TextClassification

/// From the topic to committed rows: posts a second, and the memory it takes.
struct PipelineBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "pipeline")

  @Option(help: "How many posts.") var posts = 100_000
  @Option(help: "Write the posts' lines to this file, and nothing else.") var write: String?
  @Flag(help: "Print one line of JSON.") var json = false
  @OptionGroup var places: Places

  func run() throws {
    if let write { return try Self.write(posts, places.samples, to: write) }
    let folder = try places.folder()
    defer { try? LocalDisk().remove(folder) }
    let classifier = try Benchmark.classifier(places.samples)
    let configuration = try Configuration(file: nil, environment: [:])
    let start = try Self.firstRow(classifier, configuration, in: folder, places.samples)
    let log = try CommitLog(Path.join(folder, "log"))
    let tables = try Tables(Path.join(folder, "tables"))
    let pipeline = try Pipeline(
      log, tables, configuration, classifier: classifier, model: "complaints@1")
    let bytes = try Workload(samples: places.samples)
      .produce(posts, to: configuration.topic, of: pipeline.log)
    let before = Measure.peakMebibytes
    var kept = 0
    var batches = 0
    var milliseconds = (reading: 0.0, adding: 0.0)
    let cost = try Measure.time {
      kept = try pipeline.run([], until: .caughtUp, isStopped: { false }) { progress in
        batches += 1
        milliseconds.reading += progress.batch.durationMs["getBatch"] ?? 0
        milliseconds.adding += progress.batch.durationMs["addBatch"] ?? 0
      }.new
    }
    guard kept == posts else { throw Benchmark.Wrong(what: "\(kept) rows for \(posts) posts") }
    if json {
      return print(
        "{\"name\": \"Grouse, the shipped query\", \"posts\": \(kept), \"seconds\": \(cost.seconds), "
          + "\"start\": \(start), \"note\": \"topic to rows, reasons, cases, counts, alerts\"}")
    }
    print(
      "topic to rows   \(shown(Double(posts))) posts (\(bytes / posts) B)  "
        + "\(shown(Double(posts) / cost.seconds)) posts/s  "
        + "\(shown(Double(bytes) / cost.seconds / 1e6)) MB/s  "
        + "\(shown(cost.processorSeconds / Double(posts) * 1e6, 2)) µs of processor a post  "
        + "peak \(shown(Measure.peakMebibytes)) MiB (\(shown(before)) before), "
        + "\(shown(start * 1_000)) ms from the start to the first row; \(batches) batches, "
        + "\(shown(milliseconds.reading)) ms reading and judging, \(shown(milliseconds.adding)) ms "
        + "writing")
  }

  private static func write(_ posts: Int, _ samples: String, to path: String) throws {
    let workload = try Workload(samples: samples)
    let file = try LocalDisk().open(path, .readWrite)
    var line = ByteBuffer(capacity: 4_096)
    var place: Int64 = 0
    for number in 0..<posts {
      workload.line(number, into: &line)
      line.append(UInt8(10))
      try line.withBytes { bytes throws(IOFailure) in try file.write(bytes, at: place) }
      place += Int64(line.count)
    }
  }

  /// Seconds from opening an empty data directory until the query has committed a post.
  private static func firstRow(
    _ classifier: TextClassifier, _ configuration: Configuration, in folder: String,
    _ samples: String
  ) throws -> Double {
    let start = Clock.monotonicSeconds()
    let log = try CommitLog(Path.join(folder, "first-log"))
    let tables = try Tables(Path.join(folder, "first-tables"))
    let pipeline = try Pipeline(
      log, tables, configuration, classifier: classifier, model: "complaints@1")
    _ = try Workload(samples: samples).produce(1, to: configuration.topic, of: pipeline.log)
    let rows = try pipeline.run(
      [], until: .caughtUp, isStopped: { false }, progress: { _ in }
    ).new
    guard rows == 1 else { throw Benchmark.Wrong(what: "\(rows) rows for one post") }
    return Clock.monotonicSeconds() - start
  }
}

/// What the benchmarks share.
enum Benchmark {
  /// A result that must not be measured, because it is wrong.
  struct Wrong: Error, CustomStringConvertible {
    let what: String
    var description: String { "wrong result: \(what)" }
  }

  /// The model that the demo trains.
  static func classifier(_ samples: String) throws -> TextClassifier {
    let dataset = try Dataset(
      Path.join(samples, "complaints.csv"), .init(text: "text", label: "label"))
    return try TextClassifierTrainer(brandNames: Brand().allNames)
      .train(try dataset.examples(positive: "complaint").examples)
  }
}
