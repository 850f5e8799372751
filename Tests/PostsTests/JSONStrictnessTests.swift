import Foundation
import Posts
import Testing

@Suite struct JSONStrictnessTests {
  @Test func `broken JSON is refused with the reason`() {
    let broken: [(String, PostError.Reason)] = [
      (#"{"text":"a"}}"#, .trailingBytes), (#"{"text":"a"} x"#, .trailingBytes),
      (#"{"text":"a",}"#, .notJSON), (#"{,"text":"a"}"#, .notJSON), (#"{"text" "a"}"#, .notJSON),
      (#"{"text":"a","x":[1,]}"#, .notJSON), (#"{"text":"a","x":[,1]}"#, .notJSON),
      (#"{"text":"a","x":[1 2]}"#, .notJSON), (#"{"text":"a","x":[1}}"#, .notJSON),
      (#"{"text":"a","x":{"y":1]}"#, .notJSON), (#"{"text":"a","x":{"y"}}"#, .notJSON),
      (#"{"text":"a","x":{1:2}}"#, .notJSON), (#"{'text':'a'}"#, .notJSON),
      (#"{"text":"a","x":tru}"#, .notJSON), (#"{"text":"a","x":nul1}"#, .notJSON),
      (#"{"text":"a\x"}"#, .badEscape), (#"{"text":"a\u12g4"}"#, .badEscape),
      (#"{"text":"a","x":"\u00"}"#, .badEscape), ("{\"text\":\"a\tb\"}", .controlCharacter),
      ("{\"text\":\"a\",\"x\":\"\n\"}", .controlCharacter),
      (#"{"text":"a","x":01}"#, .badNumber), (#"{"text":"a","x":-}"#, .badNumber),
      (#"{"text":"a","x":1.}"#, .badNumber), (#"{"text":"a","x":1e}"#, .badNumber),
      (#"{"text":"a","x":.5}"#, .notJSON), (#"{"text":"a","x":+5}"#, .notJSON),
      (#"[1]"#, .notAnObject), ("5", .notAnObject), (#""text""#, .notAnObject),
      (#"{"text":""}"#, .blankText), (#"{"text":" \n\u00a0"}"#, .blankText),
      (#"{"text":null}"#, .noText), (#"{"text":["a"]}"#, .noText),
      (#"{"data":{"text":"a"}}"#, .noID), (#"{"data":{"id":"","text":"a"}}"#, .noID),
    ]
    for (text, expected) in broken { #expect(reason(text) == expected, "\(text)") }
  }

  @Test func `limits are errors`() {
    func nested(_ depth: Int) -> String {
      #"{"text":"a","x":"# + String(repeating: "[", count: depth - 1)
        + String(repeating: "]", count: depth - 1) + "}"
    }
    #expect(reason(nested(Limits.nestingDepth)) == nil)
    #expect(reason(nested(Limits.nestingDepth + 1)) == .tooDeep)
    #expect(reason(String(repeating: "[", count: 100_000)) == .notAnObject)
    #expect(reason(#"{"x":"# + String(repeating: #"{"a":["#, count: 100_000)) == .tooDeep)
    let long = String(repeating: "é", count: Limits.textBytes / 2)
    #expect(reason(#"{"text":"\#(long)"}"#) == nil)
    #expect(reason(#"{"text":"\#(long)a"}"#) == .fieldTooLong)
    let name = String(repeating: "n", count: Limits.fieldBytes)
    #expect(reason(#"{"text":"a","id":"\#(name)"}"#) == nil)
    #expect(reason(#"{"text":"a","id":"\#(name)n"}"#) == .fieldTooLong)
    #expect(
      reason(#"{"text":"a"}"# + String(repeating: " ", count: Limits.recordBytes))
        == .recordTooLong)
    let page = Array(repeating: #"{"id":"1","text":"a"}"#, count: Limits.pagePosts + 1)
    #expect(reason(#"{"data":[\#(page.joined(separator: ","))]}"#) == .tooManyPosts)
    #expect(reason(#"{"data":[\#(page.dropLast().joined(separator: ","))]}"#) == nil)
  }

  @Test func `escapes and lone surrogates`() throws {
    let text = try post(#"{"text":"\"\\\/\b\f\n\r\t\u0041\u00e9\u20ac\ud83d\ude00\u0000."}"#).text
    #expect(text == "\"\\/\u{8}\u{c}\n\r\tAé€😀\0.")
    #expect(try post(#"{"text":"a\ud83d"}"#).text == "a\u{FFFD}")
    #expect(try post(#"{"text":"\ude00b"}"#).text == "\u{FFFD}b")
    #expect(try post(#"{"text":"\ud83dx\ud83d\ud83d\ude00"}"#).text == "\u{FFFD}x\u{FFFD}😀")
    #expect(try post(#"{"text":"\ud83d\u0041"}"#).text == "\u{FFFD}A")
    #expect(try post(#"{"text":"\ude00\ude00"}"#).text == "\u{FFFD}\u{FFFD}")
  }

  @Test func `raw control characters are refused wherever they stand`() {
    for control in UInt8(0)..<0x20 {
      for padding in 0..<10 {
        let text = String(repeating: "a", count: padding) + String(UnicodeScalar(control))
        #expect(reason("{\"text\":\"\(text)bcdefgh\"}") == .controlCharacter)
        #expect(reason("{\"text\":\"k\",\"\(text)bcdefgh\":1}") == .controlCharacter)
      }
    }
    #expect(reason("{\"text\":\"a\u{7F}b\"}") == nil)
  }

  @Test func `ill-formed UTF-8 is refused wherever it stands`() {
    let bad: [[UInt8]] = [
      [0x80], [0xC3], [0xC0, 0xAF], [0xC1, 0xBF], [0xE0, 0x9F, 0x80], [0xED, 0xA0, 0x80],
      [0xF0, 0x8F, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF],
      [0xE2, 0x82], [0xF0, 0x9F, 0x98],
    ]
    for sequence in bad {
      for padding in 0..<10 {
        let text = Array(repeating: UInt8(ascii: "a"), count: padding) + sequence + Array("bc".utf8)
        for field in ["text", "other"] {
          let line = Array(#"{"id":"1","text":"k","\#(field)":""#.utf8) + text + Array(#""}"#.utf8)
          #expect(throws: PostError.self) { _ = try parse(line) }
        }
        #expect(throws: PostError.self) { _ = try parse(text, as: .text) }
        #expect(throws: PostError.self) {
          _ = try parse(text, as: .csv(CSVHeader(names: ["text"])))
        }
      }
    }
  }

  @Test func `cut anywhere, a line is refused`() {
    let line = Array(streamLine.utf8)
    for length in 1..<line.count {
      #expect(throws: PostError.self, "\(length)") { _ = try parse(Array(line[..<length])) }
    }
  }

  @Test func `whatever Foundation refuses we refuse, whatever we accept reads the same`() {
    let seed = UInt64.random(in: 0 ... .max)
    var generator = SeededGenerator(seed: seed)
    let flat =
      #"{"id":"7","text":"caf\u00e9 &amp; \"t\u0065a\" \ud83d\ude00 é😀","x":[1,-2.5e3,{"y":[]},true,null],"lang":"en"}"#
    let bases = [Array(flat.utf8), Array(streamLine.utf8)]
    let spice = Array(#"{}[]",:\u0123eE+-. tfn"#.utf8) + [0, 9, 10, 0x80, 0xC3, 0xE2, 0xF0, 0xFF]
    var accepted = 0
    for round in 0..<6_000 {
      var line = bases[round % 2]
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        let at = Int.random(in: 0..<line.count, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: line[at] = spice.randomElement(using: &generator) ?? 0
        case 1: line.insert(spice.randomElement(using: &generator) ?? 0, at: at)
        case 2: line.remove(at: at)
        default: line[at] = UInt8.random(in: 0...255, using: &generator)
        }
      }
      let object = try? JSONSerialization.jsonObject(with: Data(line)) as? [String: Any]
      guard let parsed = try? parse(line) else { continue }
      accepted += 1
      // Foundation refuses a lone surrogate, which we replace.
      if object == nil, String(decoding: line, as: UTF8.self).lowercased().contains("\\ud") {
        continue
      }
      #expect(object != nil, "seed \(seed): \(String(decoding: line, as: UTF8.self))")
      if let text = object?["text"] as? String, object?["data"] == nil {
        #expect(parsed.posts.first?.text == text.replacing("&amp;", with: "&"), "seed \(seed)")
      }
    }
    #expect(accepted > 100)
  }

  @Test func `random posts read as Foundation reads them`() throws {
    let seed = UInt64.random(in: 0 ... .max)
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<500 {
      let fields = [
        "id": "a" + randomText(&generator), "text": "t" + randomText(&generator),
        "lang": randomText(&generator), "username": "u" + randomText(&generator),
        "skipped" + randomText(&generator): randomText(&generator),
      ]
      let spelled = fields.map { "\(quoted($0, &generator)):\(quoted($1, &generator))" }
      let line = "{" + spelled.joined(separator: " ,") + "}"
      let oracle = try #require(
        try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String])
      #expect(oracle == fields, "seed \(seed)")
      let found = try post(line)
      #expect(found.id == oracle["id"], "seed \(seed)")
      #expect(found.text == oracle["text"], "seed \(seed)")
      #expect(found.language == oracle["lang"], "seed \(seed)")
      #expect(found.screenName == oracle["username"], "seed \(seed)")
    }
  }

  @Test func `random bytes never trap`() {
    var generator = SeededGenerator(seed: 1)
    let spice = Array(#"{}[]",:\u0123eE+-. "data""text""id"&amp;"#.utf8) + [0x80, 0xC3, 0xE2, 0xF0]
    let header = CSVHeader(names: ["text", "id", "created_at"])
    for _ in 0..<20_000 {
      let count = Int.random(in: 0..<60, using: &generator)
      let bytes = (0..<count).map { _ in spice.randomElement(using: &generator) ?? 0 }
      _ = try? parse(bytes)
      _ = try? parse(bytes, as: .csv(header))
      _ = try? parse(bytes, as: .text)
    }
  }

  @Test func `top-level fields are picked as text`() throws {
    let record = #"{"a":"x\n","l\u0061bel":4,"n":{"label":1},"t":true,"z":null}"#
    func pick(_ name: String, of text: String) throws -> String? {
      try Array(text.utf8).withUnsafeBytes { try JSONObject($0).topLevelField(named: name) }
    }
    #expect(try pick("a", of: record) == "x\n")
    #expect(try pick("label", of: record) == "4")
    #expect(try pick("t", of: record) == "true")
    #expect(try pick("z", of: record) == nil)
    #expect(try pick("n", of: record) == nil)
    #expect(try pick("none", of: record) == nil)
    #expect(throws: PostError(.truncated, at: record.utf8.count - 1)) {
      try pick("a", of: String(record.dropLast()))
    }
    #expect(throws: PostError(.notAnObject)) { try pick("a", of: "[]") }
    #expect(throws: PostError(.notAnObject)) { try pick("a", of: "") }
  }

  private func randomText(_ generator: inout SeededGenerator) -> String {
    var text = ""
    for _ in 0..<Int.random(in: 0..<20, using: &generator) {
      let ranges: [ClosedRange<UInt32>] = [
        0x20...0x25, 0x27...0x7E, 0...0x1F, 0xA1...0x7FF, 0x3041...0xD7FF, 0x1F600...0x1F64F,
      ]
      let range = ranges.randomElement(using: &generator) ?? 0x41...0x5A
      let scalar = Unicode.Scalar(UInt32.random(in: range, using: &generator))
      if let scalar { text.unicodeScalars.append(scalar) }
    }
    return text
  }

  private func quoted(_ text: String, _ generator: inout SeededGenerator) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      if scalar.value < 0x20 || scalar == "\"" || scalar == "\\"
        || Int.random(in: 0..<5, using: &generator) == 0
      {
        for unit in String(scalar).utf16 { result += String(format: "\\u%04x", Int(unit)) }
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
