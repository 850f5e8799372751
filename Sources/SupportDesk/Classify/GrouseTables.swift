internal import Tables

/// The keyspace `grouse`: its definitions, and the statements that the query uses.
package struct GrouseTables: Sendable {
  /// What makes the tables, each only where it is missing.
  package static func definitions(_ names: TableNames = .live) -> [String] {
    [
      """
      CREATE KEYSPACE IF NOT EXISTS grouse
        WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}
      """,
      """
      CREATE TABLE IF NOT EXISTS \(names.posts) (
        brand text, day date, created_at timestamp, id text, uuid uuid,
        author_id text, screen_name text, text text, lang text, kind text,
        in_reply_to text, conversation_id text,
        prediction double, probability double, label text, model text, words frozen<list<text>>,
        topic text, partition int, offset bigint, subject text, subject_probability double,
        PRIMARY KEY ((brand, day), created_at, id)
      ) WITH CLUSTERING ORDER BY (created_at DESC, id DESC)
        AND comment = 'Every post kept, newest first, with the verdict on it'
      """,
      "CREATE INDEX IF NOT EXISTS \(names.postsByID) ON \(names.posts) (id)",
      """
      CREATE TABLE IF NOT EXISTS \(names.cases) (
        brand text, state text, opened_at timestamp, post_id text,
        screen_name text, text text, probability double, words frozen<list<text>>, subject text,
        author_id text, conversation_id text, posts int, copies int, last_at timestamp,
        PRIMARY KEY ((brand, state), opened_at, post_id)
      ) WITH CLUSTERING ORDER BY (opened_at DESC, post_id DESC)
        AND comment = 'What needs an answer, by conversation; open until somebody closes it'
      """,
      """
      CREATE TABLE IF NOT EXISTS \(names.minutes) (
        brand text, day date, minute timestamp, posts bigint, complaints bigint,
        PRIMARY KEY ((brand, day), minute)
      ) WITH CLUSTERING ORDER BY (minute DESC)
        AND comment = 'Posts and complaints a minute, by the time they were made'
      """,
      """
      CREATE TABLE IF NOT EXISTS \(names.subjects) (
        brand text, day date, subject text, hour timestamp, posts bigint, complaints bigint,
        PRIMARY KEY ((brand, day), subject, hour)
      ) WITH CLUSTERING ORDER BY (subject ASC, hour DESC)
        AND comment = 'Posts and complaints an hour, by what the model says they are about'
      """,
      """
      CREATE TABLE IF NOT EXISTS grouse.scores_by_hour (
        model text, hour timestamp, posts bigint, bins frozen<list<bigint>>,
        looked bigint, unseen double, psi double,
        PRIMARY KEY (model, hour)
      ) WITH CLUSTERING ORDER BY (hour DESC)
        AND comment = 'How a model scored what was read in an hour, against its training'
      """,
      """
      CREATE TABLE IF NOT EXISTS \(names.alerts) (
        brand text, started_at timestamp, ended_at timestamp, complaints bigint, peak bigint,
        usual double, threshold double,
        PRIMARY KEY (brand, started_at)
      ) WITH CLUSTERING ORDER BY (started_at DESC)
        AND comment = 'Times in which complaints came far faster than usual'
      """,
    ]
  }

  /// Columns that the tables of an earlier program lack.
  private static let additions = [
    (table: "posts", column: "subject", type: "text"),
    (table: "posts", column: "subject_probability", type: "double"),
    (table: "cases", column: "subject", type: "text"),
    (table: "cases", column: "author_id", type: "text"),
    (table: "cases", column: "conversation_id", type: "text"),
    (table: "cases", column: "posts", type: "int"),
    (table: "cases", column: "copies", type: "int"),
    (table: "cases", column: "last_at", type: "timestamp"),
  ]

  private static func addMissingColumns(_ store: any TableStore) throws {
    for addition in additions {
      let found = try store.execute(
        """
        SELECT column_name FROM system_schema.columns WHERE keyspace_name = 'grouse'
          AND table_name = '\(addition.table)' AND column_name = '\(addition.column)'
        """)
      guard found.rows.isEmpty else { continue }
      try store.execute(
        "ALTER TABLE grouse.\(addition.table) ADD \(addition.column) \(addition.type)")
    }
  }

  /// Where the state of a set of tables lies: it goes with them when they are exchanged.
  static func scope(
    of names: TableNames, _ state: (String) throws -> [UInt8]?
  ) rethrows -> String {
    try state(scopeName(names)).map { String(decoding: $0, as: UTF8.self) } ?? names.firstScope
  }

  static func scopeName(_ names: TableNames) -> String { "scope/\(names.posts)" }

  let names: TableNames
  /// What the names begin with under which the state of these tables lies: which versions of posts
  /// are the latest, which complaints belong together.
  let scope: String
  let findPost, readPost, insertPost, deletePost: PreparedStatement
  let insertCase, countCase, renewCase, deleteCase: PreparedStatement
  let listCaseStates, deleteClosedCase: PreparedStatement
  let findCount, insertCount: PreparedStatement
  let findSubjectCount, insertSubjectCount: PreparedStatement
  let findScores, insertScores: PreparedStatement
  let insertAlert: PreparedStatement

  /// Makes what is missing and prepares the statements.
  package init(_ store: any TableStore, _ names: TableNames = .live) throws {
    self.names = names
    scope = try Self.scope(of: names) { try store.state($0) }
    for definition in Self.definitions(names) { try store.execute(definition) }
    if names == .live { try Self.addMissingColumns(store) }
    findPost = try store.prepare(
      """
      SELECT brand, day, created_at, topic, partition, offset, prediction, subject
      FROM \(names.posts) WHERE id = ?
      """)
    readPost = try store.prepare(
      """
      SELECT brand, author_id, conversation_id, screen_name, text, probability, words, subject
      FROM \(names.posts) WHERE id = ?
      """)
    insertPost = try store.prepare(
      """
      INSERT INTO \(names.posts) (brand, day, created_at, id, uuid, author_id, screen_name, text,
        lang, kind, in_reply_to, conversation_id, prediction, probability, label, model, words,
        topic, partition, offset, subject, subject_probability)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """)
    deletePost = try store.prepare(
      "DELETE FROM \(names.posts) WHERE brand = ? AND day = ? AND created_at = ? AND id = ?")
    insertCase = try store.prepare(
      """
      INSERT INTO \(names.cases) (brand, state, opened_at, post_id, screen_name, text, probability,
        words, subject, author_id, conversation_id, posts, copies, last_at)
      VALUES (?, 'open', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """)
    countCase = try store.prepare(
      """
      UPDATE \(names.cases) SET posts = ?, copies = ?, last_at = ?
      WHERE brand = ? AND state = 'open' AND opened_at = ? AND post_id = ? IF EXISTS
      """)
    renewCase = try store.prepare(
      """
      UPDATE \(names.cases) SET text = ?, probability = ?, words = ?, subject = ?
      WHERE brand = ? AND state = 'open' AND opened_at = ? AND post_id = ? IF EXISTS
      """)
    deleteCase = try store.prepare(
      """
      DELETE FROM \(names.cases)
      WHERE brand = ? AND state = 'open' AND opened_at = ? AND post_id = ? IF EXISTS
      """)
    listCaseStates = try store.prepare("SELECT DISTINCT brand, state FROM \(names.cases)")
    deleteClosedCase = try store.prepare(
      """
      DELETE FROM \(names.cases)
      WHERE brand = ? AND state = ? AND opened_at = ? AND post_id = ? IF EXISTS
      """)
    findCount = try store.prepare(
      """
      SELECT posts, complaints FROM \(names.minutes)
      WHERE brand = ? AND day = ? AND minute = ?
      """)
    insertCount = try store.prepare(
      """
      INSERT INTO \(names.minutes) (brand, day, minute, posts, complaints)
      VALUES (?, ?, ?, ?, ?)
      """)
    findSubjectCount = try store.prepare(
      """
      SELECT posts, complaints FROM \(names.subjects)
      WHERE brand = ? AND day = ? AND subject = ? AND hour = ?
      """)
    insertSubjectCount = try store.prepare(
      """
      INSERT INTO \(names.subjects) (brand, day, subject, hour, posts, complaints)
      VALUES (?, ?, ?, ?, ?, ?)
      """)
    findScores = try store.prepare(
      "SELECT bins, looked, unseen FROM grouse.scores_by_hour WHERE model = ? AND hour = ?")
    insertScores = try store.prepare(
      """
      INSERT INTO grouse.scores_by_hour (model, hour, posts, bins, looked, unseen, psi)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      """)
    insertAlert = try store.prepare(
      """
      INSERT INTO \(names.alerts) (brand, started_at, ended_at, complaints, peak, usual, threshold)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      """)
  }
}
