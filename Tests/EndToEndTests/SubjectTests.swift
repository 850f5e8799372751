import Foundation
import Testing

/// What posts are about, from labelled rows to the tables.
@Suite struct SubjectTests {
  /// Rows whose words tell label and topic; every tenth has no topic.
  private static let rows: [(text: String, label: String, topic: String)] = (0..<90).map { number in
    let topic = ["delivery", "refund", "app"][number % 3]
    let thing = ["parcel", "refund", "login"][number % 3]
    let isComplaint = number / 3 % 2 == 0
    let filler = ["today", "again", "for my sister", "on monday", "in blue", "for work"][number % 6]
    // Told by words of their own: what is nearly the same would stay in one fold.
    let names = "ann bob cleo dan eve fay gus hal ida jon kim leo mia ned olga"
      .split(separator: " ")
    let mood = isComplaint ? "angry" : "happy"
    return (
      "\(mood) about the \(thing) \(filler) "
        + ["la", "mo", "ti"].map {
          "\(names[number / 6])\("abcdef".dropFirst(number % 6).prefix(1))\($0)"
        }
        .joined(separator: " "),
      isComplaint ? "complaint" : "other", number % 10 == 9 ? "" : topic
    )
  }

  private static let csv =
    "text,label,topic\n"
    + rows.map { "\($0.text),\($0.label),\($0.topic)\n" }.joined()

  @Test func `topics are learnt, measured, told, explained and stored`() throws {
    let stage = Stage()
    let csv = try stage.write("rows.csv", Self.csv.utf8)
    let trained = try stage.works("train", csv, "--folds", "3", "--json").objects().first
    let found = try #require(trained?["topics"] as? [String: Any])
    #expect(found["count"] as? Int == 81)
    #expect((found["accuracy"] as? Double ?? 0) > 0.9)
    #expect((found["per_topic"] as? [[String: Any]])?.count == 3)
    let confusion = try #require(found["confusion"] as? [[Int]])
    #expect(confusion.joined().reduce(0, +) == 81)
    #expect(try stage.works("train", csv, "--folds", "3").text.contains("topics of 81 posts"))
    let weights = try [1, 2].map {
      try Data(contentsOf: URL(fileURLWithPath: "\(stage.data)/models/complaints/\($0)/topics"))
    }
    #expect(weights[0] == weights[1])
    let shown = try stage.works("models", "show", "complaints", "--json").objects().first
    #expect(shown?["topic_accuracy"] as? Double == found["accuracy"] as? Double)
    let measured = try stage.works("evaluate", csv, "--json").objects().first
    #expect(((measured?["topics"] as? [String: Any])?["accuracy"] as? Double ?? 0) > 0.9)
    let told = try stage.works("classify", csv).objects()
    #expect(told.count == 90)
    for (row, line) in zip(Self.rows, told) where !row.topic.isEmpty {
      #expect(line["topic"] as? String == row.topic)
      #expect((line["topic_probability"] as? Double ?? 0) > 1 / 3)
    }
    let explained = try stage.works("explain", "where is my parcel", "--json").objects().first
    #expect(explained?["topic"] as? String == "delivery")
    let words = try #require(explained?["topic_words"] as? [[String: Any]])
    #expect(words.first?["word"] as? String == "parcel")
    #expect(try stage.works("explain", "where is my parcel").text.contains("about delivery"))
    let posts = try stage.write(
      "posts.jsonl",
      (#"{"data":{"id":"1","text":"angry about the parcel","created_at":"2026-11-20T10:00:00.000Z"}}"#
        + "\n").utf8)
    try stage.works("run", "--file", posts, "--exit")
    let row = try stage.works(
      "cql", "--json", "-e", "SELECT subject, label FROM grouse.posts WHERE id = '1'"
    ).objects().first
    #expect(row?["subject"] as? String == "delivery" && row?["label"] as? String == "complaint")
  }

  @Test func `a column that is not there, and one that holds no topics`() throws {
    let stage = Stage()
    let csv = try stage.write("rows.csv", Self.csv.utf8)
    try stage.fails("train", csv, "--topic", "about", saying: ["about", "text, label, topic"])
    // Each text a topic of its own is none; asked for, it is refused.
    let own = try stage.write(
      "own.csv",
      ("text,label,topic\n"
        + Self.rows.enumerated().map { "\($1.text),\($1.label),t\($0)\n" }.joined()).utf8)
    try stage.fails("train", own, "--folds", "2", "--topic", "topic", saying: ["90 topics"])
    let passed = try stage.works("train", own, "--folds", "2", "--json")
    #expect(passed.errors.contains("no topics were learnt"))
    #expect(try passed.objects().first?["topics"] == nil)
    let told = try stage.works("classify", input: "where is my parcel\n").objects().first
    #expect(told?["label"] != nil && told?["topic"] == nil)
  }
}
