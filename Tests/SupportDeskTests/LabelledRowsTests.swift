import Foundation
import SupportDesk
import TestSupport
import Testing
import TextClassification

@Suite struct LabelledRowsTests {
  private let folder = TemporaryDirectory()

  private func dataset(_ text: String) throws -> Dataset {
    let path = folder("rows.csv")
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return try Dataset(path, .init(text: "text", label: "label"))
  }

  private func labels(
    _ text: String, positive: String? = nil, known: ClassLabels? = nil
  ) throws -> (labels: ClassLabels, positives: [Bool]) {
    let found = try dataset(text).examples(positive: positive, known: known)
    return (found.labels, found.examples.map(\.isPositive))
  }

  @Test func `a model's labels say what is looked for, whichever is rarer`() throws {
    let known = ClassLabels(negative: "calm", positive: "angry")
    let rows = "text,label\na,angry\nb,angry\nc,calm\n"
    #expect(try labels(rows).positives == [false, false, true])
    #expect(try labels(rows, known: known).positives == [true, true, false])
    #expect(try labels(rows, known: known).labels == known)
    #expect(try labels(rows, positive: "calm", known: known).positives == [false, false, true])
    // A file of one label, which alone says nothing.
    #expect(try labels("text,label\na,calm\nb,calm\n", known: known).positives == [false, false])
    #expect(try labels("text,label\na,angry\n", known: known).positives == [true])
    #expect(
      try labels("text,label\na,calm\n", positive: "angry", known: known).positives == [false])
    // Other labels are told by the file alone, and three are too many.
    #expect(try labels("text,label\na,1\nb,0\n", known: known).positives == [true, false])
    #expect(throws: DatasetError.self) {
      try labels("text,label\na,angry\nb,calm\nc,angri\n", known: known)
    }
  }

  @Test(arguments: [
    ("text,label\na,1\nb,\n", ":3: the row has no \"label\""),
    ("text,label\na,0\nwell, no,1\n", ":3: "), ("text,label,text\na,0,b\n", ":1: two columns"),
    ("text,label\na,0\nb\n", ":3: "),
  ])
  func `a row that would be misread is named`(text: String, message: String) throws {
    let error = #expect(throws: DatasetError.self) { try dataset(text) }
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
  }

  @Test func `labels that are another one's slip are named, others are not`() throws {
    func message(_ labels: [String], positive: String? = nil, known: ClassLabels? = nil) -> String {
      let rows = labels.map { "t,\($0)\n" }.joined()
      do {
        _ = try dataset("text,label\n" + rows).examples(positive: positive, known: known)
        return ""
      } catch { return "\(error)" }
    }
    func many(_ label: String, _ count: Int = 40) -> [String] {
      Array(repeating: label, count: count)
    }
    let both = many("complaint") + many("other")
    for asked in [nil, "complaint", "other"] {
      let said = message(both + ["others"], positive: asked)
      #expect(said.contains(":82: the label \"others\" (here alone) is nearly \"other\""))
      #expect(message(both + ["complaimt"], positive: asked).contains(":82: "))
      #expect(message(both + ["Other", "Other"], positive: asked).contains("1 more row"))
    }
    // Frequent ones are meant as they are, and short ones are near to anything.
    #expect(message(many("spam") + many("scam"), positive: "spam").isEmpty)
    #expect(message(many("1") + ["0"]).isEmpty)
    #expect(message(many("yes") + ["no"]).isEmpty)
    // What a model calls otherwise is its other label's opposite; case is no other name.
    let known = ClassLabels(negative: "other", positive: "complaint")
    func positives(_ label: String, _ other: String) throws -> [Bool] {
      try labels("text,label\na,\(label)\nb,\(other)\nc,\(label)\n", known: known).positives
    }
    #expect(try positives("complaitn", "other") == [true, false, true])
    #expect(try positives("angry", "other") == [true, false, true])
    #expect(try positives("Other", "x") == [false, true, false])
    #expect(try positives("others", "Complaint") == [false, true, false])
    let moods = ClassLabels(negative: "calm", positive: "angry")
    let found = try labels("text,label\na,Angry\nb,Calm\nc,Angry\n", known: moods)
    #expect(found.positives == [true, false, true])
    // Asked for, it is meant to be there.
    let slip = many("complaitn") + many("other")
    #expect(message(slip, positive: "complaint", known: known).contains("nearly \"complaint\""))
    #expect(message(many("complaitn"), positive: "complaint", known: known).contains("nearly"))
    #expect(message(many("a") + many("b") + many("c")).contains("a, b, c"))
    #expect(message(many("a")).contains("both labels"))
    #expect(message(many("a"), positive: "b").contains("there are: a"))
  }

  @Test func `blanks around labels and topics mean nothing`() throws {
    let path = folder("blanks.csv")
    try Data("text,label,topic\na, 1 ,refund \nb,0,\" \"\nc,1,\n".utf8)
      .write(to: URL(fileURLWithPath: path))
    let found = try Dataset(path, .init(text: "text", label: "label", topic: .required("topic")))
    #expect(found.labels == ["1", "0", "1"] && found.topics == ["refund", nil, nil])
    #expect(throws: DatasetError.self) { try dataset("text,label\na,1\nb,\" \"\n") }
    let json = folder("blanks.jsonl")
    try Data(#"{"text":"a","label":" x","topic":" "}"#.utf8).write(to: URL(fileURLWithPath: json))
    let row = try Dataset(json, .init(text: "text", label: "label", topic: .required("topic")))
    #expect(row.labels == ["x"] && row.topics == [nil])
  }

  @Test func `a row that ends before its label misses that, not its text`() {
    let error = #expect(throws: DatasetError.self) { try dataset("text,label\na,0\nb\n") }
    #expect(error?.description.contains(":3: the row has no \"label\"") == true)
  }

  @Test func `columns that nobody asks for may be named twice`() throws {
    #expect(try dataset("text,label,x,x\na,0,1,2\n").texts == ["a"])
  }
}
