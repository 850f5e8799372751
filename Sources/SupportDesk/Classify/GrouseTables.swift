internal import Tables

/// The keyspace `grouse`: its definitions, and the statements that the query uses.
package struct GrouseTables: Sendable {
  /// What makes the keyspace, each only where it is missing.
  package static let definitions = [
    """
    CREATE KEYSPACE IF NOT EXISTS grouse
      WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}
    """,
    """
    CREATE TABLE IF NOT EXISTS grouse.posts (
      brand text, day date, created_at timestamp, id text, uuid uuid,
      author_id text, screen_name text, text text, lang text, kind text,
      in_reply_to text, conversation_id text,
      prediction double, probability double, label text, model text, words frozen<list<text>>,
      topic text, partition int, offset bigint,
      PRIMARY KEY ((brand, day), created_at, id)
    ) WITH CLUSTERING ORDER BY (created_at DESC, id DESC)
      AND comment = 'Every post kept, newest first, with the verdict on it'
    """,
    "CREATE INDEX IF NOT EXISTS posts_by_id ON grouse.posts (id)",
    """
    CREATE TABLE IF NOT EXISTS grouse.cases (
      brand text, state text, opened_at timestamp, post_id text,
      screen_name text, text text, probability double, words frozen<list<text>>,
      PRIMARY KEY ((brand, state), opened_at, post_id)
    ) WITH CLUSTERING ORDER BY (opened_at DESC, post_id DESC)
      AND comment = 'Posts that need an answer; state is open until somebody closes them'
    """,
    """
    CREATE TABLE IF NOT EXISTS grouse.counts_by_minute (
      brand text, day date, minute timestamp, posts bigint, complaints bigint,
      PRIMARY KEY ((brand, day), minute)
    ) WITH CLUSTERING ORDER BY (minute DESC)
      AND comment = 'Posts and complaints a minute, by the time they were made'
    """,
  ]

  let findPost, insertPost, deletePost: PreparedStatement
  let insertCase, renewCase, deleteCase: PreparedStatement
  let findCount, insertCount: PreparedStatement

  /// Makes what is missing and prepares the statements.
  package init(_ store: any TableStore) throws {
    for definition in Self.definitions { try store.execute(definition) }
    findPost = try store.prepare(
      """
      SELECT brand, day, created_at, topic, partition, offset, prediction
      FROM grouse.posts WHERE id = ?
      """)
    insertPost = try store.prepare(
      """
      INSERT INTO grouse.posts (brand, day, created_at, id, uuid, author_id, screen_name, text,
        lang, kind, in_reply_to, conversation_id, prediction, probability, label, model, words,
        topic, partition, offset)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """)
    deletePost = try store.prepare(
      "DELETE FROM grouse.posts WHERE brand = ? AND day = ? AND created_at = ? AND id = ?")
    insertCase = try store.prepare(
      """
      INSERT INTO grouse.cases (brand, state, opened_at, post_id, screen_name, text, probability,
        words)
      VALUES (?, 'open', ?, ?, ?, ?, ?, ?)
      """)
    renewCase = try store.prepare(
      """
      UPDATE grouse.cases SET text = ?, probability = ?, words = ?
      WHERE brand = ? AND state = 'open' AND opened_at = ? AND post_id = ? IF EXISTS
      """)
    deleteCase = try store.prepare(
      """
      DELETE FROM grouse.cases
      WHERE brand = ? AND state = 'open' AND opened_at = ? AND post_id = ?
      """)
    findCount = try store.prepare(
      """
      SELECT posts, complaints FROM grouse.counts_by_minute
      WHERE brand = ? AND day = ? AND minute = ?
      """)
    insertCount = try store.prepare(
      """
      INSERT INTO grouse.counts_by_minute (brand, day, minute, posts, complaints)
      VALUES (?, ?, ?, ?, ?)
      """)
  }
}
