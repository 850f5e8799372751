import Foundation
import TestSupport
import Testing

@Suite struct `Commands of models` {
  @Test func `models are trained, measured, shown and used`() throws {
    let stage = Stage()
    let csv = Program.samples + "/complaints.csv"
    let trained = try #require(
      try stage.works("train", csv, "--folds", "3", "--json").objects().first)
    #expect(trained["model"] as? String == "complaints@1")
    #expect((trained["per_fold"] as? [Any])?.count == 3)
    #expect((trained["f1"] as? Double ?? 0) > 0.7)
    // The same from JSON lines, and the same bytes.
    let rows = try stage.works("classify", csv, "--model", "complaints").objects()
    #expect(rows.count == 6_907)
    try stage.works("train", csv, "--folds", "3", "--seed", "1")
    let weights = try [1, 2].map {
      try Data(contentsOf: URL(fileURLWithPath: "\(stage.data)/models/complaints/\($0)/weights"))
    }
    #expect(weights[0] == weights[1])
    let measured =
      try stage.works(
        "evaluate", Program.samples + "/sample-texts.csv", "--model", "complaints@1", "--json"
      ).objects().first ?? [:]
    for name in [
      "accuracy", "precision", "recall", "f1", "macro_f1", "auc_pr", "auc_roc",
    ] { #expect((0.3...1).contains(measured[name] as? Double ?? -1), "\(name)") }
    #expect(measured["count"] as? Int == 1_800)
    let confusion = try #require(measured["confusion"] as? [[Int]])
    #expect(confusion.flatMap { $0 }.reduce(0, +) == 1_800)
    #expect(try stage.works("evaluate", csv).text.contains("macro-F1"))
    #expect(try stage.works("models", "list", "--json").objects().count == 2)
    #expect(try stage.works("models", "list").text.contains("complaints@2"))
    let shown = try stage.works("models", "show", "complaints@1", "--json").objects().first
    #expect(shown?["examples"] as? Int == 6_907)
    #expect(try stage.works("models", "show", stage.data + "/models/complaints/2").code == 0)
    try stage.fails("models", "show", "complaints@9", saying: ["no version 9", "1, 2"])
    try stage.fails("models", "show", "nope", saying: ["nope", "complaints"])
    let explained = try #require(
      try stage.works("explain", "still no parcel @asos", "--json").objects().first)
    #expect(explained["label"] as? String == "complaint")
    #expect((explained["words"] as? [[String: Any]])?.isEmpty == false)
    for text in ["", "xyzzy", "\u{0}", "👏👏👏", String(repeating: "a ", count: 9_000)] {
      #expect(try stage.grouse("explain", text.replacingOccurrences(of: "\0", with: "?")).isOrderly)
    }
  }

  @Test func `models are weighed up, promoted and moved`() throws {
    let stage = Stage()
    let rows = (0..<90).map { number in
      number.isMultiple(of: 3)
        ? "parcel \(number) never came and my refund is late,complaint"
        : "love my new coat number \(number) from asos,other"
    }
    let csv = try stage.write("some.csv", "text,label\n" + rows.joined(separator: "\n") + "\n")
    for arguments in [
      ["--threshold", "precision=0.9"], ["--algorithm", "spark-naive-bayes", "--threshold", "0.5"],
    ] {
      let trained = try Program.run(
        ["train", csv, "--folds", "3", "--json"] + arguments, in: stage.folder)
      #expect(trained.code == 0, "\(trained.errors)")
      let report = try #require(try trained.objects().first)
      let together = report["out_of_fold"] as? [String: Any]
      #expect(together?["count"] as? Int == 90)
      #expect((together?["intervals"] as? [String: [Double]])?["auc_pr"]?.count == 2)
      #expect((together?["precision_recall"] as? [[Double]])?.isEmpty == false)
      let features = report["top_features"] as? [String: [[String: Any]]]
      #expect(features?["complaint"]?.isEmpty == false && features?["other"]?.isEmpty == false)
    }
    let shown = try stage.works("models", "show", "complaints@2", "--json").objects().first
    #expect(shown?["algorithm"] as? String == "spark-naive-bayes")
    #expect(shown?["threshold_goal"] as? String == "0.5" && shown?["data_crc32c"] != nil)
    let compared = try #require(
      try stage.works("models", "compare", "complaints@1", "complaints@2", csv, "--json")
        .objects().first)
    #expect(compared["mcnemar_p"] as? Double ?? -1 <= 1)
    #expect((compared["f1_interval"] as? [Double])?.count == 2)
    #expect(
      try stage.works("models", "compare", "complaints@1", "complaints", csv).text.contains("p = "))
    let measured = try #require(
      try stage.works("evaluate", csv, "--json", "--samples", "50").objects().first)
    #expect((measured["intervals"] as? [String: [Double]])?["f1"]?.count == 2)
    #expect((measured["calibration"] as? [[String: Any]])?.count == 10)
    #expect(measured["threshold"] as? Double == 0.5 && measured["top_features"] != nil)
    let report = try stage.works("evaluate", csv).text
    for part in ["macro-F1", "said complaint", "come true", "recall at least", "speaks for"] {
      #expect(report.contains(part))
    }
    #expect(measured["calibration_error"] as? Double ?? 1 < 0.5)
    let post = "café 😡 my refund is late"
    let explained = try #require(
      try stage.works("classify", "--explain", "--model", "complaints@1", input: post + "\n")
        .objects().first)
    let scalars = Array(post.unicodeScalars)
    for word in try #require(explained["words"] as? [[String: Any]]) {
      let (start, end) = (word["start"] as? Int ?? 0, word["end"] as? Int ?? 0)
      var found = String.UnicodeScalarView()
      found.append(contentsOf: scalars[start..<end])
      #expect(String(found) == word["word"] as? String)
    }
    try stage.fails("models", "rollback", "complaints", saying: ["has been promoted"])
    try stage.works("models", "promote", "complaints@1")
    #expect(try stage.works("models", "show", "complaints").text.contains("complaints@1"))
    #expect(try stage.works("models", "list").text.contains("complaints@1 *"))
    let run = try stage.works("run", "--stdin", "--exit", "--json", input: Stage.posts(0..<120))
    #expect(try run.objects().first?["psi"] as? Double ?? -1 >= 0)
    #expect(try run.objects().first?["unseen"] as? Double ?? -1 >= 0)
    let live = try stage.works("models", "show", "complaints@1", "--json").objects().first
    let stream = live?["stream_drift"] as? [String: Any]
    #expect(stream?["posts"] as? Int ?? 0 > 10 && stream?["psi"] as? Double ?? -1 >= 0)
    #expect((live?["promotions"] as? [[String: Any]])?.first?["promoted_at"] != nil)
    let drift = live?["drift"]
    #expect((drift as? [String: Any])?["posts"] as? Int ?? 0 > 10)
    #expect((drift as? [String: Any])?["psi"] as? Double ?? -1 >= 0)
    try stage.works("models", "export", "complaints", "kept")
    try stage.fails("models", "export", "complaints", "kept", saying: ["kept is there already"])
    try stage.works("models", "import", "kept", "--as", "other")
    #expect(try stage.works("explain", "late refund", "--model", "other").text.contains("other@1"))
    try stage.works("models", "rollback", "complaints")
    #expect(try stage.works("models", "show", "complaints").text.contains("complaints@2"))
    for wrong in [
      ["train", csv, "--algorithm", "spark"], ["train", csv, "--threshold", "precision"],
      ["evaluate", csv, "--samples", "-1"], ["models", "promote", "complaints@7"],
      ["models", "import", "nowhere"], ["models", "compare", "complaints", "nope", csv],
    ] {
      let outcome = try Program.run(wrong, in: stage.folder)
      #expect(outcome.isOrderly && outcome.code != 0 && !outcome.errors.isEmpty, "\(wrong)")
    }
  }

  @Test func `texts are classified alike from any format, file or pipe`() throws {
    let stage = Stage()
    try stage.train()
    let texts = ["where is my parcel @asos", "lovely \"dress\", thanks", "line one / line two"]
    let csv =
      "n,text\n"
      + texts.enumerated().map {
        "\($0.offset),\"\($0.element.replacingOccurrences(of: "\"", with: "\"\""))\"\n"
      }.joined()
    let json = try texts.map {
      String(decoding: try JSONSerialization.data(withJSONObject: ["text": $0]), as: UTF8.self)
    }.joined(separator: "\n")
    let plain = texts.joined(separator: "\n")
    var answers: [String] = []
    for (name, content) in [("a.csv", csv), ("a.jsonl", json), ("a.txt", plain)] {
      try stage.write(name, content)
      answers.append(try stage.works("classify", name, "--model", "complaints").text)
      answers.append(try stage.works("classify", "--model", "complaints", input: content).text)
      answers.append(try stage.works("classify", "-", input: content).text)
    }
    #expect(Set(answers).count == 1)
    let rows = try stage.works("classify", "a.csv").objects()
    #expect(rows.compactMap { $0["text"] as? String } == texts)
    for row in rows {
      #expect(Set(row.keys) == ["text", "label", "probability"])
      let isComplaint = row["label"] as? String == "complaint"
      #expect(((row["probability"] as? Double ?? -1) >= 0.5) == isComplaint)
    }
    let process = try stage.start("classify", "--model", "complaints")
    process.write("where is my parcel\n")
    #expect(String(decoding: process.nextOutput(), as: UTF8.self).contains("where is my parcel"))
    process.closeInput()
    #expect(process.wait().code == 0)
  }
}
