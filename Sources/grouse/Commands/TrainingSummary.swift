internal import TextClassification

extension TrainingOptions {
  /// All that decides what is learnt beside the posts, `name=value` with blanks between.
  func summary(hasPrior: Bool) -> String {
    switch algorithm {
    // As SparkML names them; TrainingOptions.Algorithm has them.
    case .sparkLinearSVC: return "maxIter=10 regParam=0.1"
    case .sparkLogisticRegression: return "maxIter=100 regParam=0.01"
    case .sparkNaiveBayes: return "smoothing=1.0"
    case .logisticRegression: break
    }
    var choices: [ParameterChoice] = [
      .regularisation(regularisation), .classWeights(classWeights), .rarityPower(rarityPower),
      .blocksApart(learnsBlocksApart), .wordNgrams(features.wordNgrams),
      .characterNgrams(features.characterNgrams), .characterWeight(features.characterWeight),
      .skipPairs(features.skipPairs), .stems(features.stems), .punctuation(features.punctuation),
    ]
    if hasPrior { choices.insert(.priorWeight(priorWeight), at: 1) }
    return SearchText.text(choices) + " bucket-bits=\(features.bucketBits)"
  }
}
