import Machine
import Tables
import Terminal
import TestSupport
import Testing

@testable import Shell

@Suite struct `Completion` {
  private let catalog: Catalog

  init() throws {
    let folder = TemporaryDirectory()
    let tables = try Tables(folder("tables"))
    _ = try tables.execute(TypesByName.keyspace)
    _ = try tables.execute(TypesByName.userType)
    for statement in [
      "CREATE KEYSPACE other WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}",
      "CREATE TABLE k.posts (id int PRIMARY KEY, body text, \"Author\" text)",
      "CREATE TABLE k.people (name text PRIMARY KEY, born date)",
      "CREATE TABLE other.things (id int PRIMARY KEY)",
    ] { _ = try tables.execute(statement) }
    catalog = Catalog(tables.schema)
  }

  /// The line after Tab, and what is offered where nothing is certain.
  private func tab(_ line: String) -> (line: String, choices: String) {
    let completion = Completer(catalog: catalog, keyspace: "k").complete(line)
    let line = String(line.dropLast(completion.replaced)) + completion.insertion
    return (line, completion.choices.joined(separator: "  "))
  }

  @Test(arguments: [
    ("SEL", "SELECT "), ("sel", "select "), ("desc", "desc"), ("TRUN", "TRUNCATE "),
    ("USE o", "USE other "), ("SELECT * FROM po", "SELECT * FROM posts "),
    ("SELECT * FROM other.", "SELECT * FROM other.things "),
    ("SELECT * FROM k.a", "SELECT * FROM k.a"), ("DROP TYPE k.", "DROP TYPE k.address "),
    ("SELECT * FROM ot", "SELECT * FROM other."), ("select * from p", "select * from p"),
    ("SELECT bo FROM people WHERE b", "SELECT bo FROM people WHERE b"),
    ("SELECT * FROM posts WHERE bo", "SELECT * FROM posts WHERE body "),
    ("SELECT * FROM other.things WHERE i", "SELECT * FROM other.things WHERE i"),
    ("INSERT INTO people (bor", "INSERT INTO people (born "),
    ("UPDATE posts SET bod", "UPDATE posts SET body "),
    ("SELECT * FROM posts WHERE \"Au", "SELECT * FROM posts WHERE \"Author\" "),
    ("CREATE TABLE x (a times", "CREATE TABLE x (a timestamp "),
    ("CREATE TABLE x (a int, b frozen<addr", "CREATE TABLE x (a int, b frozen<address "),
    ("ALTER TABLE posts ADD n big", "ALTER TABLE posts ADD n bigint "),
    ("SELECT * FROM posts ALLOW F", "SELECT * FROM posts ALLOW FILTERING "),
    ("COPY peo", "COPY people "),
    ("COPY people TO 'f' WITH HEA", "COPY people TO 'f' WITH HEADER "),
    ("EXPAND ON\nSELECT * FROM posts; DROP TA", "EXPAND ON\nSELECT * FROM posts; DROP TABLE "),
    ("SELECT 'it is FROM po", "SELECT 'it is FROM po"), ("-- SEL", "-- SEL"), ("zzz", "zzz"),
    ("CONSISTENCY LOCAL_Q", "CONSISTENCY LOCAL_QUORUM "), ("EXPAND of", "EXPAND off "),
  ]) func `goes as far as is certain`(typed: String, wanted: String) {
    #expect(tab(typed).line == wanted)
  }

  @Test func `offers what can stand there`() {
    #expect(tab("SELECT * FROM p").choices == "people  posts")
    let tables = tab("SELECT * FROM ").choices.split(separator: " ")
    #expect(tables.filter { !$0.hasPrefix("system") } == ["k.", "people", "other.", "posts"])
    #expect(tables.contains("system_schema."))
    #expect(tab("USE o").line == "USE other ")
    #expect(tab("DESC").choices == "DESC  DESCRIBE")
  }

  @Test func `no text makes it fail`() {
    var values = RandomValues(random: Seed.random())
    let words = [
      "SELECT", "FROM", "\"", "'", ".", "(", "<", ";", "--", "COPY", "WITH", "k", "posts", " ",
      "\n",
      "é", "DESC", ",", "ALTER", "ADD",
    ]
    for _ in 0..<3_000 {
      let text = (0..<8).map { _ in words.randomly(&values.random) + " " }.joined()
      for cut in [text, String(text.dropLast()), text + values.text()] { _ = tab(cut) }
    }
  }
}
