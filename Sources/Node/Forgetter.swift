package import Bytes
package import CommitLog
internal import Machine
internal import Records
package import SupportDesk

/// Has posts and people forgotten in everything that a data directory holds: tables, the state of
/// queries, labels, and all topics of the log.
package struct Forgetter: Sendable {
  private let log: CommitLog
  private let topic: String
  private let workbench: String?
  private let forgetting: Forgetting

  /// `topic` is the one that posts are in, `workbench` the path of the database with labels.
  package init(
    _ log: CommitLog, _ store: any TableStore, topic: String, workbench: String? = nil
  ) {
    self.log = log
    self.topic = topic
    self.workbench = workbench
    forgetting = Forgetting(store)
  }

  /// For the data directory that is configured.
  package init(_ log: CommitLog, _ store: any TableStore, _ configuration: Configuration) {
    self.init(
      log, store, topic: configuration.topic,
      workbench: Path.join(configuration.dataDirectory, DataDirectory.workbenchName))
  }

  /// What was done.
  package struct Report: Sendable {
    package var rows = 0
    package var posts = 0
    package var records = 0

    package init() {}

    package init(_ json: JSON) {
      rows = json["rows"]?.integer ?? 0
      posts = json["posts"]?.integer ?? 0
      records = json["records"]?.integer ?? 0
    }

    /// As it is shown with `--json`, and sent to who asked for it.
    package var json: JSON {
      ["posts": JSON(posts), "rows": JSON(rows), "records": JSON(records)]
    }
  }

  /// Forgets all of `subjects`: the tables first, then the log. Where it is ended between, the
  /// next run, or the next forgetting, does the rest.
  package func forget(
    _ subjects: Set<Forgetting.Subject>, isCancelled: () -> Bool = { false },
    progress: (Int, Int) -> Void = { _, _ in }
  ) throws -> Report {
    let found = try forgetting.forget(subjects)
    var report = Report()
    report.rows = found.rows
    report.posts = found.posts
    report.records = try purge(isCancelled: isCancelled, progress: progress)
    return report
  }

  /// Takes posts out of the tables that were made before a time, in milliseconds since 1970. Their
  /// records go with the retention of the log. Returns how many rows went.
  package func expire(before time: Int64, isCancelled: () -> Bool = { false }) throws -> Int {
    try forgetting.expire(before: time, isCancelled: isCancelled)
  }

  /// Whether the log has still to be rid of something.
  package var isPurgeDue: Bool { get throws { try !forgetting.pending(limit: 1).isEmpty } }

  /// Rids the log, the labels and what tables there are besides of all that was noted when it
  /// began; returns how many records went or were changed. A partition that cannot be rewritten
  /// does not keep the others from it: its error is thrown in the end.
  package func purge(
    isCancelled: () -> Bool = { false }, progress: (Int, Int) -> Void = { _, _ in }
  ) throws -> Int {
    // What is noted meanwhile is for the next time, so that this one ends.
    var records = 0
    while case let pending = try forgetting.pending(), !pending.isEmpty {
      try forgetting.complete(pending)
      let labels = Result {
        if let workbench { try LabelBook(reading: workbench).forget(pending.posts) }
      }
      records += try purge(pending, isCancelled: isCancelled, progress: progress)
      try labels.get()
      if isCancelled() { break }
      try forgetting.settle(pending)
      guard pending.isCut else { break }
    }
    return records
  }

  private func purge(
    _ pending: Forgetting.Pending, isCancelled: () -> Bool, progress: (Int, Int) -> Void
  ) throws -> Int {
    let censor = RecordCensor(pending)
    // What the log itself and the collectors keep there names no posts.
    let topics = log.topics.map(\.name).filter { !$0.hasPrefix("__") }
    let partitions = try topics.flatMap { try log.partitions(of: $0) }
    var records = 0
    var failure: (any Error)?
    for (number, partition) in partitions.enumerated() where !isCancelled() {
      progress(number, partitions.count)
      let isOfPosts = [topic, DeadLetters.topic].contains(partition.topicPartition.topic)
      do {
        records += try partition.rewrite(isCancelled: isCancelled) {
          censor.fate(of: $0, isOfPosts: isOfPosts)
        }
      } catch { failure = failure ?? error }
    }
    if let failure { throw failure }
    return records
  }
}
