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

  @Test func `columns that nobody asks for may be named twice`() throws {
    #expect(try dataset("text,label,x,x\na,0,1,2\n").texts == ["a"])
  }
}
