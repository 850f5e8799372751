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
  private let store: any TableStore
  private let forgetting: Forgetting
  /// Posts that are kept in memory until their labels are looked for.
  private static let mostFound = 10_000

  /// `topic` is the one that posts are in, `workbench` the path of the database with labels.
  package init(
    _ log: CommitLog, _ store: any TableStore, topic: String, workbench: String? = nil
  ) {
    self.log = log
    self.topic = topic
    self.workbench = workbench
    self.store = store
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
    /// Labelled posts, with all that was said of them.
    package var labels = 0

    package init() {}

    package init(_ json: JSON) {
      rows = json["rows"]?.integer ?? 0
      posts = json["posts"]?.integer ?? 0
      records = json["records"]?.integer ?? 0
      labels = json["labels"]?.integer ?? 0
    }

    /// Adds what was done in another step.
    package mutating func add(_ other: Report) {
      rows += other.rows
      posts += other.posts
      records += other.records
      labels += other.labels
    }

    /// As it is shown with `--json`, and sent to who asked for it.
    package var json: JSON {
      [
        "posts": JSON(posts), "rows": JSON(rows), "labels": JSON(labels),
        "records": JSON(records),
      ]
    }
  }

  /// Forgets all of `subjects`: the tables first, then the log. Where it is ended between, the
  /// next run, or the next forgetting, does the rest.
  package func forget(
    _ subjects: Set<Forgetting.Subject>, isCancelled: () -> Bool = { false },
    progress: (Int, Int) -> Void = { _, _ in }
  ) throws -> Report {
    // Labels that cannot be reached keep nothing else from being forgotten.
    let book = Result { try labels() }
    // Who went by a handle may be known by the labels alone, once the rows have expired.
    let handles = subjects.compactMap { subject in
      if case .handle(let name) = subject { name } else { nil }
    }
    let authors = (try? book.get()?.authors(behind: handles)) ?? []
    let found = try forgetting.forget(
      subjects.union(authors.map { Forgetting.Subject.author($0) }))
    var report = try purge(book, isCancelled: isCancelled, progress: progress)
    report.rows = found.rows
    report.posts = found.posts
    return report
  }

  /// The labels, to take posts out; nil where there are none. It is known of each whose post it
  /// was.
  private func labels() throws -> LabelBook? {
    guard let workbench else { return nil }
    let book = try LabelBook(forgettingIn: workbench)
    try book.trace(in: store)
    return book
  }

  /// Takes posts out of the tables that were made before a time, in milliseconds since 1970. Their
  /// records go with the retention of the log; their labels stay, with who wrote the posts. Returns
  /// how many rows went.
  package func expire(before time: Int64, isCancelled: () -> Bool = { false }) throws -> Int {
    let book = Result { try labels() }
    let rows = try forgetting.expire(before: time, isCancelled: isCancelled)
    _ = try book.get()
    return rows
  }

  /// Whether the log has still to be rid of something.
  package var isPurgeDue: Bool { get throws { try !forgetting.pending(limit: 1).isEmpty } }

  /// Rids the log, the labels and what tables there are besides of all that was noted when it
  /// began; returns how many records went or were changed. A partition that cannot be rewritten
  /// does not keep the others from it: its error is thrown in the end.
  package func purge(
    isCancelled: () -> Bool = { false }, progress: (Int, Int) -> Void = { _, _ in }
  ) throws -> Int {
    try purge(Result { try labels() }, isCancelled: isCancelled, progress: progress).records
  }

  private func purge(
    _ labels: Result<LabelBook?, any Error>, isCancelled: () -> Bool,
    progress: (Int, Int) -> Void
  ) throws -> Report {
    // What is noted meanwhile is for the next time, so that this one ends.
    var report = Report()
    while case var pending = try forgetting.pending(), !pending.isEmpty {
      let book = Result { try forgetLabels(of: &pending, try labels.get(), &report) }
      try forgetting.complete(pending)
      try purge(pending, try? book.get(), &report, isCancelled: isCancelled, progress: progress)
      _ = try book.get()
      if isCancelled() { break }
      try forgetting.settle(pending)
      guard pending.isCut else { break }
    }
    return report
  }

  /// Takes labels away with their posts, which join `pending`: labels alone may know of them.
  private func forgetLabels(
    of pending: inout Forgetting.Pending, _ book: LabelBook?, _ report: inout Report
  ) throws -> LabelBook? {
    guard let book else { return nil }
    let posts = try book.posts(of: pending)
    // Noted first: so none of them is labelled again from now on.
    try forgetting.noteGone(posts)
    report.labels += try book.forget(pending)
    pending.posts.formUnion(posts)
    return book
  }

  private func purge(
    _ pending: Forgetting.Pending, _ book: LabelBook?, _ report: inout Report,
    isCancelled: () -> Bool, progress: (Int, Int) -> Void
  ) throws {
    let censor = RecordCensor(pending)
    // What the log itself and the collectors keep there names no posts.
    let topics = log.topics.map(\.name).filter { !$0.hasPrefix("__") }
    let partitions = try topics.flatMap { try log.partitions(of: $0) }
    var failure: (any Error)?
    func attempt(_ work: () throws -> Void) {
      do { try work() } catch { failure = failure ?? error }
    }
    for (number, partition) in partitions.enumerated() where !isCancelled() {
      progress(number, partitions.count)
      let isOfPosts = [topic, DeadLetters.topic].contains(partition.topicPartition.topic)
      var labels = 0
      func forgetFound() throws {
        let found = censor.takeFound()
        try forgetting.noteGone(found)
        labels += try book?.forget(found) ?? 0
      }
      attempt {
        report.records += try partition.rewrite(isCancelled: isCancelled) {
          if censor.foundCount >= Self.mostFound { attempt(forgetFound) }
          return censor.fate(of: $0, isOfPosts: isOfPosts)
        }
      }
      attempt(forgetFound)
      report.labels += labels
    }
    if let failure { throw failure }
  }
}
