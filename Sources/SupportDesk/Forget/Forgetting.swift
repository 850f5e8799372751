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
    // It is noted who has to go before their rows are looked for: none is written between.
    try note(named.departures)
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
  private struct Named {
    var posts: Set<String> = []
    var authors: Set<String> = []
    /// In lower case.
    var handles: Set<String> = []

    init(_ subjects: Set<Subject>) {
      for subject in subjects {
        switch subject {
        case .post(let id): posts.insert(id)
        case .author(let id): authors.insert(id)
        case .handle(let name): handles.insert(name.lowercased())
        }
      }
    }

    var departures: [VerdictWriter.Change] {
      authors.sorted().map { .departure(.author, Array($0.utf8)) }
        + handles.sorted().map { .departure(.handle, Array($0.utf8)) }
    }
  }

  private func note(_ departures: [VerdictWriter.Change]) throws {
    var writer = writer(into: try GrouseTables(store))
    _ = try apply(departures, with: &writer)
  }

  /// Adds the posts that a set of tables has of the authors named, and the authors behind handles.
  private func find(_ named: inout Named, in names: TableNames) throws {
    guard !named.authors.isEmpty || !named.handles.isEmpty else { return }
    var found = named
    try forEachRow("SELECT id, author_id, screen_name FROM \(names.posts)") { row in
      let texts = row.map { $0.map { String(decoding: $0, as: UTF8.self) } }
      guard let id = texts[0] else { return }
      if let author = texts[1], found.authors.contains(author) { found.posts.insert(id) }
      if !found.handles.isEmpty, let name = texts[2], found.handles.contains(name.lowercased()) {
        found.posts.insert(id)
        if let author = texts[1], !author.isEmpty { found.authors.insert(author) }
      }
    }
    named = found
  }

  /// The sets of tables that hold posts.
  func tables() throws -> [TableNames] {
    var all = [TableNames.live]
    _ = try GrouseTables(store)
    var names: Set<String> = []
    try forEachRow(
      "SELECT table_name FROM system_schema.tables WHERE keyspace_name = 'grouse'"
    ) { row in
      if let name = row[0] { names.insert(String(decoding: name, as: UTF8.self)) }
    }
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
    let prefix = Array("\(scope)edits/".utf8)
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

  /// The ids of the first versions of posts that were edited since.
  func firstVersions(of ids: Set<String>, _ scope: String) throws -> Set<String> {
    guard !ids.isEmpty else { return [] }
    var found: Set<String> = []
    try forEachEdit(scope) { edits in
      for edit in edits where ids.contains(edit.latest) { found.insert(edit.first) }
    }
    return found
  }
}
