import ArgumentParser
import CommitLog
import Machine
import Node
import Records
import SupportDesk
import Tables
import TextClassification

/// From the topic to committed rows: posts a second, and the memory it takes.
struct PipelineBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "pipeline")

  @Option(help: "How many posts.") var posts = 100_000
  @OptionGroup var places: Places

  func run() throws {
    let folder = try places.folder()
    defer { try? LocalDisk().remove(folder) }
    let classifier = try Benchmark.classifier(places.samples)
    let configuration = try Configuration(file: nil, environment: [:])
    let log = try CommitLog(Path.join(folder, "log"))
    let tables = try Tables(Path.join(folder, "tables"))
    let pipeline = try Pipeline(
      log, tables, configuration, classifier: classifier, model: "complaints@1")
    let bytes = try Workload(samples: places.samples)
      .produce(posts, to: configuration.topic, of: pipeline.log)
    let before = Measure.peakMebibytes
    var kept = 0
    let cost = try Measure.time {
      kept = try pipeline.run([], until: .caughtUp, isStopped: { false }) { _ in }.new
    }
    guard kept == posts else { throw Benchmark.Wrong(what: "\(kept) rows for \(posts) posts") }
    print(
      "topic to rows   \(shown(Double(posts))) posts (\(bytes / posts) B)  "
        + "\(shown(Double(posts) / cost.seconds)) posts/s  "
        + "\(shown(Double(bytes) / cost.seconds / 1e6)) MB/s  "
        + "\(shown(cost.processorSeconds / Double(posts) * 1e6, 2)) µs of processor a post  "
        + "peak \(shown(Measure.peakMebibytes)) MiB (\(shown(before)) before)")
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
