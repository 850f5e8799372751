import Machine
import SupportDesk
import Tables
import TestSupport
import Testing
import TextClassification

@Suite struct SubjectTests {
  @Test func `a post and its case have the topic that the model gives`() throws {
    let desk = try Desk()
    try desk.append([post(1, "angry big order"), post(2, "late the app"), post(3, "angry a coat")])
    try desk.classify()
    let scorer = Desk.angry.scorer(brandNames: desk.settings.brand.allNames)
    for (id, text, subject) in [
      (1, "angry big order", "delivery"), (2, "late the app", "app"),
      (3, "angry a coat", "product"),
    ] {
      let verdict = try #require(scorer.topics(of: text).first)
      #expect(verdict.name == subject)
      let found = try desk.tables.execute(
        "SELECT subject, subject_probability FROM grouse.posts WHERE id = '\(id)'")
      let row = try #require(found.rows.first)
      #expect(row[0] == Array(subject.utf8))
      let bits = try #require(row[1]).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      #expect(abs(Double(bitPattern: bits) - verdict.probability) < 1e-6)
    }
    #expect(
      try desk.rows(
        "SELECT post_id, subject FROM grouse.cases WHERE brand = 'asos' AND state = 'open'"
      ).sorted() == [
        #"{"post_id": "1", "subject": "delivery"}"#, #"{"post_id": "3", "subject": "product"}"#,
      ])
  }

  @Test func `a model without topics leaves no subject, nor a count of one`() throws {
    let desk = try Desk()
    try desk.append([post(1, "angry big order")])
    try desk.classify()
    try desk.rewind()
    try desk.classify(try Desk.angry.with(topics: nil), model: "m@2")
    #expect(try desk.rows("SELECT subject FROM grouse.posts") == [#"{"subject": null}"#])
    #expect(try desk.rows("SELECT subject FROM grouse.cases") == [#"{"subject": null}"#])
    #expect(
      try desk.rows("SELECT posts, complaints FROM grouse.counts_by_subject") == [
        #"{"posts": 0, "complaints": 0}"#
      ])
  }

  @Test func `tables of an earlier program get their columns`() throws {
    let desk = try Desk()
    try desk.append([post(1, "angry big order")])
    try desk.classify()
    for change in [
      "ALTER TABLE grouse.posts DROP (subject, subject_probability)",
      "ALTER TABLE grouse.cases DROP subject", "DROP TABLE grouse.counts_by_subject",
    ] { _ = try desk.tables.execute(change) }
    try desk.append([post(2, "angry the app")])
    try desk.classify()
    #expect(
      try desk.rows("SELECT id, subject FROM grouse.posts").sorted() == [
        #"{"id": "1", "subject": null}"#, #"{"id": "2", "subject": "app"}"#,
      ])
    // What was written before is counted once it is classified again.
    try desk.rewind()
    try desk.classify()
    #expect(
      try desk.rows("SELECT subject, complaints FROM grouse.counts_by_subject").sorted() == [
        #"{"subject": "app", "complaints": 1}"#, #"{"subject": "delivery", "complaints": 1}"#,
      ])
  }
}

@Suite struct TopicFileTests {
  private let folder = TemporaryDirectory()
  private var registry: ModelRegistry {
    ModelRegistry(folder("models"), workbench: folder("workbench.sqlite"))
  }

  private func save(_ classifier: TextClassifier, _ topics: TopicMetrics? = nil) throws {
    var manifest = ModelManifest(
      name: "m", createdAt: 1, algorithm: "logistic-regression", labels: classifier.labels,
      threshold: 0.5, examples: 72, source: "x", seed: 1, f1: nil, macroF1: nil)
    manifest.topics = topics
    _ = try registry.save(classifier, manifest)
  }

  /// What loading says is wrong.
  private func fault(_ reference: String) -> String {
    do {
      _ = try registry.load(reference)
      return ""
    } catch { return "\(error)" }
  }

  @Test func `topics and how well they are told come back`() throws {
    let metrics = TopicMetrics(names: ["a, \"b\"", "c"], confusion: [[3, 1], [0, 7]])
    try save(Desk.angry, metrics)
    #expect(try registry.load("m").classifier == Desk.angry)
    #expect(try registry.load("m").manifest.topics == metrics)
  }

  @Test func `a model without topics has none of it, and loads`() throws {
    let plain = try Desk.angry.with(topics: nil)
    try save(plain)
    #expect(!LocalDisk().exists(folder("models/m/1/topics")))
    #expect(try registry.load("m").classifier == plain)
    #expect(try registry.load("m").manifest.topics == nil)
  }

  @Test func `a damaged, cut, newer, missing or foreign topic file is said to be so`() throws {
    try save(Desk.angry)
    try save(Desk.late)
    let path = folder("models/m/1/topics")
    let whole = try LocalDisk().readAll(path, limit: 1 << 24)
    func fault(with bytes: [UInt8]) throws -> String {
      try LocalDisk().replace(path, with: bytes)
      return self.fault("m@1")
    }
    var changed = whole
    changed[whole.count / 2] ^= 1
    #expect(try fault(with: changed).contains("checksum does not match"))
    #expect(try fault(with: Array(whole.prefix(100))).contains("should have"))
    var newer = whole
    newer[4] = 3
    #expect(try fault(with: newer).contains("format version 3"))
    let other = try LocalDisk().readAll(folder("models/m/2/topics"), limit: 1 << 24)
    #expect(try fault(with: other).contains("checksum does not match"))
    #expect(try fault(with: whole) == "")
    try LocalDisk().remove(path)
    #expect(self.fault("m@1").contains("topics"))
    #expect(try registry.check().faults.count == 1)
  }
}
