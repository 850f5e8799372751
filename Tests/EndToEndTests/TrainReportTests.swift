import Foundation
import Testing

/// What `train` and `explain` say of themselves.
@Suite struct TrainReportTests {
  private let stage = Stage()

  /// Posts of which some are labelled the other way round, and what they are about.
  private func posts() throws -> String {
    let things = ["coat", "bag", "dress", "hat", "belt", "shirt", "scarf", "boot"]
    let ends = ["truly", "today", "indeed", "perhaps", "again", "maybe"]
    let rows = (0..<96).map { number in
      let (thing, end) = (things[number % 8], ends[number / 16])
      let isComplaint = number.isMultiple(of: 3)
      let text = isComplaint ? "my \(thing) never came \(end)" : "love this \(thing) \(end)"
      return "\(text),\(isComplaint != (number % 17 == 5) ? "complaint" : "other"),"
        + "\(number % 2 == 0 ? "delivery" : "product")"
    }
    return try stage.write("some.csv", "text,label,topic\n" + rows.joined(separator: "\n") + "\n")
  }

  @Test func `a report says by what folds were judged`() throws {
    let csv = try posts()
    for (goal, isNested, words) in [
      ("f1", true, "judged by the calibration and threshold chosen without it"),
      ("precision=0.8", true, "chosen without it"), ("even-odds", false, "each fold's calibration"),
    ] {
      let found = try stage.works("train", csv, "--folds", "3", "--threshold", goal, "--json")
        .objects().first
      #expect(found?["nested"] as? Bool == isNested, "\(goal)")
      let text = try stage.works("train", csv, "--folds", "3", "--threshold", goal).text
      #expect(text.contains(words), "\(goal)")
    }
    try stage.fails(
      "train", csv, "--folds", "0", "--threshold", "f1", code: 64, saying: ["--folds 2"])
  }

  @Test func `topics that are not learnt are named`() throws {
    let csv = try posts()
    let passedOver = "topics are learnt beside logistic-regression alone"
    let outcome = try stage.works("train", csv, "--algorithm", "spark-naive-bayes")
    #expect(outcome.errors.contains(passedOver) && outcome.errors.contains("spark-naive-bayes"))
    let without = try stage.works(
      "train", csv, "--algorithm", "spark-naive-bayes", "--no-topics")
    #expect(!without.errors.contains(passedOver))
  }

  @Test func `the worst errors are in the order of what is shown`() throws {
    let csv = try posts()
    for arguments in [["train", csv, "--folds", "4"], ["evaluate", csv, "--errors", "20"]] {
      let text = try Program.run(arguments, in: stage.folder).text
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        .drop { !$0.contains("worst errors") }.dropFirst().prefix { !$0.isEmpty }
      let given = lines.compactMap { line -> Double? in
        let cells = line.split(separator: " ")
        // The text, the label and the number, with a bar between them.
        guard let said = cells.last.flatMap({ Double($0) }), cells.count > 4 else { return nil }
        return cells[cells.count - 3] == "complaint" ? 1 - said : said
      }
      #expect(given.count > 3, "\(text)")
      #expect(zip(given, given.dropFirst()).allSatisfy { $0 >= $1 - 0.0011 }, "\(given)")
    }
  }

  @Test func `explain marks what the contributions point at`() throws {
    try stage.works("train", try posts(), "--folds", "0", "--no-topics")
    for text in ["never love this! my coat never came 🇬🇧!!", "never, ever NEVER 24 👍🏽 love"] {
      let found = try #require(try stage.works("explain", text, "--json").objects().first)
      let words = try #require(found["words"] as? [[String: Any]])
      let isComplaint = found["label"] as? String == "complaint"
      let deciding = words.filter {
        (($0["contribution"] as? Double ?? 0) > 0) == isComplaint
      }.prefix(4)
      var marked = [Bool](repeating: false, count: text.unicodeScalars.count + 1)
      for word in deciding {
        let (start, end) = (word["start"] as? Int ?? 0, word["end"] as? Int ?? 0)
        for place in start..<end { marked[place] = true }
      }
      var expected = String.UnicodeScalarView()
      for (place, scalar) in text.unicodeScalars.enumerated() {
        if marked[place] != (place > 0 && marked[place - 1]) { expected.append("*") }
        expected.append(scalar)
      }
      if marked[text.unicodeScalars.count - 1] { expected.append("*") }
      let first = try stage.works("explain", text).text.split(separator: "\n").first
      #expect(first.map(String.init) == String(expected))
    }
  }

  @Test func `posts of SparkML's models have words, and no share that nobody counted`() throws {
    let csv = try posts()
    for (algorithm, isCounted) in [("spark-naive-bayes", false), ("logistic-regression", true)] {
      let stage = Stage()
      try stage.works("train", csv, "--algorithm", algorithm, "--no-topics")
      let file = try stage.write("posts.jsonl", Stage.posts(0..<120))
      let totals = try #require(
        try stage.works("run", "--file", file, "--exit", "--json").objects().last)
      #expect(totals["psi"] != nil && (totals["unseen"] != nil) == isCounted, "\(algorithm)")
      let shown = try stage.works("models", "show", "complaints", "--json").objects().first
      for name in ["drift", "stream_drift"] {
        let drift = try #require(shown?[name] as? [String: Any])
        #expect((drift["unseen_in_training"] != nil) == isCounted, "\(algorithm) \(name)")
      }
      let text = try stage.works("models", "show", "complaints").text
      #expect(text.contains("are not counted") != isCounted)
      let rows = try stage.works("cql", "-e", "SELECT words FROM grouse.posts", "--json").objects()
      #expect(rows.contains { ($0["words"] as? [String])?.isEmpty == false }, "\(rows)")
    }
  }
}
