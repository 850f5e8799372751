import Posts
import Testing

@Suite struct RecordScannerTests {
  enum Item: Equatable {
    case header(String)
    case record(String, Int)
    case failure(ScanFailure.Reason, Int, Int)
  }

  private func scan(
    _ text: String, _ format: FileFormat, chunk: Int = .max, limit: Int = 1000
  ) -> [Item] {
    let bytes = Array(text.utf8)
    var scanner = RecordScanner(format: format, maxRecordBytes: limit)
    var items: [Item] = []
    func take(_ item: ScannedItem) {
      switch item {
      case .header(let bytes): items.append(.header(String(decoding: bytes, as: UTF8.self)))
      case .record(let bytes, let line):
        items.append(.record(String(decoding: bytes, as: UTF8.self), line))
      case .failure(let failure):
        items.append(.failure(failure.reason, failure.line, failure.length))
      }
    }
    var offset = 0
    while offset < bytes.count {
      let end = offset + min(chunk, bytes.count - offset)
      bytes[offset..<end].withUnsafeBytes { scanner.feed($0) }
      while let item = scanner.next() { take(item) }
      offset = end
    }
    scanner.finish()
    while let item = scanner.next() { take(item) }
    return items
  }

  private let samples: [(FileFormat, String)] = [
    (.text, "\u{FEFF}one\r\n\n  \nfo\rur\nlast\r"), (.text, "a"), (.text, "\n"), (.text, ""),
    (.jsonLines, "{\"a\":1}\r\n\r\n{\"b\":2}\n"),
    (.csv, "\u{FEFF}a,b\r\n\"x\r\ny\",\"q\"\"q\"\r\n\r\nplain\"quote,2\n\"a\"b\"c,3\nlast,\"4\""),
    (.csv, "a\n\"open\nnever"),
    (
      .jsonDocument,
      "\u{FEFF} [\n {\"a\": \"]}\\\"\\\\\",\n \"b\": [1, [2]]},\n 5 ,\"s\\\"]\", null]\n{\"z\":{}}\n7"
    ),
    (.jsonDocument, "{\n\"a\":\n1}"), (.jsonDocument, "[]"), (.jsonDocument, "[{},{}"),
    (.jsonDocument, "[{} {}, ,1]]}"), (.jsonDocument, "[{\"a\":1},\n{\"b\":"),
  ]

  @Test func `records come with their lines`() {
    #expect(
      scan(samples[0].1, .text)
        == [.record("one", 1), .record("fo\rur", 4), .record("last", 5)])
    #expect(
      scan(samples[4].1, .jsonLines) == [.record("{\"a\":1}", 1), .record("{\"b\":2}", 3)])
    #expect(
      scan(samples[5].1, .csv)
        == [
          .header("a,b"), .record("\"x\r\ny\",\"q\"\"q\"", 2), .record("plain\"quote,2", 5),
          .record("\"a\"b\"c,3", 6), .record("last,\"4\"", 7),
        ])
    #expect(scan(samples[6].1, .csv) == [.header("a"), .failure(.unfinished, 2, 11)])
    #expect(
      scan(samples[7].1, .jsonDocument)
        == [
          .record("{\"a\": \"]}\\\"\\\\\",\n \"b\": [1, [2]]}", 2), .record("5", 4),
          .record("\"s\\\"]\"", 4), .record("null", 4), .record("{\"z\":{}}", 5), .record("7", 6),
        ])
    #expect(scan("[{},{}", .jsonDocument).last == .failure(.unfinished, 1, 0))
    #expect(
      scan("[{} {}, ,1]]}", .jsonDocument)
        == [
          .record("{}", 1), .failure(.malformed, 1, 0), .record("{}", 1),
          .failure(.malformed, 1, 1), .record("1", 1), .failure(.malformed, 1, 1),
          .failure(.malformed, 1, 1),
        ])
  }

  @Test func `chunks of any size give the same`() {
    for (format, text) in samples {
      for limit in [1, 3, 7, 12, 1000] {
        let whole = scan(text, format, limit: limit)
        for chunk in 1...max(text.utf8.count, 1) {
          #expect(
            scan(text, format, chunk: chunk, limit: limit) == whole, "\(text) \(limit) \(chunk)")
        }
      }
    }
  }

  @Test func `a record too long is left out and the next is read`() {
    #expect(
      scan("abc\r\nabcd\n", .text, limit: 3) == [.record("abc", 1), .failure(.tooLong, 2, 4)])
    let long = String(repeating: "x", count: 200_000)
    for chunk in [7, 1000, 1 << 20] {
      #expect(
        scan("ab\n\(long)\r\ncd\n", .text, chunk: chunk, limit: 100)
          == [.record("ab", 1), .failure(.tooLong, 2, 200_000), .record("cd", 3)])
      #expect(
        scan("h\n\"\(long)\n\"\ncd\n", .csv, chunk: chunk, limit: 100)
          == [.header("h"), .failure(.tooLong, 2, 200_003), .record("cd", 4)])
      #expect(
        scan("[\"\(long)\",{}]", .jsonDocument, chunk: chunk, limit: 100)
          == [.failure(.tooLong, 1, 200_002), .record("{}", 1)])
    }
  }

  @Test func `random text splits as a simple reader splits it`() {
    let seed = UInt64.random(in: 0 ... .max)
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<3000 {
      let count = Int.random(in: 0..<40, using: &generator)
      let text = (0..<count).map { _ in
        ["a", ",", "\"", "\"", "\n", "é"].randomElement(using: &generator) ?? ""
      }
      .joined()
      let items = scan(text, .csv, chunk: Int.random(in: 1...9, using: &generator))
      var rows: [[String]] = []
      for item in items {
        guard case .record(let row, _) = item else {
          if case .header(let row) = item { rows.append(fields(row) ?? ["?"]) }
          continue
        }
        rows.append(fields(row) ?? ["?"])
      }
      #expect(rows == reference(text), "seed \(seed) \(text.debugDescription)")
      for format in FileFormat.allCases {
        #expect(scan(text, format) == scan(text, format, chunk: 1), "seed \(seed)")
      }
    }
  }

  /// The rows of CSV read character by character; a row whose quotes stay open is left out.
  private func reference(_ text: String) -> [[String]] {
    var rows: [[String]] = []
    var row: [String] = []
    var field = ""
    var isQuoted = false
    var isFresh = true
    var isEmptyLine = true
    let characters = Array(text) + (text.last == "\n" ? [] : ["\n"])
    var index = 0
    while index < characters.count {
      let character = characters[index]
      index += 1
      if isQuoted {
        if character == "\"" {
          if index < characters.count, characters[index] == "\"" {
            field.append("\"")
            index += 1
          } else {
            isQuoted = false
          }
        } else {
          field.append(character)
        }
        continue
      }
      switch character {
      case "\"" where isFresh:
        isQuoted = true
        isFresh = false
        isEmptyLine = false
      case ",", "\n":
        row.append(field)
        field = ""
        isFresh = true
        if character == "\n" {
          if !isEmptyLine { rows.append(row) }
          row = []
          isEmptyLine = true
        } else {
          isEmptyLine = false
        }
      default:
        field.append(character)
        isFresh = false
        isEmptyLine = false
      }
    }
    return rows
  }

  private func fields(_ row: String) -> [String]? {
    var reader = CSVRow()
    return Array(row.utf8).withUnsafeBytes { bytes in
      guard (try? reader.read(bytes)) != nil else { return nil }
      return (0..<reader.count).map { reader.string($0) }
    }
  }

  @Test func `formats are told by name, then by content`() {
    let cases: [(String, String, FileFormat)] = [
      ("a.csv", "{}", .csv), ("a.JSONL", "x", .jsonLines), ("b.ndjson", "", .jsonLines),
      ("t.txt", "{\"a\":1}", .text), ("d.json", " [\n{}]", .jsonDocument),
      ("d.json", "{\"a\":1}\n{\"a\":2}\n", .jsonLines), ("d.json", "{\n\"a\":1}\n", .jsonDocument),
      ("d.json", "{\"a\":1}\n", .jsonDocument), ("-", "\u{FEFF}{\"a\":1}\n{", .jsonLines),
      ("-", "[{\"a\":1}", .jsonDocument), ("dump", "id,text\n1,a\n", .csv),
      ("dump", "sad, really\n", .text), ("", "", .text), ("x.log", "[sic] {a}", .text),
    ]
    for (name, content, format) in cases {
      Array(content.utf8).withUnsafeBytes { bytes in
        #expect(
          FileFormat.detect(fileName: name, firstBytes: bytes) == format, "\(name) \(content)")
      }
    }
  }

  @Test func `columns are found by name`() throws {
    let header = CSVHeader(names: ["Tweet ID", "label", "Label"])
    #expect(header.column(named: "label") == 1)
    #expect(header.column(named: "Label") == 2)
    #expect(header.column(named: "LABEL") == 1)
    #expect(header.column(named: "tweet_id") == 0)
    #expect(header.column(named: "none") == nil)
    #expect(!header.hasText)
    #expect(CSVHeader(names: ["x", "Text"]).hasText)
  }
}
