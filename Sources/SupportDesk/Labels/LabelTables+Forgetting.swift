internal import GRDB

extension Workbench.Contents {
  /// Takes posts away that are named, or whose authors are; their labels go with them. Returns how
  /// many posts went.
  func forget(_ pending: Forgetting.Pending) throws(ModelError) -> Int {
    try sql { database in
      var count = 0
      for condition in LabelledPosts.conditions(pending) {
        let statement = try database.makeStatement(
          sql: "DELETE FROM labelled_posts WHERE \(condition.sql)")
        for arguments in condition.arguments {
          try statement.execute(arguments: arguments)
          count += database.changesCount
        }
      }
      return count
    }
  }

  /// The ids of the labelled posts that are named, or whose authors are, and of their first
  /// versions.
  func posts(of pending: Forgetting.Pending) throws(ModelError) -> Set<String> {
    try sql { database in
      var found: Set<String> = []
      for condition in LabelledPosts.conditions(pending) {
        let statement = try database.makeStatement(
          sql: "SELECT id, root FROM labelled_posts WHERE \(condition.sql)")
        for arguments in condition.arguments {
          let rows = try Row.fetchCursor(statement, arguments: arguments)
          while let row = try rows.next() {
            found.insert(row[0])
            if let root: String = row[1] { found.insert(root) }
          }
        }
      }
      return found
    }
  }

  /// The ids of the authors who went by these handles, in lower case.
  func authors(behind handles: [String]) throws(ModelError) -> Set<String> {
    try sql { database in
      let statement = try database.makeStatement(
        sql: "SELECT DISTINCT author FROM labelled_posts WHERE handle = ? AND author <> ''")
      return try handles.reduce(into: []) {
        $0.formUnion(try String.fetchAll(statement, arguments: [$1]))
      }
    }
  }

  /// Ids behind `last` of posts that an earlier program has kept, of which nobody has looked yet
  /// whose they are.
  func untracedPosts(behind last: String, limit: Int) throws(ModelError) -> [String] {
    try sql {
      try String.fetchAll(
        $0,
        sql: "SELECT id FROM labelled_posts WHERE author IS NULL AND id > ? ORDER BY id LIMIT ?",
        arguments: [last, limit])
    }
  }

  /// Notes whose posts are which an earlier program has kept.
  func trace(_ posts: [String: PostProvenance]) throws(ModelError) {
    try sql { database in
      let statement = try database.makeStatement(
        sql: """
          UPDATE labelled_posts SET root = ?, author = ?, handle = ?, created_at = ?
          WHERE id = ? AND author IS NULL
          """)
      for (id, post) in posts {
        try statement.execute(arguments: [
          post.root, post.author ?? "", post.handle?.lowercased() ?? "", post.createdAt, id,
        ])
      }
    }
  }

  /// Shows the ids of all labelled posts, and of those authors that are known.
  func forEachPost(_ body: (_ id: String, _ author: String?) throws -> Void) throws(ModelError) {
    let author = try hasProvenance() ? "author" : "NULL"
    try sql {
      let rows = try Row.fetchCursor($0, sql: "SELECT id, \(author) FROM labelled_posts")
      while let row = try rows.next() { try body(row[0], row[1]) }
    }
  }
}

/// How labelled posts are found that are to be forgotten.
private enum LabelledPosts {
  struct Condition {
    var sql: String
    var arguments: [StatementArguments]
  }

  /// One whose time nobody knows may have been written in time.
  static func conditions(_ pending: Forgetting.Pending) -> [Condition] {
    let posts = pending.posts.sorted().map { StatementArguments([$0]) }
    func people(_ column: String, _ named: [String: Int64]) -> Condition {
      Condition(
        sql: "\(column) = ? AND (created_at IS NULL OR created_at <= ?)",
        arguments: named.sorted { $0.key < $1.key }.map { [$0.key, $0.value] })
    }
    return [
      Condition(sql: "id = ?", arguments: posts), Condition(sql: "root = ?", arguments: posts),
      people("author", pending.authors), people("handle", pending.handles),
    ]
  }
}
