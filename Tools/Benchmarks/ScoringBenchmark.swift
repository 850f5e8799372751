import ArgumentParser
import Bytes
import CommitLog
import Machine
import Node
import Posts
import Records
import Streams
import SupportDesk
import Synchronization
import Tables
import TextClassification

/// A query of one's own with the steps of the usual one in Spark: JSON lines of a topic, cleaned and
/// scored by their single words, into rows; no cases, counts or reasons.
struct ScoringBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "scoring")

  @Option(help: "How many posts.") var posts = 500_000
  @Flag(help: "Print one line of JSON.") var json = false
  @OptionGroup var places: Places

  func run() throws {
    let folder = try places.folder()
    defer { try? LocalDisk().remove(folder) }
    let scorer = try Self.classifier(places.samples).scorer(brandNames: Brand().allNames)
    let workload = try Workload(samples: places.samples)
    let start = try Measure.time {
      _ = try Self.score(1, workload, scorer, in: Path.join(folder, "first"))
    }
    let cost = try Self.score(posts, workload, scorer, in: Path.join(folder, "all"))
    if json {
      return print(
        "{\"name\": \"Grouse, the same steps\", \"posts\": \(posts), \"seconds\": \(cost.seconds), "
          + "\"start\": \(start.seconds), \"note\": \"topic to a table, exactly once\"}")
    }
    print(
      "topic to verdicts   \(shown(Double(posts))) posts  "
        + "\(shown(Double(posts) / cost.seconds)) posts/s  "
        + "\(shown(cost.processorSeconds / Double(posts) * 1e6, 2)) µs of processor a post  "
        + "peak \(shown(Measure.peakMebibytes)) MiB; \(shown(start.seconds * 1_000)) ms from the "
        + "start to the first row")
  }

  /// A logistic regression on single words.
  private static func classifier(_ samples: String) throws -> TextClassifier {
    var options = TrainingOptions()
    (options.features.wordNgrams, options.features.skipPairs) = (1...1, false)
    (options.features.characterNgrams, options.features.stems) = (nil, false)
    let labelled = try Dataset(
      Path.join(samples, "complaints.csv"), .init(text: "text", label: "label"))
    return try TextClassifierTrainer(options: options, brandNames: Brand().allNames)
      .train(try labelled.examples(positive: "complaint").examples)
  }

  /// Runs the query over a topic of its own, and counts its rows.
  private static func score(
    _ posts: Int, _ workload: Workload, _ scorer: TextScorer, in folder: String
  ) throws -> Measure {
    let log = try EmbeddedEventLog(try CommitLog(Path.join(folder, "log")))
    let store = EmbeddedTableStore(try Tables(Path.join(folder, "tables")))
    try log.ensureTopic("posts", partitions: 1, isCompacted: false)
    _ = try workload.produce(posts, to: "posts", of: log)
    let query = try query(log, store, scorer)
    let cost = try Measure.time { try query.run() }
    let rows = try store.execute("SELECT count(*) FROM seed.verdicts").rows.first?[0]
    guard rows == bigEndian(Int64(posts)) else {
      throw Benchmark.Wrong(what: "\(rows ?? []) rows for \(posts) posts")
    }
    return cost
  }

  private static func query(
    _ log: any EventLog, _ store: EmbeddedTableStore, _ scorer: TextScorer
  ) throws -> Query<Verdict, TableStateStore> {
    try store.execute(
      """
      CREATE KEYSPACE seed WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}
      """)
    try store.execute(
      """
      CREATE TABLE seed.verdicts (day date, created_at timestamp, id text, author_id text,
        text text, prediction double, PRIMARY KEY (day, created_at, id))
      """)
    let insert = try store.prepare(
      """
      INSERT INTO seed.verdicts (day, created_at, id, author_id, text, prediction)
      VALUES (?, ?, ?, ?, ?, ?)
      """)
    let step = VerdictStep(scorer)
    var settings = QuerySettings()
    settings.trigger = .availableNow
    return Query(
      "verdicts",
      Stream(TopicSource("posts", in: log, maxBytes: 16 << 20))
        .flatMap { try step.verdicts(of: $0) },
      in: TableStateStore(store), settings: settings,
      to: .rows { batch, transaction in
        var values = BoundValues()
        for event in batch.events {
          let verdict = event.value
          values.removeAll()
          values.append(UInt32(truncatingIfNeeded: verdict.createdAt / 86_400_000 + 1 << 31))
          values.append(verdict.createdAt)
          values.append(verdict.id)
          values.append(verdict.authorID)
          values.append(verdict.text)
          values.append(verdict.prediction)
          try transaction.execute(insert, values)
        }
      })
  }
}

/// What the query knows of a post.
private struct Verdict: Sendable {
  var createdAt: Int64
  var prediction: Double
  /// The fields' bytes lie in those of all.
  private let bytes: [UInt8]
  private let post: Post

  init(_ post: Post, _ bytes: [UInt8], prediction: Double) {
    createdAt = post.createdAt ?? 0
    (self.post, self.bytes, self.prediction) = (post, bytes, prediction)
  }

  var id: ArraySlice<UInt8> { field(post.id) }
  var authorID: ArraySlice<UInt8> { field(post.authorID) }
  var text: ArraySlice<UInt8> { field(post.text) }

  private func field(_ range: ByteRange) -> ArraySlice<UInt8> {
    bytes[Int(range.start)..<Int(range.start + range.count)]
  }
}

/// Parses records and scores their posts, on several threads.
private final class VerdictStep: Sendable {
  private let scorer: TextScorer
  private let idle = Mutex<[Tools]>([])

  init(_ scorer: TextScorer) { self.scorer = scorer }

  func verdicts(of record: TopicRecord) throws -> [Verdict] {
    let tools = idle.withLock { $0.popLast() } ?? Tools()
    defer { idle.withLock { $0.append(tools) } }
    return try tools.verdicts(of: record, scorer)
  }

  private final class Tools: @unchecked Sendable {
    // Unchecked: taken out of the pool by one thread at a time.
    private var scratch = Scratch()
    private var parser = PostParser()
    private var posts = PostBatch()

    func verdicts(of record: TopicRecord, _ scorer: TextScorer) throws -> [Verdict] {
      posts.removeAll()
      _ = try (record.value ?? []).withUnsafeBytes {
        try parser.parse($0, as: .json, into: &posts)
      }
      let bytes = posts.copyOfBytes()
      return posts.posts.map { post in
        let probability = scorer.probability(of: posts.bytes(post.text), scratch: &scratch)
        return Verdict(post, bytes, prediction: scorer.isPositive(probability) ? 1 : 0)
      }
    }
  }
}
