import Machine
import Testing

@testable import Tables

/// Nothing that a client sends may end the process or take its memory. (The end-to-end tests hold
/// what it may cost to the processor's time, in the optimised program.)
@Suite(.serialized) struct `Hostile statements` {
  private func store() throws -> TemporaryTables {
    var options = Tables.Options()
    options.durability = .interval(milliseconds: 1_000)
    let store = try TemporaryTables(options: options)
    for definition in HostileStatements.definitions { try store.run(definition) }
    return store
  }

  /// Executes a statement, or not; returns why not.
  @discardableResult
  private func refusal(_ store: TemporaryTables, _ statement: String) throws -> TableError? {
    let refusal = try store.refusal(statement, keyspace: "k")
    // What fails is the statement, never the storage.
    #expect(refusal?.storage == nil, "\(refusal?.message ?? "") for \(statement.prefix(200))")
    return refusal
  }

  @Test func `all of them work`() throws {
    let store = try store()
    for statement in HostileStatements.all {
      #expect(try refusal(store, statement) == nil, "\(statement)")
    }
  }

  private static let nestings: [(String, String, String, String, String)] = [
    ("parentheses", "INSERT INTO t (a, b, c) VALUES (", "(", "1", ")"),
    ("lists", "INSERT INTO c (id, f) VALUES (1, ", "[", "1", "]"),
    ("sets", "INSERT INTO c (id, f) VALUES (1, ", "{", "1", "}"),
    ("maps", "INSERT INTO c (id, m) VALUES (1, ", "{1: ", "1", "}"),
    ("user types", "INSERT INTO c (id, u) VALUES (1, ", "{name: ", "1", "}"),
    ("functions", "INSERT INTO c (id, l) VALUES (1, ", "fromJson(", "'1'", ")"),
    ("functions selected", "SELECT ", "intAsBlob(", "a", ") FROM t"),
    ("casts", "SELECT ", "cast(", "a", " AS int) FROM t"),
    ("hints", "SELECT ", "(int)", "1", " FROM t"),
    ("minuses", "SELECT ", "- ", "a", " FROM t"),
    ("elements", "SELECT m", "[m", "'a'", "] FROM c"),
    ("sums", "SELECT ", "(", "a", " + 1) FROM t"),
    ("sums of sums", "SELECT a + ", "(a + ", "a", ") FROM t"),
    ("sums inserted", "INSERT INTO t (a, b, c) VALUES (", "(1 + ", "1", " * 2)"),
    ("lists selected", "SELECT ", "[", "a", "] FROM t"),
    ("pairs selected", "SELECT ", "(a, ", "a", ") FROM t"),
    ("JSON of JSON", "SELECT ", "toJson(", "a", ") FROM t"),
    ("relations", "SELECT * FROM t WHERE ", "(", "a = 1", ")"),
    ("type hints", "SELECT (", "frozen<list<", "int", ">>"),
    ("frozen types", "CREATE TABLE z (a int PRIMARY KEY, b ", "frozen<", "list<int>", ">"),
    ("lists of types", "CREATE TABLE z (a int PRIMARY KEY, b ", "list<frozen<", "int", ">>"),
    ("tuples", "CREATE TABLE z (a int PRIMARY KEY, b ", "tuple<int, ", "int", ">"),
    ("batches", "", "BEGIN BATCH ", "", " APPLY BATCH"),
    ("JSON", "INSERT INTO c JSON '{\"id\": 1, \"f\": ", "[", "1", "]"),
    ("JSON objects", "INSERT INTO c JSON '{\"id\": 1, \"u\": ", "{\"name\": ", "1", "}"),
    ("JSON in a function", "INSERT INTO c (id, f) VALUES (1, fromJson('", "[", "1", "]"),
    ("JSON never closed", "INSERT INTO c JSON '", "{\"a\":", "", "'"),
    ("custom types", "CREATE TABLE z (a int PRIMARY KEY, b '", "ListType(", "Int32Type", ")"),
  ]

  @Test(arguments: nestings.indices)
  func `nesting as deep as one likes is refused`(number: Int) throws {
    let (name, head, open, middle, close) = Self.nestings[number]
    let store = try store()
    for depth in [20, 60, 63, 64, 127, 128, 10_000] {
      let text =
        head + String(repeating: open, count: depth) + middle
        + String(repeating: close, count: depth)
      for tail in depth < 1_000 ? ["", ")", "'", "')", "}'", " FROM t"] : [""] {
        let refusal = try refusal(store, text + tail)
        if depth > 1_000 { #expect(refusal != nil, "\(name) \(depth) \(tail)") }
      }
    }
  }

  @Test func `long chains of operations are refused or carried out`() throws {
    let store = try store()
    try store.run("INSERT INTO k.t (a, b, c, v) VALUES (1, 'x', 2, 3)")
    for count in [Limits.operations, Limits.operations + 1, 50_000] {
      for sign in ["+", "/"] {
        let chain = String(repeating: " \(sign) 1", count: count)
        for statement in [
          "SELECT v\(chain) FROM t", "INSERT INTO t (a, b, c) VALUES (1\(chain), 'b', 1)",
          "SELECT * FROM t WHERE a = 1\(chain)",
        ] {
          let refusal = try refusal(store, statement)
          #expect(refusal?.code == (count > Limits.operations ? .invalid : nil))
        }
      }
    }
  }

  @Test func `integers beyond every type are refused, and those within are kept`() throws {
    let store = try store()
    let columns: [(name: String, bits: Int)] = [("ty", 8), ("sm", 16), ("i", 32), ("bi", 64)]
    for (name, bits) in columns {
      let most = Int64.max >> (64 - Int64(bits))
      let least = Int64.min >> (64 - Int64(bits))
      for value in [most, least, 0] {
        try store.run("INSERT INTO k.y (id, \(name)) VALUES (7, \(value))")
        #expect(
          try store.rows("SELECT \(name) FROM k.y WHERE id = 7") == ["{\"\(name)\": \(value)}"])
      }
      let (above, below) = ("\(UInt64(most) + 1)", "-\(UInt64(most) + 2)")
      for value in [above, below, "-" + String(repeating: "9", count: 40)] {
        for place in [
          "INSERT INTO y (id, \(name)) VALUES (7, \(value))",
          "UPDATE y SET \(name) = \(value) WHERE id = 7",
          "SELECT * FROM y WHERE \(name) = \(value) ALLOW FILTERING",
          "INSERT INTO y JSON '{\"id\": 7, \"\(name)\": \(value)}'",
        ] {
          #expect(try refusal(store, place)?.code == .invalid, "\(place)")
        }
      }
    }
    let most = Int32.max
    try store.run("INSERT INTO k.t (a, b, c, v) VALUES (1, 'x', 2, 3)")
    #expect(try store.rows("SELECT v FROM k.t LIMIT \(most)").count == 1)
    #expect(try store.rows("SELECT v FROM k.t PER PARTITION LIMIT \(most)").count == 1)
    for limit in ["2147483648", "-1", "0", "-2147483649", "99999999999999999999", "1.5", "'1'"] {
      #expect(try refusal(store, "SELECT * FROM t LIMIT \(limit)") != nil)
      #expect(try refusal(store, "SELECT * FROM t PER PARTITION LIMIT \(limit)") != nil)
    }
    for ttl in ["-1", "630720001", "2147483648", "99999999999999999999"] {
      #expect(
        try refusal(store, "INSERT INTO t (a, b, c) VALUES (1, 'x', 3) USING TTL \(ttl)") != nil)
    }
    for timestamp in ["9223372036854775808", "-9223372036854775808", "-9223372036854775809"] {
      let statement = "INSERT INTO t (a, b, c) VALUES (1, 'x', 3) USING TIMESTAMP \(timestamp)"
      #expect(try refusal(store, statement) != nil)
    }
    for number in ["1e2147483647", "1e-2147483648", "1e99999999999", "-0e-999999999"] {
      for column in ["de", "vi", "dou", "fl", "i"] {
        try refusal(store, "INSERT INTO y (id, \(column)) VALUES (1, \(number))")
        try refusal(store, "INSERT INTO y JSON '{\"id\": 1, \"\(column)\": \(number)}'")
      }
      for function in ["cast(de AS varint)", "cast(de AS text)", "de + 1", "de * de", "1 / de"] {
        try refusal(store, "SELECT \(function), toJson(de) FROM y WHERE id = 1")
      }
    }
  }

  /// Ten megabytes are for the end-to-end tests, whose program is optimised: what takes time by the
  /// square of the length is as plain to see here.
  @Test func `long statements are refused or carried out`() throws {
    let store = try store()
    let size = 100 << 10
    let long = String(repeating: "x", count: size)
    func list(_ count: Int) -> String { (0..<count).map(String.init).joined(separator: ",") }
    let lists = [10, 5_000].map(list)
    var statements = [
      "INSERT INTO t (a, b, c, x) VALUES (1, 'a', 1, '\(long)')",
      "INSERT INTO t (a, b, c, x) VALUES (1, 'a', 1, $$\(long)$$)",
      "INSERT INTO t (a, b, c) VALUES (1, '\(long)', 1)",
      "INSERT INTO y (id, bl) VALUES (1, 0x\(String(repeating: "ab", count: size / 2)))",
      "INSERT INTO y (id, vi) VALUES (1, \(String(repeating: "7", count: size)))",
      "INSERT INTO y (id, de) VALUES (1, 0.\(String(repeating: "7", count: size)))",
      "INSERT INTO y (id, dou) VALUES (1, \(String(repeating: "7", count: size)))",
      "INSERT INTO y (id, i) VALUES (1, \(String(repeating: "0", count: size))1)",
      "INSERT INTO y (id, ts) VALUES (1, '\(long)')",
      "INSERT INTO y JSON '{\"id\": 1, \"te\": \"\(long)\"}'",
      "INSERT INTO y JSON '{\"id\": 1, \"vi\": \(String(repeating: "7", count: size))}'",
      "INSERT INTO y JSON '{\"id\": 1\(String(repeating: ", \"id\": 1", count: size / 10))}'",
      "SELECT \(long) FROM t", "SELECT * FROM \(long)", "SELECT \"\(long)\" FROM t",
      "SELECT fromJson('\(long)') FROM t", "SELECT \(long)(a) FROM t",
      "CREATE TABLE \(long) (a int PRIMARY KEY)", "CREATE KEYSPACE \(long)",
      "CREATE TABLE z (a int PRIMARY KEY, \(long) int)",
      "ALTER TABLE t ADD \(long) int",
      "ALTER TABLE p WITH comment = '\(long)'",
      "SELECT * FROM t -- \(long)", "/* \(long) */ SELECT * FROM t /*\(long)*/", long,
      String(repeating: "\n", count: size) + "SELECT * FROM t",
      String(repeating: ";", count: size), String(repeating: "(", count: size),
      String(repeating: "'", count: size + 1), String(repeating: "/*", count: size / 2),
      "SELECT " + String(repeating: "a, ", count: size / 3) + "a FROM t",
      "SELECT * FROM t WHERE " + String(repeating: "v = 1 AND ", count: size / 10) + "v = 1",
      "BEGIN BATCH " + String(repeating: "DELETE FROM t WHERE a = 1; ", count: size / 28)
        + "APPLY BATCH",
    ]
    for list in lists {
      statements += [
        "SELECT * FROM t WHERE a IN (\(list))",
        "DELETE FROM t WHERE a IN (\(list))",
        "DELETE FROM t WHERE a = 1 AND b = 'x' AND c IN (\(list))",
        "DELETE FROM p WHERE a = 1 AND b = 1 AND c IN (\(list))",
        "DELETE FROM p WHERE a = 1 AND b = 1 AND c IN (\(list)) AND d > 3",
        "SELECT * FROM p WHERE a = 1 AND b = 1 AND c IN (\(list)) AND d > 3",
        "SELECT * FROM p WHERE a = 1 AND b IN (\(list)) AND token(a, b) > 0",
        "SELECT * FROM t WHERE v IN (\(list)) ALLOW FILTERING",
        "SELECT * FROM t WHERE a = 1 AND b = 'x' AND c IN (\(list))",
        "INSERT INTO c (id, l) VALUES (1, [\(list)])",
        "INSERT INTO c (id, f) VALUES (1, [{\(list)}])",
        "INSERT INTO c JSON '{\"id\": 1, \"l\": [\(list)]}'",
        "UPDATE t SET v = 1 WHERE a IN (\(list)) AND b = 'x' AND c = 1",
        "UPDATE c SET l = l - [\(list)] WHERE id = 1",
        "SELECT [\(list)] FROM t",
      ]
    }
    for statement in statements { try refusal(store, statement) }
  }

  @Test func `lists that multiply are refused before they take memory`() throws {
    let store = try store()
    let list = (0..<3_000).map(String.init).joined(separator: ",")
    for statement in [
      "SELECT * FROM p WHERE a IN (\(list)) AND b IN (\(list))",
      "SELECT * FROM p WHERE a = 1 AND b = 1 AND c IN (\(list)) AND d IN (\(list))",
      "SELECT * FROM p WHERE a IN (\(list)) AND b = 1 AND c IN (\(list)) AND d IN (\(list))",
      "DELETE FROM p WHERE a IN (\(list)) AND b IN (\(list))",
      "DELETE FROM p WHERE a = 1 AND b = 1 AND c IN (\(list)) AND d IN (\(list))",
      "UPDATE p SET v = 'x' WHERE a = 1 AND b IN (\(list)) AND c IN (\(list)) AND d = 1",
    ] {
      #expect(try refusal(store, statement)?.message.contains("IN") == true)
    }
  }

  @Test func `types made of too many types are refused`() throws {
    let store = try store()
    try store.run("CREATE TYPE k.d0 (a int, b int)")
    var made = 0
    while made < 40 {
      let inner = "frozen<d\(made)>"
      if try refusal(store, "CREATE TYPE d\(made + 1) (a \(inner), b \(inner))") != nil { break }
      made += 1
    }
    #expect(made > 5 && made < 12)
    // Nor do types grow so from below, nor stand side by side without end.
    let refused: [TableError?] = [
      try refusal(store, "ALTER TYPE d0 ADD c tuple<int, int, int>"),
      try refusal(store, "CREATE TYPE e (a tuple<frozen<d\(made)>, frozen<d\(made)>>)"),
      try refusal(
        store,
        "CREATE TABLE e (a int PRIMARY KEY, b tuple<frozen<d\(made)>, frozen<d\(made)>>)"),
    ]
    #expect(refused.allSatisfy { $0?.message.contains("types") == true })
    // One inside the other, as deep as it goes.
    try store.run("CREATE TYPE k.f0 (a int)")
    var depth = 0
    while depth < 2_000 {
      let inner = "frozen<f\(depth)>"
      if try refusal(store, "CREATE TYPE f\(depth + 1) (a \(inner))") != nil { break }
      depth += 1
    }
    #expect(depth > 300)
    try store.run(
      "CREATE TABLE k.g (a int PRIMARY KEY, b frozen<f\(depth)>)",
      "INSERT INTO k.g (a, b) VALUES (1, null)")
    #expect(try store.rows("SELECT b FROM k.g") == ["{\"b\": null}"])
  }

  @Test func `every truncation of a statement is refused or carried out`() throws {
    let store = try store()
    for statement in HostileStatements.all {
      let bytes = Array(statement.utf8)
      for length in 0..<bytes.count {
        try refusal(store, String(decoding: bytes[..<length], as: UTF8.self))
      }
      for definition in HostileStatements.definitions { try refusal(store, definition) }
    }
  }

  @Test func `statements changed at random are refused or carried out`() throws {
    var random = seededRandom()
    let store = try store()
    let originals = HostileStatements.all.map { Array($0.utf8) }
    var carriedOut = 0
    for round in 0..<100_000 {
      let text = Self.mutation(of: originals, &random)
      let refused = try refusal(store, text)
      if refused == nil { carriedOut += 1 }
      if round.isMultiple(of: 2_000) {
        for definition in HostileStatements.definitions { try refusal(store, definition) }
      }
    }
    #expect(carriedOut > 2_000)
    let faults = try TablesCheck(try store.tables).faults
    #expect(faults == [])
  }

  @Test func `the keyspace that is not there is refused by its name`() throws {
    let refusal = try refusal(store(), "SELECT * FROM system_views.settings")
    #expect(refusal == .unsupported("The keyspace system_views"))
  }

  @Test func `a column that is named twice is deleted once`() throws {
    let store = try store()
    try store.run(
      "INSERT INTO k.t (a, b, c, v, x) VALUES (1, 'x', 2, 3, 'y')",
      "DELETE v, x, x, v FROM k.t WHERE a = 1 AND b = 'x' AND c = 2")
    #expect(try store.rows("SELECT v, x FROM k.t") == ["{\"v\": null, \"x\": null}"])
    let faults = try TablesCheck(try store.tables).faults
    #expect(faults == [])
  }

  private static let tokens = [
    "SELECT ", " FROM ", " WHERE ", " AND ", " IN ", " LIMIT ", " NULL", " IF ", "NOT ", "EXISTS",
    "?", ":x", "(", ")", "[", "]", "{", "}", ",", ";", "'", "''", "\"", "$$", "--", "/*", "*/",
    "\0",
    "-", "+", "*", "/", "%", "=", "<", ">=", "!=", "..", ".", "0", "-1", "2147483648", "1e400",
    "9223372036854775808", "NaN", "Infinity", "0x", "0xf", "1y", "P1Y", " JSON ", " DISTINCT ",
    "token(", "count(*)", "cast(", " AS ", "frozen<", "list<", "int", "counter", " static",
    " ALLOW FILTERING", " ORDER BY ", " GROUP BY ", " USING TTL ", " TIMESTAMP ", "fromJson(",
    "system.", "k.", "*", "é", "\u{FEFF}", "👩‍👩‍👧", " DESC", " CONTAINS ", " KEY ", " PER PARTITION ",
  ]

  /// A statement in which one to three things are changed: bytes, tokens, and pieces of others.
  private static func mutation(of originals: [[UInt8]], _ random: inout SeededRandom) -> String {
    func below(_ bound: Int) -> Int { Int.random(in: 0..<max(bound, 1), using: &random) }
    var bytes = originals[below(originals.count)]
    for _ in 0...max(below(5) - 2, 0) {
      let start = below(bytes.count + 1)
      let end = min(start + below(16), bytes.count)
      let other = originals[below(originals.count)]
      switch below(12) {
      case 0: bytes.insert(UInt8(below(256)), at: start)
      case 1: bytes.removeSubrange(start..<end)
      case 2: bytes.insert(contentsOf: bytes[start..<end], at: start)
      case 3: bytes.replaceSubrange(start..<end, with: tokens[below(tokens.count)].utf8)
      case 4: bytes.insert(contentsOf: tokens[below(tokens.count)].utf8, at: start)
      case 5: bytes.replaceSubrange(start..<end, with: other[below(other.count)...].prefix(24))
      // A word in a word's place, which the grammar more often takes.
      default:
        bytes.replaceSubrange(
          word(in: bytes, at: start), with: other[word(in: other, at: below(other.count))])
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The letters and digits around a place, or behind it.
  private static func word(in bytes: [UInt8], at place: Int) -> Range<Int> {
    func isPart(_ byte: UInt8) -> Bool {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
        true
      default: false
      }
    }
    let start = bytes[place...].firstIndex(where: isPart) ?? bytes.count
    let first = bytes[..<start].lastIndex { !isPart($0) }.map { $0 + 1 } ?? 0
    return first..<(bytes[start...].firstIndex { !isPart($0) } ?? bytes.count)
  }
}
