import Bytes
import CQL
import Node
import Tables
import Testing

@Suite struct CQLExchangeTests {
  private static let address = UserType(
    keyspace: "k", name: "address",
    fields: [
      .init(name: "street", type: .text),
      .init(name: "tags", type: .set(.int)),
    ])

  private static let types: [DataType] = [
    .ascii, .text, .blob, .boolean, .tinyint, .smallint, .int, .bigint, .varint, .counter, .float,
    .double, .decimal, .timestamp, .date, .time, .duration, .uuid, .timeuuid, .inet,
    .list(.text), .set(.uuid), .map(.text, .list(.int)), .tuple([.int, .tuple([]), .text]),
    .user(address), .multiCell(.map(.text, .user(address))), .multiCell(.user(address)),
  ]

  @Test func aResultIsTheSameAtTheOtherEnd() throws {
    let columns = Self.types.enumerated().map { number, type in
      ResultColumn(name: "c\(number) \"ü\"", type: type)
    }
    let rows: [[[UInt8]?]] = [
      columns.map { _ in nil }, columns.map { _ in [] },
      columns.indices.map { number in [UInt8](repeating: UInt8(number), count: number) },
    ]
    let page = Page(columns: columns, rows: rows)
    let sent = try JSON(parsing: Array(page.nativeJSON.line.utf8))
    #expect(Page(nativeJSON: sent) == page)
    let empty = Page(columns: [], rows: [])
    #expect(Page(nativeJSON: empty.nativeJSON) == empty)
  }

  @Test(arguments: [
    "{}", "{\"columns\":[],\"cells\":7}", "{\"columns\":[{\"name\":\"a\"}],\"cells\":[]}",
    "{\"columns\":[{\"name\":\"a\",\"type\":\"nothing\"}],\"cells\":[]}",
    "{\"columns\":[{\"name\":\"a\",\"type\":{\"map\":[\"int\"]}}],\"cells\":[]}",
    "{\"columns\":[{\"name\":\"a\",\"type\":{\"user\":{\"name\":\"x\"}}}],\"cells\":[]}",
    "{\"columns\":[{\"name\":\"a\",\"type\":\"int\"}],\"cells\":[[\"*\"]]}",
    "{\"columns\":[{\"name\":\"a\",\"type\":\"int\"}],\"cells\":[[]]}",
  ])
  func whatIsNoResultIsNotTakenForOne(_ text: String) throws {
    #expect(Page(nativeJSON: try JSON(parsing: Array(text.utf8))) == nil)
  }

  @Test func anErrorIsTheSameAtTheOtherEnd() throws {
    var error = TableError(.alreadyExists, "it \"is\" there")
    error.existing = TableName(keyspace: "k", table: "t")
    for error in [error, TableError(.syntaxError, "line 1:2"), .invalid("no")] {
      let json = JSON.object([JSON.Field("error", .text(error.message))] + error.details)
      let back = try #require(TableError(json: try JSON(parsing: Array(json.line.utf8))))
      #expect(back == error)
    }
    #expect(TableError(json: ["error": "no code"]) == nil)
    #expect(TableError(json: ["error": "unknown code", "code": 77]) == nil)
  }
}
