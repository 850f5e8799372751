import Foundation
import Machine
import Tables
import TestSupport
import Testing

@testable import Shell

/// A shell over tables of its own.
private final class Bench {
  let folder = TemporaryDirectory()
  let tables: Tables
  let session: ShellSession

  init() throws {
    let tables = try Tables(folder("tables"))
    self.tables = tables
    var options = ShellOptions()
    options.keyspace = "k"
    _ = try tables.execute(TypesByName.keyspace)
    _ = try tables.execute(TypesByName.userType)
    session = ShellSession(TableAccess(read: { tables }, write: { .here(tables) }), options)
    _ = try session.useKeyspace()
  }

  func rows(_ table: String) throws -> [[[UInt8]?]] {
    let statement = try tables.prepare("SELECT * FROM k.\(table)")
    var rows: [[[UInt8]?]] = []
    var state: PagingState?
    repeat {
      let page = try tables.execute(statement, BoundValues(), from: state)
      rows += page.rows
      state = page.next
    } while state != nil
    return rows
  }

  func write(_ name: String, _ text: String) throws -> String {
    try Data(text.utf8).write(to: URL(fileURLWithPath: folder(name)))
    return folder(name)
  }

  func read(_ name: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(fileURLWithPath: folder(name))), as: UTF8.self)
  }
}

@Suite struct `Copying` {
  @Test func `values without bytes, and no time at all, are told from null`() throws {
    let bench = try Bench()
    let definition = "(a int PRIMARY KEY, i int, d duration, t text, u uuid, f double)"
    for name in ["n", "m"] { _ = try bench.tables.execute("CREATE TABLE k.\(name) \(definition)") }
    for insert in [
      "(a, i, d, t) VALUES (1, blobAsInt(0x), 0s, '')", "(a) VALUES (2)",
      "(a, u, f) VALUES (3, blobAsUuid(0x), blobAsDouble(0x))", "(a, d) VALUES (4, 3d)",
    ] { _ = try bench.tables.execute("INSERT INTO k.n \(insert)") }
    let file = bench.folder("empty.csv")
    #expect(try bench.session.run(text: "COPY n TO '\(file)'; COPY m FROM '\(file)'", name: "-e"))
    #expect(try bench.rows("m") == bench.rows("n"))
  }

  @Test func `counters are copied by adding what the file has`() throws {
    let bench = try Bench()
    let definition = "(a int, b text, n counter, o counter, PRIMARY KEY (a, b))"
    for name in ["n", "m"] { _ = try bench.tables.execute("CREATE TABLE k.\(name) \(definition)") }
    for row in 0..<20 {
      _ = try bench.tables.execute("UPDATE k.n SET n = n + \(row) WHERE a = \(row) AND b = 'x'")
    }
    let file = bench.folder("counters.csv")
    #expect(try bench.session.run(text: "COPY n TO '\(file)'; COPY m FROM '\(file)'", name: "-e"))
    #expect(try bench.rows("m").map { $0.prefix(3) } == bench.rows("n").map { $0.prefix(3) })
    // Once more: it adds.
    let again = "COPY m FROM '\(file)' WITH SKIPCOLS = 'o' AND INGESTRATE = 100000"
    #expect(try bench.session.run(text: again, name: "-e"))
    let doubled = try bench.tables.execute("SELECT n FROM k.m WHERE a = 7 AND b = 'x'").rows
    #expect(doubled == [[[0, 0, 0, 0, 0, 0, 0, 14]]])
  }

  @Test func `tokens bound what is exported, and its parts are the whole`() throws {
    let bench = try Bench()
    _ = try bench.tables.execute("CREATE TABLE k.r (a int, b int, c int, PRIMARY KEY ((a, b), c))")
    for row in 0..<60 {
      _ = try bench.tables.execute("INSERT INTO k.r (a, b, c) VALUES (\(row), 1, 2)")
    }
    func export(_ options: String) throws -> [Substring] {
      let file = bench.folder("part.csv")
      #expect(try bench.session.run(text: "COPY r TO '\(file)' WITH \(options)", name: "-e"))
      return try bench.read("part.csv").split(separator: "\r\n").flatMap {
        $0.split(separator: "\n")
      }
    }
    let whole = try export("NUMPROCESSES = 4 AND MAXREQUESTS = 6 AND PAGESIZE = 7")
    let low = try export("ENDTOKEN = -1000 AND PAGETIMEOUT = 10")
    let middle = try export("BEGINTOKEN = -1000 AND ENDTOKEN = 4000000000000000000")
    let high = try export("BEGINTOKEN = 4000000000000000000 AND REPORTFREQUENCY = '0.5'")
    #expect(whole.count == 60 && whole == low + middle + high)
    #expect(low.count > 10 && middle.count > 3 && high.count > 3)
  }

  @Test func `what COPY TO writes, COPY FROM reads as the same values`() throws {
    var values = RandomValues(random: Seed.random())
    let bench = try Bench()
    for round in 0..<30 {
      let types = (0..<6).map { _ in values.type() }
      let keyType = values.type(key: true)
      let columns = types.enumerated().map { ", c\($0) \($1)" }.joined()
      for table in ["a", "b"] {
        _ = try bench.tables.execute(
          "CREATE TABLE k.\(table)\(round) (key \(keyType), n int\(columns), "
            + "PRIMARY KEY (key, n))", keyspace: "k")
      }
      let names = (0..<types.count).map { ", c\($0)" }.joined()
      let insert = try bench.tables.prepare(
        "INSERT INTO k.a\(round) (key, n\(names)) VALUES (?, ?\(types.map { _ in ", ?" }.joined()))"
      )
      for number in 0..<20 {
        var bound = BoundValues()
        for (index, marker) in insert.markers.enumerated() {
          if index > 1, Int.random(in: 0..<5, using: &values.random) == 0 {
            bound.appendNull()
          } else if index == 1 {
            bound.append(Int32(number))
          } else {
            bound.append(try values.value(marker.type))
          }
        }
        do { _ = try bench.tables.execute(insert, bound) } catch {
          // An empty key, or one that is too long, is no row.
          continue
        }
      }
      let options = Self.options(&values.random)
      let file = bench.folder("\(round).csv")
      let isGood = try bench.session.run(
        text: """
          COPY a\(round) TO '\(file)' WITH \(options);
          COPY b\(round) FROM '\(file)' WITH \(options) AND CHUNKSIZE = 7
            AND ERRFILE = '\(file).err';
          """, name: "test")
      #expect(isGood, "\(options) \(keyType) \(types)")
      let wanted = try bench.rows("a\(round)")
      let found = try bench.rows("b\(round)")
      #expect(found.count == wanted.count, "\(options) \(keyType) \(types)")
      // The first column that differs tells enough.
      if found.count == wanted.count,
        let row = found.indices.first(where: { found[$0] != wanted[$0] }),
        let column = found[row].indices.first(where: { found[row][$0] != wanted[row][$0] })
      {
        Issue.record(
          """
          \(options): column \(column) of \(keyType), int, \(types): \
          \(found[row][column] as Any) for \(wanted[row][column] as Any)
          """)
      }
    }
  }

  private static func options(_ random: inout SeededRandom) -> String {
    [
      "HEADER = TRUE", "HEADER = FALSE AND DELIMITER = ';' AND NULL = 'N/A'",
      #"DELIMITER = '\t' AND QUOTE = '''' AND ESCAPE = ''''"#,
      #"QUOTE = '"' AND ESCAPE = '"' AND HEADER = true"#,
      "DATETIMEFORMAT = '%Y/%m/%dT%H.%M.%S.%f%z' AND BOOLSTYLE = 'yes,no' AND DELIMITER = '|'",
    ].randomly(&random)
  }

  @Test func `bad rows are told by line and kept as they were written`() throws {
    let bench = try Bench()
    _ = try bench.tables.execute("CREATE TABLE k.t (a int PRIMARY KEY, b text, c float)")
    let path = try bench.write(
      "in.csv",
      """
      a,b,c
      1,"two
      lines",1.5
      x,bad number,1
      2,,
      3,too,many,fields
      ,no key,1
      4,"quoted ""twice"" so",NaN
      5,open "quote,2
      6,"never closed
      """)
    let errors = bench.folder("errors.csv")
    let isGood = try bench.session.run(
      text: "COPY t FROM '\(path)' WITH HEADER = TRUE AND ERRFILE = '\(errors)'", name: "test")
    #expect(!isGood)
    let page = try bench.tables.execute("SELECT * FROM k.t")
    let rows = page.rows.map { row in
      zip(page.columns, row).map { $1.map($0.type.display) ?? "null" }.joined(separator: "|")
    }
    #expect(
      Set(rows) == [
        "1|two\nlines|1.5", "2|null|null", "4|quoted \"twice\" so|NaN", "5|open \"quote|2.0",
      ])
    #expect(
      try bench.read("errors.csv")
        == "x,bad number,1\n3,too,many,fields\n6,\"never closed\n,no key,1\n")
  }

  @Test func `limits, skipped rows and columns are kept to`() throws {
    let bench = try Bench()
    _ = try bench.tables.execute("CREATE TABLE k.t (a int PRIMARY KEY, b text, c text)")
    let lines = (0..<100).map { "\($0),b\($0),c\($0)\n" }.joined()
    let path = try bench.write("in.csv", lines)
    let isGood = try bench.session.run(
      text: "COPY t (a, b, c) FROM '\(path)' WITH SKIPROWS = 10 AND MAXROWS = 25 AND SKIPCOLS = 'c'"
        + " AND CHUNKSIZE = 10 AND MAXBATCHSIZE = 3", name: "test")
    #expect(isGood)
    let rows = try bench.rows("t")
    #expect(rows.count == 25)
    #expect(rows.allSatisfy { $0[1] != nil && $0[2] == nil })
    let bad = try bench.write("bad.csv", String(repeating: "x,b,c\n", count: 50))
    let errors = bench.folder("errors")
    #expect(
      try !bench.session.run(
        text: "COPY t FROM '\(bad)' WITH MAXPARSEERRORS = 3 AND ERRFILE = '\(errors)'",
        name: "test"))
    #expect(try bench.read("errors").split(separator: "\n").count == 4)
  }

  @Test func `null, an empty text and a text that reads like null are told apart`() throws {
    let bench = try Bench()
    for table in ["a", "b"] {
      _ = try bench.tables.execute("CREATE TABLE k.\(table) (n int PRIMARY KEY, t text)")
    }
    for (number, value) in ["NULL", "'NULL'", "''", "'.'", "'\\'"].enumerated() {
      _ = try bench.tables.execute("INSERT INTO k.a (n, t) VALUES (\(number), \(value))")
    }
    for options in ["", " WITH NULL = 'NULL'", " WITH NULL = '.' AND DELIMITER = ';'"] {
      let file = bench.folder("f.csv")
      #expect(
        try bench.session.run(
          text: "TRUNCATE b; COPY a TO '\(file)'\(options); COPY b FROM '\(file)'\(options)",
          name: "test"))
      #expect(try bench.rows("a") == bench.rows("b"), "\(options)")
    }
  }

  @Test func `several files are read as one`() throws {
    let bench = try Bench()
    _ = try bench.tables.execute("CREATE TABLE k.t (a int PRIMARY KEY, b text)")
    for file in 1...3 { _ = try bench.write("part\(file).csv", "a,b\n\(file),x\n\(file + 10),y\n") }
    let names = ["part[12].csv", "part3.csv"].map { bench.folder($0) }.joined(separator: ", ")
    #expect(try bench.session.run(text: "COPY t FROM '\(names)' WITH HEADER = TRUE", name: "test"))
    #expect(try bench.rows("t").count == 6)
    let more = bench.folder("none*.csv")
    #expect(try !bench.session.run(text: "COPY t FROM '\(more)'", name: "test"))
  }

  @Test func `what COPY does not take is refused by name`() throws {
    for (command, word) in [
      ("COPY t TO 'f' WITH DECIMALSEP = ','", "DECIMALSEP"),
      ("COPY t TO 'f' WITH MAXOUTPUTSIZE = 4", "MAXOUTPUTSIZE of COPY is not supported"),
      ("COPY t FROM 'f' WITH CONFIGFILE = 'c'", "CONFIGFILE of COPY is not supported"),
      ("COPY t TO 'f' WITH NUMPROCESSES = 0", "NUMPROCESSES"),
      ("COPY t TO 'f' WITH BEGINTOKEN = x", "BEGINTOKEN"),
      ("COPY t TO 'f' WITH TYPO = 4", "typo"), ("COPY t FROM 'f' WITH PAGESIZE = 4", "pagesize"),
      ("COPY t FROM 'f' WITH DELIMITER = 'ab'", "DELIMITER"),
      ("COPY t FROM 'f' WITH QUOTE = ','", "QUOTE"),
      ("COPY t FROM 'f' WITH HEADER = maybe", "HEADER"),
      ("COPY t FROM 'f' WITH MAXROWS = -2", "MAXROWS"),
      ("COPY t TO 'f' WITH DATETIMEFORMAT = '%A'", "DATETIMEFORMAT"),
      ("COPY t TO f", "Improper"), ("COPY t FROM STDOUT", "Improper"), ("COPY", "Improper"),
    ] {
      let error = #expect(throws: ShellError.self) {
        guard case .copy(let copy)? = try ShellCommand(command) else { return }
        _ = try CopyOptions(copy)
      }
      #expect(error?.description.contains(word) == true, "\(command): \(error as Any)")
    }
  }
}
