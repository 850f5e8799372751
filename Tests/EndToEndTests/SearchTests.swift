import Foundation
import Testing

/// Training that looks for the best options.
@Suite(.serialized) struct SearchTests {
  private func posts(_ stage: Stage) throws -> String {
    let things = [
      "coat", "bag", "dress", "hat", "belt", "shirt", "scarf", "boot", "jumper", "skirt",
    ]
    let rows = (0..<60).map { number in
      // Each differs from the others in a word or two.
      let thing = things[number % 10] + " for " + things[number / 6]
      let start =
        number.isMultiple(of: 3)
        ? "my \(thing) never came and the refund is late,complaint"
        : "love this new \(thing) from asos,other"
      return "\(start),\(number % 4),writer \(number / 6)"
    }
    return try stage.write(
      "some.csv", "text,label,part,author\n" + rows.joined(separator: "\n") + "\n")
  }

  @Test func `a search keeps the best and says what was tried`() throws {
    let stage = Stage()
    let csv = try posts(stage)
    let found = try #require(
      try stage.works(
        "train", csv, "--folds", "3", "--search", "grid", "--grid", "regularisation=0.1,1",
        "--grid", "word-ngrams=1-2,1-3", "--search-for", "macro-f1", "--json"
      ).objects().first)
    let search = try #require(found["search"] as? [String: Any])
    let points = try #require(search["points"] as? [[String: Any]])
    #expect(points.count == 4 && search["metric"] as? String == "macro-f1")
    #expect((search["fold_best"] as? [Int])?.count == 3)
    let means = points.compactMap { $0["mean"] as? Double }
    let best = try #require(search["best"] as? Int)
    #expect(means[best] == means.max())
    #expect((points[0]["values"] as? [Double])?.count == 3)
    #expect(
      (search["chosen"] as? [String: String])?.keys.sorted() == [
        "regularisation", "word-ngrams",
      ])
    let shown = try #require(
      try stage.works("models", "show", "complaints", "--json").objects().first)
    #expect((shown["searched"] as? String)?.hasPrefix("grid, 4 points by macro-f1: reg") == true)
    #expect((shown["chosen"] as? String)?.contains("word-ngrams=1-") == true)
    let text = try stage.works(
      "train", csv, "--search", "random=3", "--grid", "regularisation=0.01..1", "--fold-column",
      "part"
    ).text
    #expect(text.contains("kept") && text.contains("chosen without it"))
  }

  @Test func `a file's own folds and groups are used`() throws {
    let stage = Stage()
    let csv = try posts(stage)
    let byFold = try #require(
      try stage.works("train", csv, "--fold-column", "part", "--json").objects().first)
    #expect(
      (byFold["per_fold"] as? [[String: Any]])?.map { $0["count"] as? Int } == [15, 15, 15, 15])
    let byGroup = try #require(
      try stage.works("train", csv, "--group-column", "author", "--folds", "2", "--json").objects()
        .first)
    let sizes = (byGroup["per_fold"] as? [[String: Any]])?.compactMap { $0["count"] as? Int }
    #expect(sizes?.reduce(0, +) == 60 && sizes?.allSatisfy { $0.isMultiple(of: 6) } == true)
    try stage.fails("train", csv, "--fold-column", "nope", saying: ["nope", "part"])
    try stage.fails(
      "train", csv, "--fold-column", "label", saying: ["fold \"other\"", "both labels"])
  }

  @Test func `a search that cannot be is refused before anything is done`() throws {
    let stage = Stage()
    let csv = try posts(stage)
    for (arguments, words) in [
      (["--search", "all"], ["grid, random"]), (["--search", "random=0"], ["random=N"]),
      (["--grid", "regularisation=1"], ["--search"]),
      (["--search", "grid", "--grid", "size=1"], ["size", "regularisation"]),
      (["--search", "grid", "--grid", "regularisation=x"], ["\"x\"", "numbers above 0"]),
      (["--search", "grid", "--grid", "regularisation=-1"], ["not above 0"]),
      (["--search", "grid", "--grid", "regularisation=0.1..1"], ["range", "random"]),
      (["--search", "grid", "--search-for", "luck"], ["auc-pr"]),
      (["--search", "grid", "--folds", "2"], ["3 --folds"]),
      (["--search", "grid", "--algorithm", "spark-naive-bayes"], ["nothing to search"]),
      (["--fold-column", "part", "--group-column", "author"], ["not both"]),
      (["--group-column", "author", "--folds", "0"], ["--folds"]),
    ] {
      let outcome = try Program.run(["train", csv] + arguments, in: stage.folder)
      #expect(outcome.code == 64, "\(arguments): \(outcome.errors)")
      for word in words { #expect(outcome.errors.contains(word), "\(outcome.errors)") }
    }
  }
}
