import CQL
import Machine
import Testing

@testable import Tables

/// What literals mean, and how Cassandra refuses those that mean nothing.
@Suite struct TypeLiteralTests {
  private func encode(_ literal: String, _ type: DataType) throws -> [UInt8]? {
    guard case .insert(let insert) = try CQLParser.parse("INSERT INTO t (v) VALUES (\(literal))")
    else { throw TableError.invalid("no INSERT") }
    return try type.encode(insert.values[0], column: "c", clock: FakeClock().clock)
  }

  @Test func `literals in every form show as cqlsh and JSON show their values`() throws {
    let user = DataType.sampleUser
    let known: [(DataType, String, display: String, json: String)] = [
      (
        .varint, "-170141183460469231731687303715884105729",
        "-170141183460469231731687303715884105729", "-170141183460469231731687303715884105729"
      ),
      (.varint, "0", "0", "0"), (.varint, "- 7", "-7", "-7"),
      (.decimal, "1.0", "1.0", "1.0"), (.decimal, "100", "100", "100"),
      (.decimal, "1e3", "1E+3", "1E+3"), (.decimal, "0.0000001", "1E-7", "1E-7"),
      (.decimal, "-12.50e1", "-125.0", "-125.0"), (.decimal, "0.00", "0.00", "0.00"),
      (.decimal, "-0.000001", "-0.000001", "-0.000001"),
      (.decimal, "1234.5e10", "1.2345E+13", "1.2345E+13"),
      (.double, "- 5", "-5.0", "-5.0"), (.double, "-NaN", "NaN", "null"),
      (.double, "-Infinity", "-Infinity", "null"), (.float, "1e2", "100.0", "100.0"),
      (.time, "'18:04:31'", "18:04:31.000000000", "\"18:04:31.000000000\""),
      (.time, "'8:4:1.5'", "08:04:01.500000000", "\"08:04:01.500000000\""),
      (.time, "86399999999999", "23:59:59.999999999", "\"23:59:59.999999999\""),
      (.date, "2147483648", "1970-01-01", "\"1970-01-01\""),
      (.date, "'2147483647'", "1969-12-31", "\"1969-12-31\""),
      (.date, "'-0001-12-31'", "-0001-12-31", "\"-0001-12-31\""),
      (.date, "'+12345-06-07'", "12345-06-07", "\"+12345-06-07\""),
      (
        .timestamp, "'2026-11-20'", "2026-11-20 00:00:00.000000+0000",
        "\"2026-11-20 00:00:00.000Z\""
      ),
      (
        .timestamp, "'2026-11-20 18:04:31 GMT+01:00'", "2026-11-20 17:04:31.000000+0000",
        "\"2026-11-20 17:04:31.000Z\""
      ),
      (
        .timestamp, "'2026-11-20+0100'", "2026-11-19 23:00:00.000000+0000",
        "\"2026-11-19 23:00:00.000Z\""
      ),
      (
        .timestamp, "'2026-11-20 UTC'", "2026-11-20 00:00:00.000000+0000",
        "\"2026-11-20 00:00:00.000Z\""
      ),
      (.timestamp, "'-1'", "1969-12-31 23:59:59.999000+0000", "\"1969-12-31 23:59:59.999Z\""),
      (.timestamp, "'now'", "2025-10-09 08:53:20.000000+0000", "\"2025-10-09 08:53:20.000Z\""),
      (.duration, "1h30m", "1h30m", "\"1h30m\""),
      (.duration, "-1y2mo3d", "-1y2mo3d", "\"-1y2mo3d\""),
      (.duration, "P1Y2M3DT4H5M6S", "1y2mo3d4h5m6s", "\"1y2mo3d4h5m6s\""),
      (.duration, "P2W", "14d", "\"14d\""),
      (.duration, "P0001-02-03T04:05:06", "1y2mo3d4h5m6s", "\"1y2mo3d4h5m6s\""),
      (.duration, "90m5000ns", "1h30m5us", "\"1h30m5us\""), (.duration, "0s", "", "\"\""),
      (.inet, "'127.0.0.1'", "127.0.0.1", "\"127.0.0.1\""),
      (.inet, "'::1'", "::1", "\"0:0:0:0:0:0:0:1\""), (.inet, "'::'", "::", "\"0:0:0:0:0:0:0:0\""),
      (.inet, "'2001:db8::'", "2001:db8::", "\"2001:db8:0:0:0:0:0:0\""),
      (.inet, "'1:0:0:2:0:0:0:3'", "1:0:0:2::3", "\"1:0:0:2:0:0:0:3\""),
      (.inet, "'::ffff:1.2.3.4'", "1.2.3.4", "\"1.2.3.4\""),
      (.set(.int), "{3, 1, 2, 1}", "{1, 2, 3}", "[1, 2, 3]"), (.set(.int), "{}", "{}", "[]"),
      (.set(.varint), "{10, -1000, 9}", "{-1000, 9, 10}", "[-1000, 9, 10]"),
      (
        .map(.decimal, .text), "{10: 'b', 9.5: 'a', 10: 'c'}", "{9.5: 'a', 10: 'c'}",
        #"{"9.5": "a", "10": "c"}"#
      ),
      (.map(.tuple([.int, .text]), .int), "{(1, 'a'): 2}", "{(1, 'a'): 2}", #"{"[1, \"a\"]": 2}"#),
      (.tuple([.int, .text, .inet]), "(1, null)", "(1, null, null)", "[1, null, null]"),
      (user, #"{"B c": 'x'}"#, "{a: null, B c: 'x'}", #"{"a": null, "\"B c\"": "x"}"#),
      (.list(user), "[{a: 1}]", "[{a: 1, B c: null}]", #"[{"a": 1, "\"B c\"": null}]"#),
      (.multiCell(.list(.list(.int))), "[[1], []]", "[[1], []]", "[[1], []]"),
      (.int, "(int) 5", "5", "5"),
    ]
    for (type, literal, display, json) in known {
      let bytes = try #require(try encode(literal, type), "\(literal)")
      #expect(type.display(bytes) == display, "\(literal)")
      #expect(type.json(bytes) == json, "\(literal)")
    }
    #expect(try encode("{3, 1, 1}", .set(.int)) == encode("{1, 3}", .set(.int)))
    #expect(try encode("null", .varint) == nil)
  }

  @Test func `values have the encodings of the native protocol`() throws {
    let known: [(DataType, String, [UInt8])] = [
      (.varint, "128", [0, 0x80]), (.varint, "-128", [0x80]), (.varint, "0", [0]),
      (.varint, "-1", [0xFF]), (.varint, "256", [1, 0]),
      (.decimal, "-1.28", [0, 0, 0, 2, 0x80]), (.decimal, "1e2", [0xFF, 0xFF, 0xFF, 0xFE, 1]),
      (.duration, "1mo2d3ns", [2, 4, 6]), (.duration, "-1mo", [1, 0, 0]),
      (.duration, "63ns", [0, 0, 0x7E]),
      (.duration, "64ns", [0, 0, 0x80, 0x80]), (.duration, "8192ns", [0, 0, 0xC0, 0x40, 0]),
      (.duration, "9223372036854775807ns", [0, 0] + [UInt8](repeating: 0xFF, count: 8) + [0xFE]),
      (.date, "0", [0, 0, 0, 0]), (.time, "1", [0, 0, 0, 0, 0, 0, 0, 1]),
      (.inet, "'::1'", [UInt8](repeating: 0, count: 15) + [1]), (.inet, "'1.2.3.4'", [1, 2, 3, 4]),
      (.tuple([.tinyint, .text, .int]), "(1, null)", [0, 0, 0, 1, 1, 0xFF, 0xFF, 0xFF, 0xFF]),
    ]
    for (type, literal, bytes) in known {
      #expect(try encode(literal, type) == bytes, "\(literal)")
    }
  }

  @Test func `literals are refused in Cassandra's words`() throws {
    let tuple = DataType.tuple([.int, .text])
    let known: [(DataType, String, String)] = [
      (.tinyint, "128", "Unable to make byte from '128'"),
      (.smallint, "-32769", "Unable to make short from '-32769'"),
      (.bigint, "9223372036854775808", "Unable to make long from '9223372036854775808'"),
      (.varint, "1.5", #"Invalid FLOAT constant (1.5) for "c" of type varint"#),
      (.decimal, "NaN", "unable to make BigDecimal from 'NaN'"),
      (.decimal, "1e9999999999", "unable to make BigDecimal from '1e9999999999'"),
      (.time, "86400000000000", "Unable to make long (for time) from: '86400000000000'"),
      (
        .time, "'24:00:00'",
        "(TimeType) Unable to coerce '24:00:00' to a formatted time (long)"
      ),
      (.date, "-1", "Unable to make unsigned int (for date) from: '-1'"),
      (.date, "4294967296", "Unable to make unsigned int (for date) from: '4294967296'"),
      (.date, "'12345-01-01'", "Unable to coerce '12345-01-01' to a formatted date (long)"),
      (.duration, "5", "Unable to convert '5' to a duration"),
      (.duration, "'1h'", #"Invalid STRING constant (1h) for "c" of type duration"#),
      (.duration, "1m1h", "Invalid duration. The minutes should be after hours"),
      (.duration, "1h2h", "Invalid duration. The hours are specified multiple times"),
      (
        .duration, "200000000y",
        "Invalid duration. The total number of months must be less or equal to 2147483647"
      ),
      (.inet, "'1.2.3.4.5'", "Unable to make inet address from '1.2.3.4.5'"),
      (.inet, "'1::2::3'", "Unable to make inet address from '1::2::3'"),
      (.inet, "'1:2:3:4:5:6:7:8:9'", "Unable to make inet address from '1:2:3:4:5:6:7:8:9'"),
      (.uuid, "'x'", #"Invalid STRING constant (x) for "c" of type uuid"#),
      (
        .timeuuid, "00000000-0000-4000-8000-000000000000",
        "TimeUUID supports only version 1 UUIDs"
      ),
      (
        .list(.int), "['a']",
        "Invalid list literal for c: value 'a' is not of type int"
      ),
      (.set(.int), "{1, 'a'}", "Invalid set literal for c: value 'a' is not of type int"),
      (.map(.int, .int), "{'a': 1}", "Invalid map literal for c: key 'a' is not of type int"),
      (.map(.int, .int), "{1: 'a'}", "Invalid map literal for c: value 'a' is not of type int"),
      (.list(.int), "[null]", "null is not supported inside collections"),
      (
        tuple, "(1, 'a', 2)",
        "Invalid tuple literal for c: too many elements. Type frozen<tuple<int, text>> expects 2 but got 3"
      ),
      (tuple, "('a')", "Invalid tuple literal for c: component 0 is not of type int"),
      (.int, "(1, 2)", "Invalid tuple type literal for c of type int"),
      (.int, "{a: 1}", "Invalid user type literal for c of type int"),
      (.sampleUser, "{z: 1}", "Unknown field 'z' in value of user defined type U"),
      (.sampleUser, "{a: 'x'}", "Invalid user type literal for c: field a is not of type int"),
      (.counter, "null", "Invalid null value for counter increment/decrement"),
    ]
    for (type, literal, message) in known {
      let error = #expect(throws: TableError.self, "\(literal)") { try encode(literal, type) }
      #expect(error == .invalid(message), "\(literal)")
    }
    let long = String(repeating: "9", count: 50_000)
    #expect(throws: TableError.self) { try encode(long, .varint) }
  }

  @Test func `JSON of another kind is refused in Cassandra's words`() throws {
    let known: [(DataType, String, String)] = [
      (.text, "5", "Expected a UTF-8 string, but got a Integer: 5"),
      (.int, "1.5", "Expected an int value, but got a Double: 1.5"),
      (.boolean, "1", "Expected a boolean value, but got a Integer: 1"),
      (.blob, #""00""#, "String representation of blob is missing 0x prefix: 00"),
      (.decimal, #""x""#, "Value 'x' is not a valid representation of a decimal value"),
      (.list(.int), "5", "Expected a list, but got a Integer: 5"),
      (.list(.int), "[null]", "Invalid null element in list"),
      (.map(.text, .int), "[]", "Expected a map, but got a ArrayList: []"),
      (.map(.text, .int), #"{"a": null}"#, "Invalid null value in map"),
      (.tuple([.int, .int]), "[1]", "Tuple is missing items (expected 2): [1]"),
      (.tuple([.int]), "[1, 2]", "Tuple contains extra items (expected 1): [1, 2]"),
      (.sampleUser, #"{"z": 1}"#, "Unknown field 'z' in value of user defined type U"),
    ]
    for (type, text, message) in known {
      let json = try #require(JSONValue(text))
      let error = #expect(throws: TableError.self, "\(text)") {
        try type.encode(json: json, clock: .system)
      }
      #expect(error == .invalid(message), "\(text)")
    }
    #expect(try DataType.int.encode(json: .string("7"), clock: .system) == [0, 0, 0, 7])
    #expect(try DataType.int.encode(json: .null, clock: .system) == nil)
  }
}
