import Bytes
import CommitLog
import Machine
import Node
import Records
import SupportDesk
import Tables
import TestSupport
import TextClassification

/// A support desk on real engines in a folder of its own.
final class Desk {
  let folder = TemporaryDirectory()
  let commitLog: CommitLog
  let tables: Tables
  let log: EmbeddedEventLog
  let store: EmbeddedTableStore
  var settings = ClassifyQuery.Settings()

  init() throws {
    commitLog = try CommitLog(Path.join(folder.path, "log"))
    tables = try Tables(Path.join(folder.path, "tables"))
    log = try EmbeddedEventLog(commitLog)
    store = EmbeddedTableStore(tables)
    settings.batchBytes = 2_000
  }

  /// Appends one record, with its time in milliseconds since 1970.
  func append(_ value: String, at time: Int64) throws {
    var builder = RecordBatchBuilder()
    try Array(value.utf8).withUnsafeBytes {
      try builder.append(timestamp: time, key: nil, value: $0)
    }
    _ = try builder.finish { try log.append($0, to: TopicPartition(settings.topic, 0)) }
  }

  /// Appends each value as a record of its own batch.
  func append(_ values: [String], headers: [RecordHeader] = []) throws {
    try log.ensureTopic(settings.topic, partitions: 1, isCompacted: false)
    var builder = RecordBatchBuilder()
    for value in values {
      builder.reset()
      try Array(value.utf8).withUnsafeBytes {
        try builder.append(timestamp: 1_795_132_800_000, key: nil, value: $0, headers: headers)
      }
      _ = try builder.finish { try log.append($0, to: TopicPartition(settings.topic, 0)) }
    }
  }

  /// Classifies all there is.
  @discardableResult
  func classify(
    _ classifier: TextClassifier = Desk.angry, model: String = "m@1",
    store: (any TableStore)? = nil
  ) throws -> QueryTotals {
    try ClassifyQuery(log, store ?? self.store, settings, classifier: classifier, model: model)
      .run(until: .caughtUp)
  }

  /// The values of all records, in order.
  func values() throws -> [String] {
    var values: [String] = []
    let partition = TopicPartition(settings.topic, 0)
    let bounds = try log.bounds(of: partition)
    let end = bounds.upperBound
    var next = bounds.lowerBound
    var buffer = ByteBuffer()
    while next < end {
      buffer.removeAll()
      try log.read(partition, from: next, maxBytes: 1 << 20, into: &buffer)
      next = try buffer.withBytes { bytes throws in
        try RecordBatches.forEach(bytes, from: next) { record in
          values.append(String(decoding: record.value.map { [UInt8]($0) } ?? [], as: UTF8.self))
        }
      }
    }
    return values
  }

  func rewind() throws {
    try QueryCheckpoint(name: settings.name, topic: settings.topic)
      .rewind(in: store, of: log)
  }

  /// The rows of a SELECT as JSON.
  func rows(_ statement: String) throws -> [String] {
    var rows: [String] = []
    var state: PagingState?
    let prepared = try tables.prepare(statement)
    repeat {
      let page = try tables.execute(prepared, BoundValues(), from: state)
      rows += page.rows.map(page.json)
      state = page.next
    } while state != nil
    return rows
  }

  /// Everything that depends on the posts alone: rows, counts without empty minutes, open cases.
  func contents() throws -> [[String]] {
    [
      try rows("SELECT brand, created_at, id, text, label, prediction, subject FROM grouse.posts")
        .sorted(),
      try rows("SELECT brand, minute, posts, complaints FROM grouse.counts_by_minute")
        .filter { !$0.contains(#""posts": 0"#) }.sorted(),
      try rows("SELECT brand, state, opened_at, post_id, text, subject FROM grouse.cases").sorted(),
      try rows("SELECT brand, subject, hour, posts, complaints FROM grouse.counts_by_subject")
        .filter { !$0.contains(#""posts": 0"#) }.sorted(),
    ]
  }

  /// A model to which "angry" is a complaint.
  static let angry = classifier(of: "angry")
  /// Another one, to which "late" is.
  static let late = classifier(of: "late")

  /// What is known of a model `name` before it is kept.
  static func manifest(_ name: String) -> ModelManifest {
    ModelManifest(
      name: name, createdAt: 1, algorithm: "logistic-regression", labels: angry.labels,
      threshold: 0.5, examples: 72, source: "a \"b\".csv", seed: .max, f1: 0.5, macroF1: nil)
  }

  private static func classifier(of word: String) -> TextClassifier {
    let fillers = ["blue dress", "nice shoes", "big order", "my parcel", "the app", "a coat"]
    let topics = ["product", "product", "delivery", "delivery", "app", "product"]
    var examples: [LabelledText] = []
    for (filler, topic) in zip(fillers, topics) {
      for other in ["big day", "my friend", "the end", "nice one", "blue sky", "a lot"] {
        // The models differ in a subject, too.
        let topic = word == "late" && filler == "a coat" ? "app" : topic
        examples.append(
          LabelledText(text: "\(word) \(filler) \(other)", isPositive: true, topic: topic))
        let rival = word == "angry" ? "late" : "angry"
        examples.append(
          LabelledText(text: "\(rival) \(filler) \(other)", isPositive: false, topic: topic))
      }
    }
    var options = TrainingOptions()
    options.features.bucketBits = 12
    do {
      let classifier = try TextClassifierTrainer(options: options).train(examples)
      return try TopicTrainer().train(classifier, examples).classifier
    } catch {
      preconditionFailure("\(error)")
    }
  }
}

/// An X v2 stream line.
func post(
  _ id: Int, _ text: String, history: [Int]? = nil, language: String = "en", retweet: Bool = false,
  tag: String = "brand:asos"
) -> String {
  let history = (history ?? [id]).map { "\"\($0)\"" }.joined(separator: ",")
  let references =
    retweet ? #","referenced_tweets":[{"type":"retweeted","id":"7"}]"# : ""
  return #"{"data":{"id":"\#(id)","text":"\#(text)","author_id":"9","lang":"\#(language)","#
    + #""created_at":"2026-11-20T10:\#(10 + id % 7):00.000Z","edit_history_tweet_ids":[\#(history)]"#
    + #"\#(references)},"matching_rules":[{"id":"1","tag":"\#(tag)"}]}"#
}
