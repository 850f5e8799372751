internal import Posts
internal import Tables

/// Finding the labels of what is to be forgotten, and taking them out.
extension LabelBook {
  /// Posts that are looked up at a time.
  private static let some = 10_000

  /// Takes posts away that are named, or whose authors are, with their texts and all that was said
  /// of them. Returns how many posts went.
  package func forget(_ pending: Forgetting.Pending) throws(ModelError) -> Int {
    try workbench?.write { change throws(ModelError) in try change.forget(pending) } ?? 0
  }

  /// The same for posts alone.
  package func forget(_ posts: Set<String>) throws(ModelError) -> Int {
    guard !posts.isEmpty else { return 0 }
    var pending = Forgetting.Pending()
    pending.posts = posts
    return try forget(pending)
  }

  /// The ids of the labelled posts that are named, or whose authors are, and of their first
  /// versions.
  package func posts(of pending: Forgetting.Pending) throws(ModelError) -> Set<String> {
    try workbench?.read { look throws(ModelError) in try look.posts(of: pending) } ?? []
  }

  /// The ids of the authors who went by handles, whatever their case.
  package func authors(behind handles: [String]) throws(ModelError) -> Set<String> {
    guard !handles.isEmpty else { return [] }
    return try workbench?.read { look throws(ModelError) in
      try look.authors(behind: handles.map { $0.lowercased() })
    } ?? []
  }

  /// Shows the ids of all labelled posts, and of those authors that are known.
  package func forEachPost(
    _ body: (_ id: String, _ author: String?) throws -> Void
  ) throws(ModelError) {
    try workbench?.read { look throws(ModelError) in try look.forEachPost(body) }
  }

  /// Takes from the tables whose the posts are that an earlier program has kept without it; each is
  /// looked up once. Needs a book that was opened for a change.
  package func trace(in store: any TableStore) throws {
    guard let workbench else { return }
    var last: String? = ""
    while let start = last {
      let ids = try workbench.read { look throws(ModelError) in
        try look.untracedPosts(behind: start, limit: Self.some)
      }
      last = ids.last
      guard !ids.isEmpty else { break }
      let found = try Forgetting(store).provenance(of: ids)
      try workbench.write { change throws(ModelError) in try change.trace(found) }
    }
  }
}

extension Forgetting {
  /// Whose posts are, as the tables know it; of those that have no row it is what their ids tell.
  func provenance(of ids: [String]) throws -> [String: PostProvenance] {
    var found = Dictionary(
      ids.map { id in
        let time = Array(id.utf8).withUnsafeBytes { PostTime.ofSnowflake($0) }
        return (id, PostProvenance(createdAt: time))
      }, uniquingKeysWith: { first, _ in first })
    for names in try tables() {
      let find = try store.prepare(
        "SELECT author_id, screen_name, created_at FROM \(names.posts) WHERE id = ?")
      for id in ids {
        var values = BoundValues()
        values.append(Array(id.utf8))
        guard let row = try store.execute(find, values, from: nil).rows.first else { continue }
        found[id]?.author = row[0].map { String(decoding: $0, as: UTF8.self) }
        found[id]?.handle = row[1].map { String(decoding: $0, as: UTF8.self) }
        if let time = row[2] { found[id]?.createdAt = time.bigEndianInteger() }
      }
      for (id, root) in try roots(of: Set(ids), try GrouseTables(store, names).scope) {
        found[id]?.root = root
      }
    }
    return found
  }

  /// The first versions of the posts among `ids` of the live tables that are later ones, by their
  /// ids.
  package func firstVersions(of ids: Set<String>) throws -> [String: String] {
    try roots(of: ids, try GrouseTables.scope(of: .live) { try store.state($0) })
  }
}
