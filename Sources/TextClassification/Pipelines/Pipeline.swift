/// Two steps of which the second learns from what the first, fitted, makes of the examples.
public struct Pipeline<First: Estimator, Second: Estimator>: Estimator
where First.Model.Output == Second.Model.Input {
  /// The step that is fitted first.
  public let first: First
  /// The step that follows.
  public let second: Second

  /// Fits both steps, one after the other.
  public func fit(
    _ examples: Examples<First.Model.Input>
  ) throws(TrainingError) -> PipelineModel<First.Model, Second.Model> {
    let fitted = try first.fit(examples)
    return PipelineModel(
      first: fitted, second: try second.fit(examples.transformed(by: fitted)))
  }
}

/// Two fitted steps, one after the other.
public struct PipelineModel<First: Transformer, Second: Transformer>: Transformer
where First.Output == Second.Input {
  /// The step that a value meets first.
  public let first: First
  /// The step that it meets then.
  public let second: Second

  /// What both steps make of a value.
  public func transform(_ input: First.Input) -> Second.Output {
    second.transform(first.transform(input))
  }
}

extension Estimator {
  /// A pipeline of this step and one that follows:
  /// `RegexTokenizer().then(CountVectorizer()).then(IDF()).then(NaiveBayes())`.
  public func then<Next: Estimator>(_ next: Next) -> Pipeline<Self, Next>
  where Next.Model.Input == Model.Output {
    Pipeline(first: self, second: next)
  }
}
