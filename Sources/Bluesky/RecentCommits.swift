package import Posts

/// The latest commits kept, so that one that comes again is known.
package struct RecentCommits: Sendable {
  private var keys: RecentKeys<String>
  /// The latest time of a commit kept, in microseconds since 1970; 0: there is none.
  private(set) var latest: Int64 = 0

  package init(capacity: Int = Limits.recentCommits) { keys = RecentKeys(capacity: capacity) }

  /// Keeps an event's commit; false where it was known.
  @discardableResult
  package mutating func insert(_ event: JetstreamEvent) -> Bool {
    let key =
      event.kind == .departure
      ? "\(event.did)@\(event.time)"
      : "\(event.address)@\(event.revision) \(event.kind == .commit(.delete) ? "-" : "+")"
    guard keys.insert(key) else { return false }
    latest = max(latest, event.time)
    return true
  }
}

/// The addresses of posts that are kept, and their authors, as hashes: the deletions of all others
/// are nothing to us.
package struct KeptPosts: Sendable {
  private var hashes: Set<Int> = []

  package init() {}

  /// Keeps whose post is kept, and where it is.
  package mutating func insert(_ event: JetstreamEvent) {
    hashes.insert(event.address.hashValue)
    hashes.insert(event.did.hashValue)
  }

  /// Whether a post is kept, or one of an author's; false is certain.
  package func contains(_ address: String) -> Bool { hashes.contains(address.hashValue) }
}
