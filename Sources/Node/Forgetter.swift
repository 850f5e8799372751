package import Bytes
package import CommitLog
internal import Machine
internal import Records
package import SupportDesk

/// Has posts and people forgotten in everything that a data directory holds: tables, the state of
/// queries, and all topics of the log.
package struct Forgetter: Sendable {
  private let log: CommitLog
  private let forgetting: Forgetting

  package init(_ log: CommitLog, _ store: any TableStore) {
    self.log = log
    forgetting = Forgetting(store)
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

  /// Rids the log of all that is to be forgotten; returns how many records went or were changed.
  package func purge(
    isCancelled: () -> Bool = { false }, progress: (Int, Int) -> Void = { _, _ in }
  ) throws -> Int {
    var records = 0
    while case let pending = try forgetting.pending(), !pending.isEmpty {
      let censor = pending.censor
      // What the log itself and the collectors keep there names no posts.
      let topics = log.topics.map(\.name).filter { !$0.hasPrefix("__") }
      let partitions = try topics.flatMap { try log.partitions(of: $0) }
      for (number, partition) in partitions.enumerated() {
        progress(number, partitions.count)
        if isCancelled() { return records }
        records += try partition.rewrite(isCancelled: isCancelled) { censor.fate(of: $0) }
      }
      if isCancelled() { return records }
      try forgetting.settle(pending)
    }
    return records
  }
}
