import CQL
import Foundation
import Machine
import Testing

@testable import Tables

@Suite struct ValueFormatTests {
  @Test func `values are shown as cqlsh and Cassandra's JSON write them`() {
    let id: [UInt8] = [
      0x5B, 0x6A, 0x04, 0x3E, 0xC5, 0x0A, 0x11, 0xEF, 0x9A, 0x01, 2, 0x42, 0xAC, 0x12, 0, 2,
    ]
    let hex = "5b6a043e-c50a-11ef-9a01-0242ac120002"
    let time = bigEndian(Int64(1_795_197_871_007))
    let known: [(DataType, [UInt8], display: String, json: String)] = [
      (.text, Array("it's \"é\"\\\n".utf8), "it's \"é\"\\\n", #""it's \"é\"\\\n""#),
      (
        .ascii, [0, 8, 9, 0x0C, 0x0D, 0x1F, 0x7F], "\0\u{8}\t\u{C}\r\u{1F}\u{7F}",
        "\"\\u0000\\b\\t\\f\\r\\u001F\u{7F}\""
      ),
      (.text, [], "", "\"\""),
      (.blob, [0, 0xAB], "0x00ab", "\"0x00ab\""), (.blob, [], "0x", "\"0x\""),
      (.boolean, [1], "True", "true"), (.boolean, [0], "False", "false"),
      (.tinyint, [0x80], "-128", "-128"), (.smallint, [0xFF, 0xFE], "-2", "-2"),
      (.int, [], "", "\"\""), (.bigint, bigEndian(Int64.min), "\(Int64.min)", "\(Int64.min)"),
      (.float, bigEndian(Float(0.1).bitPattern), "0.1", "0.1"),
      (.double, bigEndian((-0.0).bitPattern), "-0.0", "-0.0"),
      (.double, bigEndian(Double.nan.bitPattern), "NaN", "null"),
      (.float, bigEndian((-Float.infinity).bitPattern), "-Infinity", "null"),
      (.timestamp, time, "2026-11-20 18:04:31.007000+0000", "\"2026-11-20 18:04:31.007Z\""),
      (
        .timestamp, bigEndian(Int64(-1)), "1969-12-31 23:59:59.999000+0000",
        "\"1969-12-31 23:59:59.999Z\""
      ),
      (.date, bigEndian(UInt32(20_777 + 1 << 31)), "2026-11-20", "\"2026-11-20\""),
      (.uuid, id, hex, "\"\(hex)\""), (.timeuuid, id, hex, "\"\(hex)\""),
      (.list(.text), collection([[97, 39], []]), "['a''', '']", #"["a'", ""]"#),
      (.set(.int), collection([bigEndian(Int32(7))]), "{7}", "[7]"),
      (
        .map(.int, .text), collection([bigEndian(Int32(7)), [97]], count: 1), "{7: 'a'}",
        #"{"7": "a"}"#
      ),
      (
        .map(.blob, .timestamp), collection([[1], time], count: 1),
        "{0x01: 2026-11-20 18:04:31.007000+0000}", #"{"0x01": "2026-11-20 18:04:31.007Z"}"#
      ),
    ]
    for (type, bytes, display, json) in known {
      #expect(type.display(bytes) == display, "\(type)")
      #expect(type.json(bytes) == json, "\(type)")
    }
  }

  private func collection(_ parts: [[UInt8]], count: Int? = nil) -> [UInt8] {
    bigEndian(Int32(count ?? parts.count)) + parts.flatMap { bigEndian(Int32($0.count)) + $0 }
  }

  @Test func `JSON rows are what Foundation reads back`() throws {
    var random = seededRandom()
    for _ in 0..<500 {
      let name = DataType.text.sample(narrow: true, &random)
      let value = DataType.text.sample(narrow: false, &random)
      let page = Page(
        columns: [ResultColumn(name: name.text, type: .text)], rows: [[value.bytes]])
      let parsed = try JSONSerialization.jsonObject(with: Data(page.json(page.rows[0]).utf8))
      #expect(parsed as? [String: String] == [name.text: value.text])
    }
  }

  @Test func `names that are not lower case keep their quotes in JSON`() throws {
    let store = try TemporaryTables()
    try store.run(
      #"CREATE TABLE k.t ("Id" int PRIMARY KEY, v text)"#,
      #"INSERT INTO k.t ("Id", v) VALUES (1, 'x')"#)
    #expect(try store.rows("SELECT * FROM k.t") == [#"{"\"Id\"": 1, "v": "x"}"#])
    let page = try store.tables.execute("SELECT JSON * FROM k.t")
    #expect(page.columns == [ResultColumn(name: "[json]", type: .text)])
    #expect(page.rows == [[Array(#"{"\"Id\"": 1, "v": "x"}"#.utf8)]])
  }

  @Test func `times are those of Foundation's calendar`() throws {
    var random = seededRandom()
    var calendar = Calendar(identifier: .iso8601)
    calendar.timeZone = try #require(TimeZone(identifier: "UTC"))
    // Foundation's calendar is Gregorian from 1582 on only.
    for _ in 0..<3_000 {
      let milliseconds = Int64.random(in: -12_000_000_000_000...253_402_300_799_999, using: &random)
      let date = Date(timeIntervalSince1970: (Double(milliseconds) / 1_000).rounded(.down))
      let parts = calendar.dateComponents(
        [.year, .month, .day, .hour, .minute, .second], from: date)
      let text = String(
        format: "%04d-%02d-%02d %02d:%02d:%02d.%03d", parts.year ?? 0, parts.month ?? 0,
        parts.day ?? 0, parts.hour ?? 0, parts.minute ?? 0, parts.second ?? 0,
        Int((milliseconds % 1_000 + 1_000) % 1_000))
      #expect(CalendarTime.format(milliseconds: milliseconds, suffix: "") == text)
      #expect(CalendarTime.parse(text) == milliseconds)
      #expect(CalendarTime.parse(text + "+01:30") == milliseconds - 5_400_000)
      #expect(
        CalendarTime.parse(text.replacingOccurrences(of: " ", with: "T") + "Z") == milliseconds)
    }
  }

  @Test func `every day and every extreme time can be shown`() {
    var random = seededRandom()
    for days in stride(from: -1_000_000, through: 1_000_000, by: 37) {
      let date = CalendarTime.date(days: days)
      #expect(CalendarTime.days(year: date.year, month: date.month, day: date.day) == days)
    }
    let extremes = [Int64.min, .min + 1, -86_400_000, -86_400_001, -1, 0, .max - 1, .max]
    for time in extremes + (0..<1_000).map({ _ in .random(in: .min ... .max, using: &random) }) {
      #expect(DataType.timestamp.display(bigEndian(time)).hasSuffix("000+0000"))
    }
    for days in [UInt32.min, .max] {
      #expect(!DataType.date.display(bigEndian(days)).isEmpty)
    }
    #expect(
      CalendarTime.format(milliseconds: .min, suffix: "Z") == "-292275055-05-16 16:47:04.192Z")
    #expect(CalendarTime.format(milliseconds: .max, suffix: "Z") == "292278994-08-17 07:12:55.807Z")
  }

  @Test(arguments: [
    " ", "2026-11", "2026-11-31", "2026-13-01", "2026-00-01", "2025-02-29", "26-11-20",
    "2026-11-20 ", "2026-11-20 1:00", "2026-11-20 24:00", "2026-11-20 10:60", "2026-11-20 10:00:60",
    "2026-11-20 10:00:00.", "2026-11-20 10:00:00.x", "2026-11-20 10:00+", "2026-11-20 10:00+1",
    "2026-11-20 10:00+19:00", "2026-11-20 10:00Zx", "2026-11-20x", "２０２６-11-20", "+026-11-20",
  ])
  func `what is no time is refused`(text: String) {
    #expect(CalendarTime.parse(text) == nil)
    let error = #expect(throws: TableError.self) {
      try DataType.timestamp.encode(.string(text), column: "at", clock: .system)
    }
    #expect(error == .invalid("Unable to coerce '\(text)' to a formatted date (long)"))
  }

  @Test func `literals of another type are refused in Cassandra's words`() {
    let known: [(DataType, Term, String)] = [
      (.int, .string("x"), #"Invalid STRING constant (x) for "c" of type int"#),
      (.text, .integer("7"), #"Invalid INTEGER constant (7) for "c" of type text"#),
      (.text, .decimal("7.5"), #"Invalid FLOAT constant (7.5) for "c" of type text"#),
      (.text, .boolean(true), #"Invalid BOOLEAN constant (true) for "c" of type text"#),
      (.int, .blob([0xAB]), #"Invalid HEX constant (0xab) for "c" of type int"#),
      (.int, .list([]), "Invalid list literal for c of type int"),
      (.int, .map([]), "Invalid set literal for c of type int"),
      (.int, .integer("2147483648"), "Unable to make int from '2147483648'"),
      (.date, .string("x"), "Unable to coerce 'x' to a formatted date (long)"),
      (
        .ascii, .string("é"),
        "Invalid ASCII character in string literal: "
          + "java.nio.charset.UnmappableCharacterException: Input length = 1"
      ),
    ]
    for (type, term, message) in known {
      let error = #expect(throws: TableError.self) {
        try type.encode(term, column: "c", clock: .system)
      }
      #expect(error == .invalid(message))
    }
  }

  @Test func `literals give the native bytes`() throws {
    var random = seededRandom()
    let store = try TemporaryTables()
    try store.run(#"CREATE TYPE k."U" (a int, "B c" text)"#)
    for type in DataType.simple + DataType.structured + [.duration, .list(.duration)] {
      try store.run("DROP TABLE IF EXISTS k.t")
      try store.run("CREATE TABLE k.t (k int PRIMARY KEY, v \(type.name))")
      for round in 0..<40 {
        let value = type.sample(narrow: round % 2 == 0, &random)
        _ = try store.tables.execute("INSERT INTO k.t (k, v) VALUES (0, \(value.literal))")
        let page = try store.tables.execute("SELECT v FROM k.t")
        #expect(page.rows == [[value.bytes]], "\(type) \(value.literal)")
      }
    }
  }
}

extension SampleValue {
  fileprivate var text: String { String(decoding: bytes, as: UTF8.self) }
}
