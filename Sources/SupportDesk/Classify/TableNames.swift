/// The names of one set of tables that belong together: the ones that queries fill and people ask,
/// or others that a replay fills beside them.
package struct TableNames: Hashable, Sendable {
  /// The table of posts, with its keyspace.
  package let posts: String
  private let isLive: Bool

  /// The tables of the running pipeline.
  package static let live = TableNames(posts: "grouse.posts", isLive: true)

  /// Tables whose names begin with `table`, which is in the keyspace `grouse`.
  package init(replayInto table: String) { self.init(posts: "grouse.\(table)", isLive: false) }

  private init(posts: String, isLive: Bool) {
    self.posts = posts
    self.isLive = isLive
  }

  /// The table of cases, with its keyspace.
  package var cases: String { isLive ? "grouse.cases" : "\(posts)_cases" }
  /// The counts by minute.
  package var minutes: String { isLive ? "grouse.counts_by_minute" : "\(posts)_by_minute" }
  /// The counts by subject and hour.
  package var subjects: String { isLive ? "grouse.counts_by_subject" : "\(posts)_by_subject" }
  /// The surges.
  package var alerts: String { isLive ? "grouse.alerts" : "\(posts)_alerts" }

  /// All of them, in the same order for each set.
  package var all: [String] { [posts, cases, minutes, subjects, alerts] }

  /// The index that finds posts by their ids; without its keyspace.
  var postsByID: String { "\(posts.dropFirst("grouse.".count))_by_id" }

  /// Where the state of the tables lies that are first made under these names.
  var firstScope: String { isLive ? "" : "\(posts)/" }
}
