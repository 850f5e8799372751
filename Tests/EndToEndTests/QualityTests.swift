import Foundation
import Testing

/// Quality of the models that users train, on a real labelled set of posts that is not part of the
/// repository: `asos_seed.csv` and its folds in ../shared/data or in the folder that
/// GROUSE_SEED_DATA names.
@Suite struct QualityTests {
  private static let seed: URL =
    ProcessInfo.processInfo.environment["GROUSE_SEED_DATA"].map { URL(filePath: $0) }
    ?? URL(filePath: Program.samples).appending(path: "../../shared/data").standardizedFileURL
  /// It takes seconds, and minutes without optimisation.
  private static let canRun =
    !Program.isDebug
    && FileManager.default.fileExists(atPath: seed.appending(path: "asos_seed_folds.csv").path)
  private static let absence: Comment =
    """
    the program is not a release build, or asos_seed.csv is neither in ../shared/data nor in the \
    folder that GROUSE_SEED_DATA names
    """
  private let stage = Stage()

  /// The posts that are no copies of others, with their folds.
  private func writeRows() throws -> String {
    func rows(_ name: String) throws -> [[Substring]] {
      try String(decoding: Data(contentsOf: Self.seed.appending(path: name)), as: UTF8.self)
        .split(whereSeparator: \.isNewline).dropFirst()
        .map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    }
    let posts = try rows("asos_seed.csv")
    let lines = try rows("asos_seed_folds.csv").filter { $0[2] == "1" }.compactMap { row in
      Int(row[0]).map { "\(posts[$0][1]),\(posts[$0][0]),\(row[1])\n" }
    }
    return try stage.write("rows.csv", "text,label,fold\n" + lines.joined())
  }

  private func number(_ line: [String: Any]?, _ name: String) throws -> Double {
    try #require(line?[name] as? Double)
  }

  @Test(.enabled(if: canRun, absence))
  func `real posts are judged as well as ever, by the shipped model and by one of their own`()
    throws
  {
    let rows = try writeRows()
    let shipped = Program.samples + "/complaints.csv"
    try stage.works("train", shipped, "--no-topics", "--model", "shipped")
    let alone = try stage.works(
      "evaluate", rows, "--positive", "1", "--model", "shipped", "--samples", "0", "--json"
    ).objects().first
    #expect(try number(alone, "f1") >= 0.715)
    #expect(try number(alone, "auc_pr") >= 0.805)
    #expect(try number(alone, "calibration_error") <= 0.025)
    let own = try stage.works(
      "train", rows, "--positive", "1", "--start-from", shipped, "--fold-column", "fold",
      "--no-topics", "--model", "own", "--json"
    ).objects().first
    #expect(try number(own, "f1") >= 0.785)
    #expect(try number(own, "macro_f1") >= 0.863)
    #expect(try number(own, "auc_pr") >= 0.885)
    #expect(try number(own, "calibration_error") <= 0.02)
  }
}

/// What hardly says anything is judged with hardly any certainty.
@Suite struct ShortPostTests {
  @Test func `a word or two that tell nothing are no sure complaint`() throws {
    let stage = Stage()
    try stage.train()
    let posts = [
      "asos", "@ASOS", "?", "why", "i", "no", "a", "hello", "hi @asos", "is", "the", "great",
    ]
    let found = try stage.works(
      "classify", "--json", input: posts.joined(separator: "\n") + "\n"
    ).objects()
    #expect(found.count == posts.count)
    for (post, line) in zip(posts, found) {
      let probability = try #require(line["probability"] as? Double)
      #expect(probability < 0.6, "\(post)")
    }
    let asked = try stage.works("classify", "--json", input: "where is my order\n").objects()
    #expect(try #require(asked.first?["probability"] as? Double) > 0.9)
  }
}
