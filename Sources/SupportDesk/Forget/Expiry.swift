internal import Posts
internal import Tables

extension Forgetting {
  /// Takes all posts out of all tables that were made before a time, in milliseconds since 1970;
  /// returns how many rows went. Counts by minute and hour stay.
  package func expire(before time: Int64, isCancelled: () -> Bool = { false }) throws -> Int {
    var rows = 0
    for names in try tables() {
      let tables = try GrouseTables(store, names)
      var writer = writer(into: tables)
      var days: [[[UInt8]?]] = []
      try forEachRow("SELECT DISTINCT brand, day FROM \(names.posts)") { days.append($0) }
      let find = try store.prepare(
        """
        SELECT id FROM \(names.posts) WHERE brand = ? AND day = ? AND created_at < ?
        LIMIT \(Self.most)
        """)
      for day in days {
        var values = BoundValues()
        for key in day { values.append(optional: key) }
        values.append(time)
        while !isCancelled() {
          let ids = try store.execute(find, values, from: nil).rows.compactMap { $0[0] }
          let gone = try apply(ids.map { .expiry($0) }, with: &writer)
          if gone == 0 { break }
          rows += gone
        }
      }
      if rows > 0 { try forgetEdits(tables.scope, before: time) }
    }
    return rows
  }

  /// Which version of a post is the latest need not be known of posts that are too old to come
  /// again: X's ids have their time in them.
  private func forgetEdits(_ scope: String, before time: Int64) throws {
    try forEachEdit(scope) { edits in
      let old = edits.filter { edit in
        Array(edit.latest.utf8).withUnsafeBytes { PostTime.ofSnowflake($0) }.map { $0 < time }
          ?? false
      }
      guard !old.isEmpty else { return }
      try store.commit { transaction in
        for edit in old { try transaction.setState(edit.name, nil) }
      }
    }
  }
}
