import Foundation
import Testing
import TextClassification

/// Quality on a real labelled set of posts, which is not part of the repository.
@Suite struct SeedQualityTests {
  private static let folder: URL =
    ProcessInfo.processInfo.environment["GROUSE_SEED_DATA"].map { URL(filePath: $0) }
    ?? URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "../shared/data")

  private static let isPresent = FileManager.default.fileExists(
    atPath: folder.appending(path: "asos_seed.csv").path)

  private static let absence: Comment =
    "asos_seed.csv is neither in ../shared/data nor in the folder that GROUSE_SEED_DATA names"

  private func rows(_ name: String) throws -> [[Substring]] {
    let text = try String(
      contentsOf: SeedQualityTests.folder.appending(path: name), encoding: .utf8)
    return text.split(whereSeparator: \.isNewline).dropFirst().map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
  }

  private func examples() throws -> [LabelledText] {
    try rows("asos_seed.csv").map { LabelledText(text: String($0[1]), isPositive: $0[0] == "1") }
  }

  private func validate(
    _ examples: [LabelledText], folds: [Int]? = nil, seed: UInt64 = 1
  ) throws -> CrossValidation {
    var options = TrainingOptions()
    options.seed = seed
    return try TextClassifierTrainer(
      options: options, brandNames: ["asos", "@ASOS", "@ASOS_HeresToHelp"]
    ).crossValidate(examples, folds: folds)
  }

  @Test(.enabled(if: isPresent, absence), arguments: [1, 2, 3] as [UInt64])
  func `all rows, stratified folds of any seed`(seed: UInt64) throws {
    let result = try validate(examples(), seed: seed)
    #expect(result.mean(\.f1) >= 0.76)
    #expect(result.mean(\.macroF1) >= 0.845)
  }

  @Test(.enabled(if: isPresent, absence))
  func `fixed folds without duplicates`() throws {
    let all = try examples()
    let kept = try rows("asos_seed_folds.csv").filter { $0[2] == "1" }
    let result = try validate(
      kept.compactMap { Int($0[0]).map { all[$0] } }, folds: kept.compactMap { Int($0[1]) })
    #expect(result.mean(\.f1) >= 0.756)
    #expect(result.mean(\.aucPR) >= 0.858)
  }
}
