import Foundation
import TestSupport
import Testing

@Suite struct `Labels and folds` {
  private static let rows = (0..<20).map {
    "parcel \($0) never came and I wait,complaint\nlovely coat number \($0) thanks,other\n"
  }.joined()

  private func stage() throws -> Stage {
    let stage = Stage()
    try stage.write("rows.csv", "text,label\n" + Self.rows)
    try stage.works("train", "rows.csv", "--folds", "0", "--no-topics")
    return stage
  }

  @Test func `posts of one label are measured by what they define`() throws {
    let stage = try stage()
    func measured(_ arguments: String...) throws -> [String: Any] {
      let outcome = try Program.run(["evaluate"] + arguments + ["--json"], in: stage.folder)
      #expect(outcome.code == 0 && outcome.errors.contains("one label"), "\(outcome.errors)")
      return try #require(try outcome.objects().first)
    }
    try stage.write("quiet.csv", "text,label\nlovely coat,other\nthanks,other\nmy parcel,other\n")
    let quiet = try measured("quiet.csv")
    #expect(quiet["accuracy"] as? Double != nil)
    let intervals = quiet["intervals"] as? [String: Any]
    for name in ["precision", "recall", "f1", "macro_f1", "auc_pr", "auc_roc"] {
      #expect(quiet[name] is NSNull && intervals?[name] is NSNull, "\(name)")
    }
    let text = try stage.works("evaluate", "quiet.csv").text
    #expect(text.contains("AUC-ROC   |     - |"))
    try stage.write("loud.csv", "text,label\nmy parcel never came,1\nlovely coat,1\n")
    try stage.fails(
      "evaluate", "loud.csv", saying: ["labelled \"1\"", "--positive 1", "--positive complaint"])
    let loud = try measured("loud.csv", "--positive", "1")
    #expect(loud["recall"] as? Double == 0.5 && loud["auc_roc"] is NSNull)
    #expect(try measured("loud.csv", "--positive", "complaint")["recall"] is NSNull)
    try stage.works("train", "rows.csv", "--folds", "0", "--no-topics")
    let compared = try #require(
      try stage.works("models", "compare", "complaints@1", "complaints", "quiet.csv", "--json")
        .objects().first)
    #expect(compared["f1_difference"] is NSNull && compared["auc_pr_interval"] is NSNull)
    try stage.fails("train", "quiet.csv", saying: ["labelled \"other\"", "both labels"])
  }

  @Test func `a label that is misspelt is named with its line, asked for or not`() throws {
    let stage = try stage()
    try stage.write("slip.csv", "text,label\n" + Self.rows + "where is it,complaitn\n")
    for arguments in [
      ["train", "slip.csv"], ["train", "slip.csv", "--positive", "complaint"],
      ["evaluate", "slip.csv"],
    ] {
      let outcome = try Program.run(arguments, in: stage.folder)
      #expect(outcome.code == 1 && outcome.errors.contains("slip.csv:42"), "\(arguments)")
      #expect(outcome.errors.contains("nearly \"complaint\""), "\(outcome.errors)")
    }
  }

  @Test func `folds have their own names, and every row one`() throws {
    let stage = Stage()
    func write(_ name: String, _ fold: (Int) -> String) throws {
      let rows = (0..<30).map {
        "parcel \($0) never came,1,\(fold($0)),u\($0)\nlovely coat \($0),0,\(fold($0 / 2)),v\($0)\n"
      }.joined()
      try stage.write(name, "text,label,fold,user\n" + rows)
    }
    try write("a.csv") { $0.isMultiple(of: 2) ? "north" : "south" }
    let found = try #require(
      try stage.works("train", "a.csv", "--fold-column", "fold", "--json", "--no-topics").objects()
        .first)
    let folds = found["per_fold"] as? [[String: Any]]
    #expect(folds?.compactMap { $0["fold"] as? String } == ["north", "south"])
    #expect(
      try stage.works("train", "a.csv", "--fold-column", "fold", "--no-topics").text
        .contains(" north |"))
    let many = (0..<101).map { "parcel,1,\($0)\ncoat,0,\($0)\n" }.joined()
    try stage.write("many.csv", "text,label,user\n" + many)
    try stage.fails(
      "train", "many.csv", "--fold-column", "user",
      saying: ["\"user\" names 101 folds", "2 to 100"])
    try write("b.csv") { $0 == 3 ? " " : $0.isMultiple(of: 2) ? "x" : "y" }
    try stage.fails("train", "b.csv", "--fold-column", "fold", saying: ["\"fold\" name no fold"])
    try write("c.csv") { $0 < 15 ? "7" : "8" }
    try stage.fails(
      "train", "c.csv", "--fold-column", "fold", saying: ["fold \"8\"", "labelled \"0\""])
    for (wrong, word) in [
      (["--fold-column", "fold", "--folds", "3"], "leave --folds out"),
      (["--search-for", "f1"], "--search-for needs --search"),
    ] {
      let outcome = try Program.run(["train", "a.csv"] + wrong, in: stage.folder)
      #expect(outcome.code == 64 && outcome.errors.contains(word), "\(outcome.errors)")
    }
  }

  @Test func `topics that a pipeline of SparkML leaves out are not left out in silence`() throws {
    let stage = Stage()
    let rows = (0..<20).map { "parcel \($0) never came,1,delivery\ncoat \($0) torn,0,product\n" }
    try stage.write("topics.csv", "text,label,topic\n" + rows.joined())
    let spark = ["train", "topics.csv", "--folds", "0", "--algorithm", "spark-naive-bayes"]
    let without = try Program.run(spark, in: stage.folder)
    #expect(without.code == 0 && without.errors.contains("is passed over"))
    #expect(try Program.run(spark + ["--topic", "topic"], in: stage.folder).code == 1)
    #expect(try Program.run(spark + ["--no-topics"], in: stage.folder).errors.isEmpty)
  }
}
