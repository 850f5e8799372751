/// Divides vectors by their length, so that long texts weigh no more than short ones; SparkML's
/// stage of this name, with its Euclidean norm.
public struct Normalizer: StatelessStage {
  /// A normalizer.
  public init() {}

  /// The vector with length 1; one of zeros stays as it is.
  public func transform(_ vector: SparseVector) -> SparseVector {
    let length = vector.values.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return length > 0 ? vector.map { $1 / length } : vector
  }
}
