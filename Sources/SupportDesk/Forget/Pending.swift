extension Forgetting {
  /// What the log has still to be rid of.
  package struct Pending: Sendable {
    package var posts: Set<String> = []
    /// Until when the author's posts are to be forgotten, in milliseconds since 1970.
    package var authors: [String: Int64] = [:]
    /// The same by handle, in lower case.
    package var handles: [String: Int64] = [:]
    /// Whether there is more than was asked for.
    package var isCut = false
    fileprivate var names: [(name: [UInt8], bytes: [UInt8])] = []

    package init() {}

    /// Whether there is nothing.
    package var isEmpty: Bool { names.isEmpty }
  }

  /// What the log has still to be rid of, some at a time.
  package func pending(limit: Int = 100_000) throws -> Pending {
    let prefix = Array(ForgottenPosts.pendingPrefix.utf8)
    var pending = Pending()
    pending.names = try store.states(from: prefix, to: prefix + [0xFF], limit: limit)
    pending.isCut = pending.names.count == limit
    for (name, bytes) in pending.names {
      guard name.count > prefix.count + 1, bytes.count == 8 else { continue }
      let id = String(decoding: name[(prefix.count + 1)...], as: UTF8.self)
      switch ForgottenPosts.Kind(rawValue: name[prefix.count]) {
      case .post: pending.posts.insert(id)
      case .author: pending.authors[id] = bytes.bigEndianInteger()
      case .handle: pending.handles[id] = bytes.bigEndianInteger()
      case nil: continue
      }
    }
    return pending
  }

  /// Takes what was noted out of all sets of tables that have it still: the query takes a post that
  /// was deleted out of its own alone, and a forgetting may have been killed. Notes the versions
  /// that only some tables know.
  package func complete(_ pending: Pending) throws {
    for names in try tables() {
      let tables = try GrouseTables(store, names)
      var writer = writer(into: tables)
      let versions = try firstVersions(of: pending.posts, tables.scope)
        .subtracting(pending.posts)
      var changes = versions.sorted().map { deletion(of: $0, again: true) }
      changes += pending.posts.sorted().map { deletion(of: $0, again: false) }
      var named = Named(pending)
      try find(&named, in: names)
      changes += named.posts.sorted().map { deletion(of: $0, again: false) }
      _ = try apply(changes, with: &writer)
    }
  }

  /// The log is rid of `pending`. What was asked for again since stays.
  package func settle(_ pending: Pending) throws {
    try store.commit { transaction in
      for (name, bytes) in pending.names where try transaction.state(name) == bytes {
        try transaction.setState(name, nil)
      }
    }
  }
}
