internal import Bytes
package import Machine
internal import Tables

/// Forgets posts and people: takes them out of all tables and what the queries keep, at once, and
/// notes what the log has still to be rid of.
package struct Forgetting: Sendable {
  /// What was done.
  package struct Report: Hashable, Sendable {
    /// Rows that are gone, of all tables of posts.
    package var rows = 0
    /// Posts that were named or found by their authors.
    package var posts = 0
  }

  let store: any TableStore
  private let clock: Clock

  package init(_ store: any TableStore, clock: Clock = .system) {
    self.store = store
    self.clock = clock
  }

  /// Posts a transaction takes away at most: others that write wait as long.
  static let most = 200

  /// Forgets all of `subjects` in all tables. What is done is on the disk when this returns; where
  /// it is ended before, doing it again does the rest.
  package func forget(_ subjects: Set<Subject>) throws -> Report {
    var named = Named(subjects)
    // It is noted who and what has to go before rows are looked for: none is written between, and
    // what a kill leaves is done by whoever looks at the notes next.
    try note(named.departures)
    try note(posts: named.posts)
    let tables = try tables()
    for names in tables { try find(&named, in: names) }
    try note(named.departures)
    var report = Report()
    for names in tables {
      try find(&named, in: names)
      let tables = try GrouseTables(store, names)
      var writer = writer(into: tables)
      let ids = try named.posts.union(firstVersions(of: named.posts, tables.scope))
      if names == .live { report.posts = ids.count }
      report.rows += try apply(ids.sorted().map { deletion(of: $0, again: true) }, with: &writer)
    }
    return report
  }

  /// Who and what is named, with what was found of it.
  struct Named {
    var posts: Set<String> = []
    /// Until when their posts go, in milliseconds since 1970.
    var authors: [String: Int64] = [:]
    /// The same by handle, in lower case.
    var handles: [String: Int64] = [:]

    init(_ subjects: Set<Subject>) {
      for subject in subjects {
        switch subject {
        case .post(let id): posts.insert(id)
        case .author(let id): authors[id] = .max
        case .handle(let name): handles[name.lowercased()] = .max
        }
      }
    }

    init(_ pending: Pending) {
      authors = pending.authors
      handles = pending.handles
    }

    var departures: [VerdictWriter.Change] {
      authors.keys.sorted().map { .departure(.author, Array($0.utf8), until: nil) }
        + handles.keys.sorted().map { .departure(.handle, Array($0.utf8), until: nil) }
    }
  }

  private func note(_ departures: [VerdictWriter.Change]) throws {
    var writer = writer(into: try GrouseTables(store))
    _ = try apply(departures, with: &writer)
  }

  private func note(posts: Set<String>) throws {
    var rest = posts.sorted()[...]
    while !rest.isEmpty {
      let some = rest.prefix(10_000)
      rest = rest.dropFirst(some.count)
      try store.commit { transaction in
        var forgotten = try ForgottenPosts(transaction)
        for id in some {
          try forgotten.insert(.post, Array(id.utf8), clock.milliseconds, again: true, transaction)
        }
        try forgotten.finish(transaction)
      }
    }
  }

  /// Notes that posts are gone which the log is rid of with others: versions of them, or what their
  /// author wrote and no table has.
  package func noteGone(_ posts: Set<String>) throws {
    guard !posts.isEmpty else { return }
    try store.commit { transaction in
      var forgotten = try ForgottenPosts(transaction)
      for id in posts.sorted() where id.utf8.count <= Limits.postIDBytes {
        try forgotten.insertGone(Array(id.utf8), clock.milliseconds, transaction)
      }
      try forgotten.finish(transaction)
    }
  }

  /// Adds the posts that a set of tables has of the authors named, and the authors behind handles.
  func find(_ named: inout Named, in names: TableNames) throws {
    guard !named.authors.isEmpty || !named.handles.isEmpty else { return }
    var found = named
    try forEachRow("SELECT id, author_id, screen_name, created_at FROM \(names.posts)") { row in
      let texts = row.prefix(3).map { $0.map { String(decoding: $0, as: UTF8.self) } }
      guard let id = texts[0], let time: Int64 = row[3]?.bigEndianInteger() else { return }
      if let author = texts[1], let until = found.authors[author], time <= until {
        found.posts.insert(id)
      }
      if !found.handles.isEmpty, let name = texts[2],
        let until = found.handles[name.lowercased()], time <= until
      {
        found.posts.insert(id)
        if let author = texts[1], !author.isEmpty, found.authors[author] == nil {
          found.authors[author] = until
        }
      }
    }
    named = found
  }

  /// The tables that hold posts, of whatever sets, with their keyspaces.
  package func tablesOfPosts() throws -> [String] { try existingTables().map(\.posts) }

  /// The sets of tables that hold posts; those of the live one are made where they are missing.
  func tables() throws -> [TableNames] {
    _ = try GrouseTables(store)
    return try existingTables()
  }

  private func existingTables() throws -> [TableNames] {
    var all: [TableNames] = []
    var names: Set<String> = []
    try forEachRow(
      "SELECT table_name FROM system_schema.tables WHERE keyspace_name = 'grouse'"
    ) { row in
      if let name = row[0] { names.insert(String(decoding: name, as: UTF8.self)) }
    }
    if names.contains("posts") { all.append(.live) }
    for name in names.sorted() where name != "posts" && names.contains("\(name)_cases") {
      all.append(TableNames(replayInto: name))
    }
    return all
  }

  func writer(into tables: GrouseTables) -> VerdictWriter {
    VerdictWriter(tables, topic: "", brand: Brand(), labels: ("", ""), subjects: [], model: "")
  }

  func deletion(of id: String, again: Bool) -> VerdictWriter.Change {
    .deletion(Array(id.utf8), again: again)
  }

  /// Returns how many rows went.
  func apply(
    _ changes: [VerdictWriter.Change], with writer: inout VerdictWriter
  ) throws -> Int {
    var rows = 0
    for start in stride(from: 0, to: changes.count, by: Self.most) {
      let some = Array(changes[start..<min(start + Self.most, changes.count)])
      var totals = QueryTotals()
      try store.commit { transaction in
        totals = QueryTotals()
        try writer.write(some, in: transaction, now: clock.milliseconds, &totals)
      }
      rows += totals.deleted
    }
    return rows
  }

  func forEachRow(_ query: String, _ body: ([[UInt8]?]) -> Void) throws {
    let statement = try store.prepare(query)
    var page: PagingState?
    repeat {
      let found = try store.execute(statement, BoundValues(), from: page)
      found.rows.forEach(body)
      page = found.next
    } while page != nil
  }

  /// Which version of an edited post is the latest.
  struct Edit {
    var name: [UInt8]
    var first: String
    var latest: String
  }

  /// Shows all edits of a set of tables, some at a time.
  func forEachEdit(_ scope: String, _ body: ([Edit]) throws -> Void) throws {
    let prefix = VerdictWriter.edits(scope)
    var lower = prefix
    let upper = prefix + [0xFF]
    while case let some = try store.states(from: lower, to: upper, limit: 10_000),
      let last = some.last
    {
      try body(
        some.map { name, latest in
          Edit(
            name: name, first: String(decoding: name[prefix.count...], as: UTF8.self),
            latest: String(decoding: latest, as: UTF8.self))
        })
      lower = last.name + [0]
    }
  }

  /// The first versions of the posts among `ids` that are later ones, by their ids.
  func roots(of ids: Set<String>, _ scope: String) throws -> [String: String] {
    guard !ids.isEmpty else { return [:] }
    var found: [String: String] = [:]
    try forEachEdit(scope) { edits in
      for edit in edits where ids.contains(edit.latest) { found[edit.latest] = edit.first }
    }
    return found
  }

  /// The ids of the first versions of posts that were edited since.
  func firstVersions(of ids: Set<String>, _ scope: String) throws -> Set<String> {
    Set(try roots(of: ids, scope).values)
  }
}
