/// A vector of which only the places that are set are kept.
public struct SparseVector: Sendable, Equatable {
  /// How many places there are.
  public let size: Int
  /// The places that are set, ascending; each below `size`.
  public let indices: [UInt32]
  /// Their values.
  public let values: [Double]

  /// `indices` ascend and lie below `size`; as many values as indices.
  init(size: Int, indices: [UInt32], values: [Double]) {
    self.size = size
    self.indices = indices
    self.values = values
  }

  /// From values by place. Places from `size` on are left out.
  public init(size: Int, _ values: [Int: Double]) {
    let places = values.keys.filter { $0 >= 0 && $0 < size }.sorted()
    self.init(
      size: size, indices: places.map { UInt32($0) }, values: places.map { values[$0] ?? 0 })
  }

  /// The sum of the products with `weights`, which has `size` places.
  func dot(_ weights: [Double]) -> Double {
    var sum = 0.0
    for (index, value) in zip(indices, values) { sum += value * weights[Int(index)] }
    return sum
  }

  /// The vector with each value replaced.
  func map(_ change: (_ index: Int, _ value: Double) -> Double) -> SparseVector {
    SparseVector(
      size: size, indices: indices, values: zip(indices, values).map { change(Int($0), $1) })
  }
}
