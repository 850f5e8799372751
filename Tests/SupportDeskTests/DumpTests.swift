import Machine
import Node
import Records
import SupportDesk
import TestSupport
import Testing

/// Old dumps, from the file to the rows.
@Suite struct DumpTests {
  private struct Desks {
    let desk: Desk
    let totals: CollectTotals
  }

  /// Collects a file and classifies it; all languages and retweets are kept.
  private func collect(_ name: String, _ bytes: [UInt8]) throws -> Desks {
    let desk = try Desk()
    desk.settings.filter = PostFilter(keepsRetweets: true, languages: [])
    let path = desk.folder(name)
    try LocalDisk().replace(path, with: bytes)
    let totals = try SourceReader(into: "posts", of: desk.log, partitions: 1)
      .collect(.file(path), resuming: true, isStopped: { false })
    try desk.classify()
    return Desks(desk: desk, totals: totals)
  }

  private func rows(_ desk: Desk, _ columns: String) throws -> [String] {
    try desk.rows("SELECT \(columns) FROM grouse.posts").sorted()
  }

  @Test(arguments: ["twcs.csv", "twcs", "twcs.CSV"]) func twcs(name: String) throws {
    let found = try collect(name, Array(Dump.twcs.utf8))
    #expect(found.totals.records == 3 && found.totals.unreadable == 0)
    // What the brand itself wrote is no post about it.
    #expect(
      try rows(found.desk, "id, author_id, created_at, in_reply_to") == [
        #"{"id": "119237", "author_id": "105834", "created_at": "2017-10-11 06:55:44.000Z", "in_reply_to": null}"#,
        #"{"id": "119238", "author_id": "105834", "created_at": "2017-10-11 13:34:06.000Z", "in_reply_to": "119236"}"#,
      ])
    #expect(
      try found.desk.rows("SELECT text FROM grouse.posts WHERE id = '119237'") == [
        #"{"text": "@ShopHelp why is my order, \"the big one\",\nnot here yet?"}"#
      ])
  }

  @Test func `Airline Tweets`() throws {
    let found = try collect("Tweets.csv", Array(Dump.airline.utf8))
    #expect(found.totals.records == 4)
    let rows = try rows(found.desk, "created_at, id, screen_name, text")
    let expected = [
      #"{"created_at": "2015-02-24 09:05:00.000Z", "id": "h-"#,
      #"{"created_at": "2015-02-24 11:15:00.000Z", "id": "570301083672813571", "screen_name": "yvonna", "text": "@AcmeAir lovely crew,\nthanks"}"#,
      #"{"created_at": "2015-02-24 19:15:59.000Z", "id": "570301130888122368", "screen_name": "jnardino", "text": "@AcmeAir angry & late"}"#,
      #"{"created_at": "2015-02-24 19:35:52.000Z", "id": "570306133677760513", "screen_name": "cairdin", "text": "@AcmeAir What a day."}"#,
    ]
    #expect(rows.count == 4)
    for (row, start) in zip(rows, expected) { #expect(row.hasPrefix(start), "\(row)") }
  }

  @Test(arguments: ["training.1600000.csv", "training"]) func `Sentiment140`(name: String) throws {
    let found = try collect(name, Dump.sentiment140)
    #expect(found.totals.records == 3)
    #expect(
      try rows(found.desk, "created_at, id, screen_name, text") == [
        #"{"created_at": "2009-04-07 05:19:45.000Z", "id": "1467810369", "screen_name": "_One_", "text": "no café & no parcel"}"#,
        #"{"created_at": "2009-04-07 05:19:49.000Z", "id": "1467810672", "screen_name": "scott", "text": "so happy"}"#,
        #"{"created_at": "2009-05-11 03:17:40.000Z", "id": "3", "screen_name": "tpryan", "text": "just ok"}"#,
      ])
    // Only what is not UTF-8 has been changed.
    #expect(try found.desk.values()[1].hasPrefix("\"4\",\"1467810672\""))
  }

  @Test func `statuses of v1.1 with the stream's other lines`() throws {
    let found = try collect("stream.json", Array(Dump.status.utf8))
    #expect(found.totals.records == 8)
    #expect(
      try rows(found.desk, "id, kind, screen_name, text") == [
        #"{"id": "1050118621198921728", "kind": "post", "screen_name": "one", "text": "angry, all of it"}"#,
        #"{"id": "1050118621198921729", "kind": "retweet", "screen_name": "two", "text": "angry, all of it"}"#,
      ])
    let dead = try found.desk.log.bounds(of: .init("posts.dead", 0))
    #expect(dead.isEmpty, "what is known to be no post is no failure")
  }

  @Test func `a table that only looks alike is none of Sentiment140's`() throws {
    for bytes in [
      "0,1,when,NO_QUERY,me,words\n", "5,1,Mon Apr 06 22:19:45 PDT 2009,q,me,words\n",
      "0,1,2009-04-06,q,me,words\n", "0,x,Mon Apr 06 22:19:45 PDT 2009,q,me,words\n",
      "0,1,Mon Apr 06 22:19:45 PDT 2009,q,words\n",
    ] {
      #expect(throws: DatasetError.self, "\(bytes)") { try collect("a.csv", Array(bytes.utf8)) }
    }
  }
}
