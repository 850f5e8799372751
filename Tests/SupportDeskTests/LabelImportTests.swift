import Machine
import SupportDesk
import TestSupport
import Testing

@Suite struct LabelImportTests {
  private let folder = TemporaryDirectory()

  private func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    try LocalDisk().replace(folder(name), with: bytes)
    return folder(name)
  }

  private func run(
    _ file: String, _ columns: LabelImport.Columns = .init()
  ) throws -> (outcome: LabelImport.Outcome, labels: [PostLabel]) {
    let book = try LabelBook(writing: folder("workbench.sqlite"), except: .never)
    let outcome = try LabelImport(file, columns).run(into: book, labeller: "import", now: 5)
    var labels: [PostLabel] = []
    try book.visit { labels.append($0) }
    return (outcome, labels)
  }

  @Test func `a table of texts and labels is taken in once`() throws {
    let file = try write(
      "seed.csv", Array("sentiment,text\r\n1,where is it\r\n0,lovely &amp; warm\r\n1,\r\n".utf8))
    let (outcome, labels) = try run(file)
    #expect(outcome.added == 2 && outcome.passedOver == 1 && outcome.complaints == 1)
    #expect(outcome.positive == "1")
    #expect(labels.map(\.verdict) == [.complaint, .other])
    // As it is in the tables where it was collected.
    #expect(labels.map(\.text) == ["where is it", "lovely & warm"])
    #expect(labels.allSatisfy { $0.post.hasPrefix("h-") && $0.labeller == "import" })
    let again = try run(file)
    #expect(again.outcome.added == 0 && again.outcome.known == 2 && again.labels == labels)
  }

  @Test func `Airline Tweets' sentiments are labels, its reasons notes`() throws {
    let file = try write("Tweets.csv", Array(Dump.airline.utf8))
    let (outcome, labels) = try run(file)
    #expect(outcome.positive == "negative" && outcome.added == 4)
    #expect(labels.map(\.verdict) == [.other, .complaint, .other, .complaint])
    #expect(labels[1].note == "Late Flight" && labels[0].note == nil)
    #expect(labels[0].post == "570306133677760513" && labels[3].post.hasPrefix("h-"))
    #expect(try run(file, .init(topic: "negativereason")).labels.contains { $0.topic != nil })
  }

  @Test func `Sentiment140 has no header and is in Latin-1`() throws {
    let (outcome, labels) = try run(try write("training.csv", Dump.sentiment140))
    #expect(outcome.positive == "0" && outcome.added == 3)
    #expect(labels.map(\.verdict) == [.complaint, .other, .other])
    #expect(labels.map(\.text) == ["no café & no parcel", "so happy", "just ok"])
    #expect(labels.map(\.post) == ["1467810369", "1467810672", "3"])
  }

  @Test func `twcs has no labels, and says what to do`() throws {
    let file = try write("twcs.csv", Array(Dump.twcs.utf8))
    let error = #expect(throws: DatasetError.self) { try run(file) }
    let text = "\(try #require(error))"
    #expect(text.contains("twcs.csv") && text.contains("--label") && text.contains("collect"))
  }

  @Test func `what is exported comes back as it was`() throws {
    let book = try LabelBook(writing: folder("other.sqlite"), except: .never)
    try book.add(
      .complaint, post: "1", text: "say \"no\",\r\nplease", topic: "delivery", note: "a, b",
      by: "ann")
    try book.add(.unsure, post: "2", text: "hm", by: "bob")
    try book.add(.other, post: "2", text: "hm", by: "cyd")
    var rows = [LabelExport.header]
    var before: [PostLabel] = []
    try book.visit {
      before.append($0)
      rows.append(LabelExport.row($0))
    }
    let file = try write("labels.csv", Array((rows.joined(separator: "\n") + "\n").utf8))
    let (outcome, labels) = try run(file)
    #expect(outcome.added == 3 && outcome.positive == "complaint")
    func bare(_ labels: [PostLabel]) -> [PostLabel] {
      labels.map { label in
        var label = label
        label.source = nil
        return label
      }
    }
    #expect(bare(labels) == bare(before))
    #expect(labels.allSatisfy { $0.source == file })
    // An old file does not go before what was said since.
    let own = try LabelBook(writing: folder("workbench.sqlite"), except: .never)
    try own.add(.other, post: "1", text: "say \"no\",\r\nplease", by: "ann")
    #expect(try run(file).outcome.added == 0)
    #expect(try own.labels(of: "1").map(\.verdict) == [.other])
  }

  @Test func `JSON lines have labels, too, and what is no label is refused`() throws {
    let lines = #"{"id":"9","text":"late","label":true}"# + "\n" + #"{"id":"8","text":"ok"}"# + "\n"
    let (outcome, labels) = try run(try write("a.jsonl", Array(lines.utf8)))
    #expect(outcome.passedOver == 1 && labels.map(\.post) == ["9"])
    #expect(labels.map(\.verdict) == [.complaint])
    for (name, text, words) in [
      ("three.csv", "text,label\na,x\nb,y\nc,z\n", ["x, y, z", "--positive"]),
      ("empty.csv", "text,label\n", ["no posts"]),
      ("plain.txt", "only text\n", ["plain text"]),
      ("bad.csv", "text,label\na,1\n\"b,0\n", ["bad.csv:3"]),
      ("short.csv", "text,label\na,1\nb\n", ["short.csv:3", "1 fields"]),
    ] {
      let file = try write(name, Array(text.utf8))
      let error = #expect(throws: DatasetError.self) { try run(file) }
      let said = "\(try #require(error))"
      #expect(words.allSatisfy { said.contains($0) }, "\(said)")
    }
    #expect(
      try run(
        try write("three.csv", Array("text,label\na,x\nb,y\nc,z\n".utf8)), .init(positive: "y")
      ).outcome.complaints == 1)
  }
}
