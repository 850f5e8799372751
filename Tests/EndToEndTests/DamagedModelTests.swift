import Foundation
import Machine
import TestSupport
import Testing

@Suite struct `Damaged models` {
  /// A small file of labelled posts.
  private func train(_ stage: Stage, times: Int) throws {
    let rows = (0..<30).map { "parcel \($0) never came,1\nlovely coat number \($0),0\n" }.joined()
    try stage.write("rows.csv", "text,label\n" + rows)
    for _ in 0..<times {
      try stage.works("train", "rows.csv", "--model", "m", "--folds", "0", "--no-topics")
    }
  }

  @Test func `the others are listed beside a damaged version, with what to do`() throws {
    let stage = Stage()
    try train(stage, times: 3)
    let disk = LocalDisk()
    try disk.remove(stage.data + "/models/m/2")
    try disk.createDirectory(stage.data + "/models/m/2")
    for arguments in [["models", "list"], ["models", "list", "--json"]] {
      let listed = try Program.run(arguments, in: stage.folder)
      #expect(listed.code == 1 && listed.errors.contains("models/m/2"))
      #expect(listed.errors.contains("from a backup") && listed.errors.contains("manifest.json"))
      for reference in ["m@1", "m@2", "m@3"] { #expect(listed.text.contains(reference)) }
    }
    let found = try stage.grouse("models", "list", "--json").objects()
    #expect(found.filter { $0["fault"] != nil }.compactMap { $0["model"] as? String } == ["m@2"])
    try stage.fails("check", "workbench", saying: ["models/m/2"])
    try stage.works("models", "delete", "m@2")
    #expect(try stage.works("models", "list", "--json").objects().count == 2)
    try stage.works("check", "workbench")
    try stage.works("models", "promote", "m@1")
    try stage.fails("models", "delete", "m@1", saying: ["m@1 is promoted"])
    // What the name means is not known without these; the versions are.
    try disk.remove(stage.data + "/workbench.sqlite")
    try stage.write("grouse-data/models/m/promotions", "x\n")
    let listed = try stage.grouse("models", "list")
    #expect(listed.code == 1 && listed.text.contains("m@1") && listed.text.contains("m@3"))
    #expect(listed.errors.contains("promotions is damaged"))
  }

  @Test func `how a model was trained is shown`() throws {
    let stage = Stage()
    try train(stage, times: 1)
    let rows = (0..<30).map { "my refund \($0) is late,1\nnice dress number \($0),0\n" }.joined()
    try stage.write("start.csv", "text,label\n" + rows)
    try stage.works(
      "train", "rows.csv", "--model", "m", "--folds", "3", "--no-topics", "--start-from",
      "start.csv",
      "--search", "grid", "--grid", "regularisation=0.7")
    let shown = try #require(try stage.works("models", "show", "m", "--json").objects().first)
    let parameters = shown["parameters"] as? String ?? ""
    for part in ["regularisation=0.7", "prior-weight=0.4", "idf-power=1.5", "word-ngrams=1-3"] {
      #expect(parameters.contains(part), "\(parameters)")
    }
    #expect(shown["folds"] as? Int == 3 && shown["prior_source"] as? String == "start.csv")
    #expect(shown["prior_examples"] as? Int == 60 && shown["prior_crc32c"] as? Int != nil)
    let first = try #require(try stage.works("models", "show", "m@1", "--json").objects().first)
    #expect(first["folds"] as? Int == 0 && first["prior_source"] == nil)
    // The posts' own checksum does not depend on what they were learnt beside.
    #expect(first["data_crc32c"] as? Int == shown["data_crc32c"] as? Int)
    let text = try stage.works("models", "show", "m").text
    for part in ["regularisation=0.7", "60 posts of start.csv"] { #expect(text.contains(part)) }
    try stage.works(
      "train", "rows.csv", "--model", "m", "--folds", "0", "--algorithm", "spark-naive-bayes")
    #expect(try stage.works("models", "show", "m").text.contains("smoothing=1.0"))
  }
}
