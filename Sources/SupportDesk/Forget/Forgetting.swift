internal import Bytes
package import Machine
internal import Tables

/// Forgets posts and people: takes them out of all tables and what the queries keep, at once, and
/// notes what the log has still to be rid of.
package struct Forgetting: Sendable {
  /// What is to be forgotten.
  package enum Subject: Hashable, Sendable {
    /// A post's id.
    case post(String)
    /// An author's id.
    case author(String)
    /// An author's handle, without `@`.
    case handle(String)

    /// Reads what people name posts and authors by: an id or an address of either network, or
    /// `@handle`; `user:ID` is an author's. Nil for what is none of these.
    package init?(_ text: String) {
      let isShort = !text.isEmpty && text.utf8.count <= Limits.postIDBytes
      guard isShort, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
      if text.hasPrefix("at://") {
        self = text.dropFirst(5).contains("/") ? .post(text) : .author(String(text.dropFirst(5)))
      } else if text.hasPrefix("did:") {
        self = .author(text)
      } else if text.hasPrefix("@") {
        guard text.utf8.count > 1 else { return nil }
        self = .handle(String(text.dropFirst()))
      } else if text.hasPrefix("user:") {
        guard text.utf8.count > 5 else { return nil }
        self = .author(String(text.dropFirst(5)))
      } else if let address = Self.ofAddress(text) {
        self = address
      } else {
        guard !text.contains("/") else { return nil }
        self = .post(text.hasPrefix("post:") ? String(text.dropFirst(5)) : text)
      }
    }

    /// `https://x.com/NAME/status/ID`.
    private static func ofAddress(_ text: String) -> Subject? {
      guard text.hasPrefix("https://") else { return nil }
      let parts = text.dropFirst(8).split(separator: "/")
      guard let host = parts.first, ["x.com", "twitter.com"].contains(String(host)) else {
        return nil
      }
      if parts.count > 3, parts[2] == "status" {
        return .post(String(parts[3].prefix { $0 != "?" }))
      }
      return parts.count == 2 ? .handle(String(parts[1])) : nil
    }
  }

  /// What was done.
  package struct Report: Hashable, Sendable {
    /// Rows that are gone, of all tables of posts.
    package var rows = 0
    /// Posts that were named or found by their authors.
    package var posts = 0
  }

  private let store: any TableStore
  private let clock: Clock

  package init(_ store: any TableStore, clock: Clock = .system) {
    self.store = store
    self.clock = clock
  }

  /// Posts a transaction takes away at most: others that write wait as long.
  private static let most = 200

  /// Forgets all of `subjects` in all tables. What is done is on the disk when this returns; where
  /// it is ended before, doing it again does the rest.
  package func forget(_ subjects: Set<Subject>) throws -> Report {
    var report = Report()
    for names in try tables() {
      let tables = try GrouseTables(store, names)
      var writer = VerdictWriter(
        tables, topic: "", brand: Brand(), labels: ("", ""), subjects: [], model: "")
      let (ids, authors) = try posts(of: subjects, in: names, tables.scope)
      if names == .live { report.posts = ids.count }
      var changes: [VerdictWriter.Change] = subjects.compactMap { subject in
        switch subject {
        case .post: nil
        case .author(let id): .departure(.author, Array(id.utf8))
        case .handle(let name): .departure(.handle, Array(name.lowercased().utf8))
        }
      }
      changes += authors.map { .departure(.author, Array($0.utf8)) }
      changes += ids.sorted().map { .deletion(Array($0.utf8), again: true) }
      for start in stride(from: 0, to: changes.count, by: Self.most) {
        let some = Array(changes[start..<min(start + Self.most, changes.count)])
        report.rows += try apply(some, with: &writer)
      }
    }
    return report
  }

  /// Returns how many rows went.
  private func apply(
    _ changes: [VerdictWriter.Change], with writer: inout VerdictWriter
  ) throws -> Int {
    var totals = QueryTotals()
    try store.commit { transaction in
      totals = QueryTotals()
      try writer.write(changes, in: transaction, now: clock.milliseconds, &totals)
    }
    return totals.deleted
  }

  /// Takes all posts out of all tables that were made before a time, in milliseconds since 1970;
  /// returns how many rows went. Counts by minute and hour stay.
  package func expire(before time: Int64, isCancelled: () -> Bool = { false }) throws -> Int {
    var rows = 0
    for names in try tables() {
      let tables = try GrouseTables(store, names)
      var writer = VerdictWriter(
        tables, topic: "", brand: Brand(), labels: ("", ""), subjects: [], model: "")
      var days: [[[UInt8]?]] = []
      try forEachRow("SELECT DISTINCT brand, day FROM \(names.posts)") { days.append($0) }
      let find = try store.prepare(
        """
        SELECT id FROM \(names.posts) WHERE brand = ? AND day = ? AND created_at < ?
        LIMIT \(Self.most)
        """)
      var gone: Set<String> = []
      for day in days {
        var values = BoundValues()
        for key in day { values.append(optional: key) }
        values.append(time)
        while !isCancelled() {
          let ids = try store.execute(find, values, from: nil).rows.compactMap { $0[0] }
          if ids.isEmpty { break }
          rows += try apply(ids.map { .expiry($0) }, with: &writer)
          gone.formUnion(ids.map { String(decoding: $0, as: UTF8.self) })
        }
      }
      let edited = try firstVersions(of: gone, tables.scope)
      guard !edited.isEmpty else { continue }
      try store.commit { transaction in
        for id in edited {
          try transaction.setState(Array("\(tables.scope)edits/\(id)".utf8), nil)
        }
      }
    }
    return rows
  }

  /// The sets of tables that hold posts.
  private func tables() throws -> [TableNames] {
    var all = [TableNames.live]
    _ = try GrouseTables(store)
    let rows = try store.execute(
      "SELECT table_name FROM system_schema.tables WHERE keyspace_name = 'grouse'"
    ).rows
    let names = Set(rows.compactMap { row in row[0].map { String(decoding: $0, as: UTF8.self) } })
    for name in names.sorted() where name != "posts" && names.contains("\(name)_cases") {
      all.append(TableNames(replayInto: name))
    }
    return all
  }

  /// The ids of the posts that are named, of those that their authors have written, and of all
  /// versions of each; and the ids of authors who are named by their handles.
  private func posts(
    of subjects: Set<Subject>, in names: TableNames, _ scope: String
  ) throws -> (ids: Set<String>, authors: Set<String>) {
    var ids: Set<String> = []
    var named: Set<String> = []
    var authors: Set<String> = []
    var handles: Set<String> = []
    for subject in subjects {
      switch subject {
      case .post(let id): ids.insert(id)
      case .author(let id): authors.insert(id)
      case .handle(let name): handles.insert(name.lowercased())
      }
    }
    if !authors.isEmpty || !handles.isEmpty {
      try forEachRow("SELECT id, author_id, screen_name FROM \(names.posts)") { row in
        let texts = row.map { $0.map { String(decoding: $0, as: UTF8.self) } }
        guard let id = texts[0] else { return }
        if texts[1].map(authors.contains) == true { ids.insert(id) }
        if !handles.isEmpty, texts[2].map({ handles.contains($0.lowercased()) }) == true {
          ids.insert(id)
          if let author = texts[1] { named.insert(author) }
        }
      }
    }
    return (try ids.union(firstVersions(of: ids, scope)), named)
  }

  private func forEachRow(_ query: String, _ body: ([[UInt8]?]) -> Void) throws {
    let statement = try store.prepare(query)
    var page: PagingState?
    repeat {
      let found = try store.execute(statement, BoundValues(), from: page)
      found.rows.forEach(body)
      page = found.next
    } while page != nil
  }

  /// The ids of the first versions of posts that were edited since.
  private func firstVersions(of ids: Set<String>, _ scope: String) throws -> Set<String> {
    let prefix = Array("\(scope)edits/".utf8)
    var found: Set<String> = []
    var lower = prefix
    let upper = prefix + [0xFF]
    while case let some = try store.states(from: lower, to: upper, limit: 10_000),
      let last = some.last
    {
      for (name, latest) in some where ids.contains(String(decoding: latest, as: UTF8.self)) {
        found.insert(String(decoding: name[prefix.count...], as: UTF8.self))
      }
      lower = last.name + [0]
    }
    return found
  }
}

extension Forgetting {
  /// What the log has still to be rid of.
  package struct Pending: Sendable {
    package var posts: Set<String> = []
    package var authors: Set<String> = []
    package var handles: Set<String> = []
    fileprivate var names: [(name: [UInt8], bytes: [UInt8])] = []

    /// Whether there is nothing.
    package var isEmpty: Bool { names.isEmpty }

    /// What tells of a record whether it has to go.
    package var censor: RecordCensor {
      RecordCensor(posts: posts, authors: authors, handles: handles)
    }
  }

  /// What the log has still to be rid of, some at a time.
  package func pending(limit: Int = 100_000) throws -> Pending {
    let prefix = Array(ForgottenPosts.pendingPrefix.utf8)
    var pending = Pending()
    pending.names = try store.states(from: prefix, to: prefix + [0xFF], limit: limit)
    for (name, _) in pending.names {
      guard name.count > prefix.count else { continue }
      let id = String(decoding: name[(prefix.count + 1)...], as: UTF8.self)
      switch ForgottenPosts.Kind(rawValue: name[prefix.count]) {
      case .post: pending.posts.insert(id)
      case .author: pending.authors.insert(id)
      case .handle: pending.handles.insert(id)
      case nil: continue
      }
    }
    return pending
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
