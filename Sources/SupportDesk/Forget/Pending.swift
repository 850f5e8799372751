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

  /// Takes posts that were deleted while the query ran out of all other sets of tables, and notes
  /// the versions of them that only those know.
  package func complete(_ pending: Pending) throws -> Int {
    guard !pending.posts.isEmpty else { return 0 }
    var rows = 0
    for names in try tables() {
      let tables = try GrouseTables(store, names)
      var writer = writer(into: tables)
      let versions = try firstVersions(of: pending.posts, tables.scope)
        .subtracting(pending.posts)
      var changes = versions.sorted().map { deletion(of: $0, again: true) }
      if names != .live {
        changes += pending.posts.sorted().map { deletion(of: $0, again: false) }
      }
      rows += try apply(changes, with: &writer)
    }
    return rows
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
