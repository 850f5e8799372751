import Bytes
import CommitLog
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
    _ desk: Desk, _ bytes: [UInt8], _ format: FileFormat, chunk: Int, isResuming: Bool = false,
    partitions: Int = 1
  ) throws -> CollectTotals {
    let offsets = try SourceOffsets(desk.log, into: "posts")
    var collector = try Collector(
      into: "posts", of: desk.log, origin: "test.csv", format: format, partitions: partitions,
      resumption: isResuming ? try offsets.resumption(of: "test.csv") : nil)
    var start = 0
    while start < bytes.count {
      let end = min(start + chunk, bytes.count)
      try bytes[start..<end].withUnsafeBytes { try collector.feed($0) }
      start = end
    }
    try collector.finish()
    if isResuming {
      try offsets.commit(
        "test.csv", position: collector.position, checksum: collector.checksum)
    }
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
    let lines = (0..<6).map { "post \($0)\n" }
    for part in [Array(lines.prefix(collected)), lines] {
      _ = try collect(desk, Array(part.joined().utf8), .text, chunk: 8, isResuming: true)
    }
    #expect(try records(desk, "posts").map { $0.value + "\n" } == lines)
  }

  @Test func `another file in the first one's place is noticed`() throws {
    let desk = try Desk()
    let header = "id,text\n1,pinned\n"
    _ = try collect(desk, Array("\(header)2,two\n".utf8), .csv, chunk: 99, isResuming: true)
    #expect(throws: SourceReplaced.self) {
      try collect(desk, Array("\(header)3,three\n4,four\n".utf8), .csv, chunk: 99, isResuming: true)
    }
  }

  @Test func `a line that is still being written waits for its end`() throws {
    let desk = try Desk()
    let lines = [post(1, "angry a coat"), post(2, "late a coat")]
    let text = Array(lines.joined(separator: "\n").utf8)
    let whole = lines[0].utf8.count + 1
    for length in [whole + 20, whole + 20, text.count] {
      let totals = try collect(
        desk, Array(text.prefix(length)), .jsonLines, chunk: 50, isResuming: true)
      #expect(totals.unfinished == (length < text.count ? 1 : 0))
    }
    #expect(try records(desk, "posts").map(\.value) == lines)
    #expect(try DeadLetters(desk.log).end() == 0)
  }

  @Test func `a topic made anew is read from its beginning`() throws {
    let desk = try Desk()
    try desk.append([post(1, "angry a coat"), post(2, "late a coat")])
    #expect(try desk.classify().new == 2)
    try desk.commitLog.deleteTopic("posts")
    try desk.append([post(3, "angry a coat")])
    #expect(try desk.classify().new == 1)
  }

  @Test func `a post that cannot be a row's key is a dead letter, not an end`() throws {
    let desk = try Desk()
    let long = String(repeating: "i", count: 200)
    try desk.append([
      #"{"id":"\#(long)","text":"angry"}"#, #"{"id":"a\u0000b","text":"angry"}"#,
      post(1, "angry", tag: "brand:" + String(repeating: "b", count: 100)), post(2, "angry"),
    ])
    let totals = try desk.classify()
    #expect(totals.unreadable == 3 && totals.new == 1)
    #expect(try DeadLetters(desk.log).end() == 3)
  }

  @Test func `a query can be run again after it was run`() throws {
    let desk = try Desk()
    try desk.append([post(1, "angry")])
    let query = ClassifyQuery(
      desk.log, desk.store, desk.settings, classifier: Desk.angry, model: "m@1")
    #expect(try query.run(until: .caughtUp).new == 1)
    try desk.append([post(2, "angry")])
    #expect(try query.run(until: .caughtUp).new == 1)
  }
}
