/// A fitted step of a pipeline: one value in, one value out. It never changes.
public protocol Transformer<Input, Output>: Sendable {
  /// What is taken.
  associatedtype Input: Sendable
  /// What is made of it.
  associatedtype Output: Sendable

  /// What the step makes of a value.
  func transform(_ input: Input) -> Output
}

/// A step that is to be fitted first. It cannot transform anything itself: `fit` gives a model,
/// which is of another type.
public protocol Estimator<Model>: Sendable {
  /// The fitted step.
  associatedtype Model: Transformer

  /// Learns from examples. Throws where nothing can be learnt from them, or a setting is out of its
  /// range.
  func fit(_ examples: Examples<Model.Input>) throws(TrainingError) -> Model
}

/// A step that learns nothing: fitted, it is what it was.
public protocol StatelessStage: Transformer, Estimator where Model == Self {}

extension StatelessStage {
  /// The step itself.
  public func fit(_ examples: Examples<Input>) throws(TrainingError) -> Self { self }
}
