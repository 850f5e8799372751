import Tables
import Testing

@Suite struct StatementTests {
  @Test func `rows come back in clustering order and by index`() throws {
    let store = try TemporaryTables()
    try store.run(
      """
      CREATE TABLE k.posts (brand text, day date, at timestamp, id text, body text, score double,
        PRIMARY KEY ((brand, day), at, id)) WITH CLUSTERING ORDER BY (at DESC, id ASC)
      """, "CREATE INDEX posts_by_id ON k.posts (id)")
    for number in 1...5 {
      try store.run(
        """
        INSERT INTO k.posts (brand, day, at, id, body, score)
        VALUES ('asos', '2026-11-20', '2026-11-20 10:00:0\(number)', 'p\(number)', 'it''s \(number)', 0.5)
        """)
    }
    let place = "WHERE brand = 'asos' AND day = '2026-11-20'"
    #expect(
      try store.rows("SELECT id FROM k.posts \(place) LIMIT 2") == [
        #"{"id": "p5"}"#, #"{"id": "p4"}"#,
      ])
    #expect(
      try store.rows("SELECT id FROM k.posts \(place) ORDER BY at ASC LIMIT 1") == [
        #"{"id": "p1"}"#
      ])
    #expect(
      try store.rows(
        "SELECT id FROM k.posts \(place) AND at > '2026-11-20 10:00:02' AND at <= '2026-11-20 10:00:04'"
      )
        == [#"{"id": "p4"}"#, #"{"id": "p3"}"#])
    #expect(
      try store.rows("SELECT body, at, day FROM k.posts WHERE id = 'p3'") == [
        #"{"body": "it's 3", "at": "2026-11-20 10:00:03.000Z", "day": "2026-11-20"}"#
      ])
    #expect(try store.rows("SELECT count(*) FROM k.posts") == [#"{"count": 5}"#])
    try store.run(
      "UPDATE k.posts SET body = 'new' \(place) AND at = '2026-11-20 10:00:03' AND id = 'p3'",
      "DELETE FROM k.posts \(place) AND at = '2026-11-20 10:00:04' AND id = 'p4'")
    #expect(try store.rows("SELECT body FROM k.posts WHERE id = 'p3'") == [#"{"body": "new"}"#])
    #expect(try store.rows("SELECT body FROM k.posts WHERE id = 'p4'") == [])
    #expect(try store.rows("SELECT count(*) FROM k.posts") == [#"{"count": 4}"#])
    #expect(try TablesCheck(store.tables).faults == [])
  }
}
