import Machine
import SupportDesk
import TestSupport
import Testing
import TextClassification

@Suite struct DatasetTests {
  private let folder = TemporaryDirectory()

  private func dataset(_ name: String, _ text: String, label: String? = "label") throws -> Dataset {
    try LocalDisk().replace(folder(name), with: Array(text.utf8))
    return try Dataset(folder(name), .init(text: "text", label: label))
  }

  @Test func `the label to look for is named, tells itself, or is the rarer one`() throws {
    func positive(_ labels: String, _ asked: String? = nil) throws -> String {
      let rows = labels.map { "\($0),t" }.joined(separator: "\n")
      return try dataset("a.csv", "label,text\n\(rows)\n").examples(positive: asked).labels.positive
    }
    #expect(try positive("0110111") == "1")
    #expect(try positive("aabab") == "b")
    #expect(try positive("aabab", "a") == "a")
    #expect(throws: DatasetError.self) { try positive("abc") }
    #expect(throws: DatasetError.self) { try positive("ab", "z") }
  }

  @Test func `errors name the place`() throws {
    func message(_ name: String, _ text: String) -> String {
      do {
        _ = try dataset(name, text)
        return ""
      } catch { return "\(error)" }
    }
    #expect(message("a.csv", "x,label\n1,2\n").contains("a.csv:1: there is no column \"text\""))
    #expect(message("a.csv", "text,label\na,b\nc\n").contains("a.csv:3:"))
    #expect(message("a.jsonl", "{\"text\":\"a\",\"label\":1}\n{oops\n").contains("a.jsonl:2:"))
    #expect(message("a.jsonl", "{\"text\":\"a\"}\n").contains("the row has no \"label\""))
    #expect(message("a.csv", "").contains("holds no posts"))
    #expect(message("a.txt", "hello\n").contains("has no labels"))
  }

  @Test func `the same rows in three formats are the same`() throws {
    let csv = try dataset("a.csv", "text,label\n\"a, b\",1\nc,0\n")
    let json = try dataset(
      "a.jsonl", "{\"label\":\"1\",\"text\":\"a, b\"}\n{\"text\":\"c\",\"label\":0}\n")
    let text = try dataset("a.txt", "a, b\nc\n", label: nil)
    #expect(csv.texts == json.texts && csv.labels == json.labels && csv.texts == text.texts)
  }
}
