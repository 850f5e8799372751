import CQL
import Testing

@Suite struct PrinterTests {
  @Test(arguments: UInt64(1)...16)
  func `what is printed parses to the same tree`(seed: UInt64) throws {
    var random = RandomStatement(seed: seed)
    for _ in 0..<1000 {
      let statement = random.statement()
      let text = statement.cql
      let parsed = Result { () throws(CQLSyntaxError) in try CQLParser.parse(text) }
      #expect(parsed == .success(statement), "seed \(seed): \(text)")
      guard parsed == .success(statement) else { return }
    }
  }

  @Test func `the order of markers decides the order of USING`() throws {
    let text = "INSERT INTO t (a) VALUES (?) USING TIMESTAMP ? AND TTL ?"
    #expect(try CQLParser.parse(text).cql == text)
  }

  @Test(arguments: [
    ("plain_1", "plain_1"), ("Upper", "\"Upper\""), ("order", "\"order\""), ("", "\"\""),
    ("a\"b", "\"a\"\"b\""), ("1a", "\"1a\""), ("timestamp", "timestamp"), ("é", "\"é\""),
  ])
  func `names are quoted only where they must be`(name: String, quoted: String) {
    #expect(CQLIdentifier.quoted(name) == quoted)
  }

  @Test func `a table prints as DESCRIBE shows it`() throws {
    let text = """
      create table if not exists ks.t (a int, "B" map<text,frozen<list<int>>>, s text static,
      c timeuuid, primary key ((a, "B"), c)) with clustering order by (c desc)
      and comment = 'it''s' and compaction = {'class': 'X'}
      """
    let printed = """
      CREATE TABLE IF NOT EXISTS ks.t (
          a int,
          "B" map<text, frozen<list<int>>>,
          s text static,
          c timeuuid,
          PRIMARY KEY ((a, "B"), c)
      ) WITH CLUSTERING ORDER BY (c DESC)
          AND comment = 'it''s'
          AND compaction = {'class': 'X'}
      """
    #expect(try CQLParser.parse(text).cql == printed)
  }
}
