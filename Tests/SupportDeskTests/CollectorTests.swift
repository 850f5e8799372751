import Bytes
import Machine
import Node
import Posts
import Records
import SupportDesk
import TestSupport
import Testing

@Suite struct CollectorTests {
  /// The values of a topic's records, with their headers' names.
  private func records(_ desk: Desk, _ topic: String) throws -> [(value: String, headers: [String])]
  {
    var found: [(value: String, headers: [String])] = []
    for number in 0..<(try desk.log.partitionCount(of: topic)) {
      let place = TopicPartition(topic, number)
      let bounds = try desk.log.bounds(of: place)
      var next = bounds.lowerBound
      while next < bounds.upperBound {
        var buffer = ByteBuffer()
        try desk.log.read(place, from: next, maxBytes: 1 << 20, into: &buffer)
        next = try buffer.withBytes { bytes throws in
          try RecordBatches.forEach(bytes, from: next) { record in
            let value = String(decoding: record.value ?? .init(start: nil, count: 0), as: UTF8.self)
            found.append((value, try record.headers().map(\.name)))
          }
        }
      }
    }
    return found
  }

  private func collect(
    _ desk: Desk, _ bytes: [UInt8], _ format: FileFormat, chunk: Int,
    resumption: SourceOffsets.Resumption? = nil, partitions: Int = 1
  ) throws -> CollectTotals {
    var collector = try Collector(
      into: "posts", of: desk.log, origin: "test.csv", format: format, partitions: partitions,
      resumption: resumption)
    var start = 0
    while start < bytes.count {
      let end = min(start + chunk, bytes.count)
      try bytes[start..<end].withUnsafeBytes { try collector.feed($0) }
      start = end
    }
    try collector.finish()
    return collector.totals
  }

  @Test(arguments: [1, 2, 7, 64, 5_000])
  func `bytes arrive unchanged whatever the chunks`(chunk: Int) throws {
    let desk = try Desk()
    let lines = (0..<40).map { post($0, "angry é 🙂 \($0)") } + ["broken", "{\"a\":1}"]
    let text = lines.joined(separator: "\r\n") + "\n\n"
    let totals = try collect(desk, Array(text.utf8), .jsonLines, chunk: chunk)
    #expect(totals.records == lines.count && totals.unreadable == 0)
    #expect(try records(desk, "posts").map(\.value) == lines)
  }

  @Test func `a table's rows carry what is needed to read them`() throws {
    let desk = try Desk()
    let table = "id,text,author_id\r\n1,\"angry, \"\"very\"\"\nindeed\",9\n2,late,8\n"
    _ = try collect(desk, Array(table.utf8), .csv, chunk: 3)
    #expect(
      try records(desk, "posts").map(\.value) == [
        "1,\"angry, \"\"very\"\"\nindeed\",9", "2,late,8",
      ])
    #expect(try records(desk, "posts").allSatisfy { $0.headers == ["format", "columns"] })
    try desk.classify()
    #expect(
      try desk.rows("SELECT text FROM grouse.posts WHERE id = '1'") == [
        #"{"text": "angry, \"very\"\nindeed"}"#
      ])
  }

  @Test func `an author's posts stay in one partition, in order`() throws {
    let desk = try Desk()
    let lines = (0..<200).map {
      #"{"id":"\#($0)","text":"t \#($0)","author_id":"a\#($0 % 7)"}"#
    }
    _ = try collect(
      desk, Array(lines.joined(separator: "\n").utf8), .jsonLines, chunk: 100, partitions: 4)
    let found = try records(desk, "posts").map(\.value)
    #expect(found.sorted() == lines.sorted())
    for author in 0..<7 {
      let own = lines.filter { $0.hasSuffix(#""a\#(author)"}"#) }
      #expect(found.filter { $0.hasSuffix(#""a\#(author)"}"#) } == own)
    }
  }

  @Test func `what is too long becomes a dead letter with its line`() throws {
    let desk = try Desk()
    let long = String(repeating: "x", count: 3 << 20)
    let text = "first\n\(long)\nlast\n"
    let totals = try collect(desk, Array(text.utf8), .text, chunk: 1 << 16)
    #expect(totals.records == 2 && totals.unreadable == 1)
    #expect(try records(desk, "posts").map(\.value) == ["first", "last"])
    #expect(try records(desk, "posts.dead").map(\.headers) == [["origin", "reason"]])
  }

  @Test(arguments: 0...6)
  func `a second run goes on behind the first`(collected: Int) throws {
    let desk = try Desk()
    let lines = (0..<6).map { "post \($0)" }
    _ = try collect(
      desk, Array(lines.joined(separator: "\n").utf8), .text, chunk: 8,
      resumption: .init(producer: 1, position: collected))
    #expect(try records(desk, "posts").map(\.value) == Array(lines.dropFirst(collected)))
  }

  @Test func `the last position of a source counts`() throws {
    let desk = try Desk()
    try desk.log.ensureTopic("posts", partitions: 1)
    let offsets = try SourceOffsets(desk.log, into: "posts")
    #expect(try offsets.resumption(of: "a").position == 0)
    for position in [3, 9, 27] { try offsets.commit("a", position: position) }
    try offsets.commit("b", position: 5)
    let again = try SourceOffsets(desk.log, into: "posts")
    #expect(try again.resumption(of: "a").position == 27)
    #expect(try offsets.resumption(of: "b").position == 5)
    #expect(try SourceOffsets(desk.log, into: "others").resumption(of: "a").position == 0)
  }

  @Test func `what was appended and not noted is not appended again`() throws {
    let desk = try Desk()
    let offsets = try SourceOffsets(desk.log, into: "posts")
    let long = String(repeating: "x", count: 3 << 20)
    let lines = (0..<8).map { $0 == 5 ? long : "post \($0)" }
    func bytes(_ count: Int) -> [UInt8] { Array(lines.prefix(count).joined(separator: "\n").utf8) }
    for (count, noted) in [(3, 3), (6, nil), (6, nil), (8, 8), (8, nil)] {
      _ = try collect(
        desk, bytes(count), .text, chunk: 1 << 20, resumption: try offsets.resumption(of: "a"))
      if let noted { try offsets.commit("a", position: noted) }
      // Another source's records in between are none of this one's.
      _ = try collect(
        desk, Array("other".utf8), .text, chunk: 8, resumption: try offsets.resumption(of: "b"))
    }
    let found = try records(desk, "posts").map(\.value)
    #expect(found == lines.prefix(3) + ["other"] + lines[3...].filter { $0 != long })
    #expect(try records(desk, "posts.dead").count == 1)
  }
}
