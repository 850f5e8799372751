import Bytes
import Foundation
import Machine
import TestSupport
import Testing

@Suite struct JSONTests {
  private func parsed(_ text: String) throws -> JSON { try JSON(parsing: Array(text.utf8)) }

  @Test func readsDocuments() throws {
    #expect(
      try parsed(" {\"a\" : [1, -2.5e+3, true, null], \"b\": {}, \"a\": \"x\"} ")
        == .object([
          .init("a", [1, .number("-2.5e+3"), true, .null]), .init("b", .object([])),
          .init("a", "x"),
        ]))
    #expect(try parsed("\"\\u00e9\\ud83d\\ude00\\n\\/\\\\\"") == "é😀\n/\\")
    #expect(try parsed("{\"a\": 1, \"a\": 2}")["a"] == 2)
    #expect(try parsed("12345678901234567890123") == .number("12345678901234567890123"))
  }

  @Test(arguments: [
    "", " ", "{", "[1,]", "{\"a\"}", "{\"a\":1,}", "01", "1.", ".5", "-", "1e", "+1", "tru",
    "nullx", "\"", "\"\u{1}\"", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "\"\\udc00\"",
    "\"\\ud800\\u0041\"", "[1 2]", "{1:2}", "'a'", "[1]]", "\u{FEFF}1", "NaN", "\"\\u+123\"",
  ])
  func refusesWhatIsNone(_ text: String) {
    #expect(throws: JSONFault.self) { try parsed(text) }
  }

  @Test func refusesTextThatIsNoUTF8() {
    #expect(throws: JSONFault.self) { try JSON(parsing: [0x22, 0xFF, 0x22]) }
  }

  @Test func refusesToGoTooDeep() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    #expect(throws: Never.self) { try parsed(nested(64)) }
    #expect(throws: JSONFault.self) { try parsed(nested(65)) }
    #expect(throws: JSONFault.self) { try parsed(String(repeating: "[", count: 1 << 20)) }
  }

  /// A document of whatever the generator gives.
  private func random(_ random: inout SeededRandom, depth: Int) -> JSON {
    switch random.next() % (depth > 3 ? 5 : 7) {
    case 0: return .null
    case 1: return .boolean(random.next() % 2 == 0)
    case 2: return JSON(Int64(bitPattern: random.next()))
    case 3: return JSON(Double(Int32(truncatingIfNeeded: random.next())) / 64)
    case 4: return .text(text(&random))
    case 5:
      return .array((0..<random.next() % 5).map { _ in self.random(&random, depth: depth + 1) })
    default:
      return .object(
        (0..<random.next() % 5).map { number in
          JSON.Field("\(number)" + text(&random), self.random(&random, depth: depth + 1))
        })
    }
  }

  private func text(_ random: inout SeededRandom) -> String {
    var text = ""
    for _ in 0..<random.next() % 9 {
      let value = UInt32(random.next() % (random.next() % 2 == 0 ? 0x80 : 0x11_0000))
      if let scalar = Unicode.Scalar(value) { text.unicodeScalars.append(scalar) }
    }
    return text
  }

  @Test func readsWhatItWritesAndSoDoOthers() throws {
    var random = Seed.random()
    for _ in 0..<2_000 {
      let document = JSON.array([self.random(&random, depth: 0)])
      let line = document.line
      #expect(!line.contains("\n"))
      #expect(try parsed(line) == document)
      let theirs = try JSONSerialization.jsonObject(with: Data(line.utf8))
      let back = try JSONSerialization.data(withJSONObject: theirs)
      // Numbers may be spelt anew and fields ordered anew: the texts and the shape stay.
      #expect(shape(try JSON(parsing: Array(back))) == shape(document))
    }
  }

  /// The document without its numbers, fields sorted.
  private func shape(_ json: JSON) -> JSON {
    switch json {
    case .number: return 0
    case .array(let elements): return .array(elements.map { shape($0) })
    case .object(let fields):
      return .object(
        fields.map { JSON.Field($0.name, shape($0.value)) }.sorted { $0.name < $1.name })
    default: return json
    }
  }
}
