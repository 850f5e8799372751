/// Numbers labels; SparkML's stage of this name.
public struct StringIndexer: Estimator {
  /// Which label gets which number.
  public enum Order: Sendable, CaseIterable {
    /// The most frequent is 0; of equal ones the lesser comes first. SparkML's default.
    case frequencyDescending
    /// The rarest is 0; of equal ones the lesser comes first.
    case frequencyAscending
    case alphabetDescending
    case alphabetAscending
  }

  /// Which label gets which number.
  public let order: Order

  /// SparkML's default numbers by frequency.
  public init(_ order: Order = .frequencyDescending) { self.order = order }

  /// Throws `TrainingError.noExamples` where there are none.
  public func fit(_ examples: Examples<String>) throws(TrainingError) -> StringIndexerModel {
    guard examples.count > 0 else { throw .noExamples }
    let counts = examples.values.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
    func isLess(_ left: String, _ right: String) -> Bool {
      left.utf8.lexicographicallyPrecedes(right.utf8)
    }
    let labels = counts.keys.sorted { left, right in
      let (first, second) = (counts[left] ?? 0, counts[right] ?? 0)
      switch order {
      case .frequencyDescending:
        return first != second ? first > second : isLess(left, right)
      case .frequencyAscending:
        return first != second ? first < second : isLess(left, right)
      case .alphabetDescending: return isLess(right, left)
      case .alphabetAscending: return isLess(left, right)
      }
    }
    return StringIndexerModel(labels: labels)
  }
}

/// Knows each label's number.
public struct StringIndexerModel: Transformer {
  /// The labels; a label's place is its number.
  public let labels: [String]
  private let numbers: [String: Int]

  /// Labels that come twice keep their first number.
  public init(labels: [String]) {
    self.labels = labels
    numbers = Dictionary(zip(labels, labels.indices), uniquingKeysWith: { first, _ in first })
  }

  /// The label's number; nil for one that was not met (SparkML's `handleInvalid`: the caller skips,
  /// refuses, or takes `labels.count`).
  public func transform(_ label: String) -> Int? { numbers[label] }
}
