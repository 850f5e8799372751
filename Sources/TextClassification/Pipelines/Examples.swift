/// Values to learn from and the class of each, as an index; 0 where nothing is to be told apart.
public struct Examples<Value> {
  /// The values.
  public var values: [Value]
  /// Each value's class, from 0.
  public var labels: [Int]

  /// As many labels as values; without labels all are 0.
  public init(_ values: [Value], labels: [Int]? = nil) {
    self.values = values
    self.labels = labels ?? [Int](repeating: 0, count: values.count)
  }

  /// How many examples there are.
  public var count: Int { values.count }

  /// Classes up to the highest label.
  public var classCount: Int { (labels.max() ?? -1) + 1 }

  /// The examples after a step of a pipeline.
  public func map<Other>(_ step: (Value) -> Other) -> Examples<Other> {
    Examples<Other>(values.map(step), labels: labels)
  }
}

extension Examples where Value: Sendable {
  /// The examples after a fitted step of a pipeline, on all processors.
  public func transformed<Step: Transformer>(by step: Step) -> Examples<Step.Output>
  where Step.Input == Value {
    let values = values
    let parts = Parts.map(values.count) { values[$0].map { step.transform($0) } }
    return Examples<Step.Output>(Array(parts.joined()), labels: labels)
  }
}

extension Examples: Sendable where Value: Sendable {}
extension Examples: Equatable where Value: Equatable {}
