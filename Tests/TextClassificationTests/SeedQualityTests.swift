import Foundation
import Testing
import TextClassification

/// Quality on a real labelled set of posts, which is not part of the repository.
@Suite struct SeedQualityTests {
  private func examples() throws -> [LabelledText] {
    try SeedData.rows("asos_seed.csv").map {
      LabelledText(text: String($0[1]), isPositive: $0[0] == "1")
    }
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

  @Test(.enabled(if: SeedData.isPresent, SeedData.absence), arguments: [1, 2, 3] as [UInt64])
  func `all rows, stratified folds of any seed`(seed: UInt64) throws {
    let result = try validate(examples(), seed: seed)
    #expect(result.mean(\.f1) >= 0.76)
    #expect(result.mean(\.macroF1) >= 0.845)
  }

  @Test(.enabled(if: SeedData.isPresent, SeedData.absence))
  func `fixed folds without duplicates`() throws {
    let all = try examples()
    let kept = try SeedData.rows("asos_seed_folds.csv").filter { $0[2] == "1" }
    let result = try validate(
      kept.compactMap { Int($0[0]).map { all[$0] } }, folds: kept.compactMap { Int($0[1]) })
    #expect(result.mean(\.f1) >= 0.756)
    #expect(result.mean(\.aucPR) >= 0.858)
  }
}
