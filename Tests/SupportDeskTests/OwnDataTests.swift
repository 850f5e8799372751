import Machine
import SupportDesk
import Testing
import TextClassification

/// The project's own data must stay fit for the model that the demo trains from it.
@Suite struct OwnDataTests {
  private var folder: String {
    let tests = Path.parent(of: Path.parent(of: #filePath))
    return Path.join(Path.parent(of: tests), "data")
  }

  @Test func `a model of the labelled posts finds the complaints of the sample day`() throws {
    let labelled = try Dataset(
      Path.join(folder, "complaints.csv"), .init(text: "text", label: "label"))
    let sample = try Dataset(
      Path.join(folder, "sample-texts.csv"), .init(text: "text", label: "label"))
    #expect(Set(labelled.texts).count == labelled.texts.count && labelled.texts.count >= 1_500)
    #expect(Set(labelled.texts).isDisjoint(with: sample.texts))
    let classifier = try TextClassifierTrainer(brandNames: Brand().allNames)
      .train(try labelled.examples(positive: "complaint").examples)
    let scorer = classifier.scorer(brandNames: Brand().allNames)
    let metrics = ClassificationMetrics(
      isPositive: try sample.examples(positive: nil).examples.map(\.isPositive),
      probabilities: sample.texts.map { scorer.probability(of: $0) }, threshold: 0.5)
    #expect(metrics.f1 > 0.72 && metrics.aucPR > 0.84)
  }
}
