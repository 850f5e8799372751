/// Which examples a cross-validation tests together.
public enum FoldChoice: Sendable, Equatable {
  /// Folds with each class in equal parts, by the options' number of folds and seed.
  case stratified
  /// The same, but examples of one group, which have one number, stay in one fold.
  case grouped([Int])
  /// Each example's fold, from 0, chosen elsewhere.
  case given([Int])

  /// Each example's fold and how many there are. `nearDuplicates` is asked for groups of those,
  /// equal numbers, where they are to stay together.
  func folds(
    isPositive: [Bool], options: TrainingOptions, nearDuplicates: () -> [Int]
  ) throws(TrainingError) -> (folds: [Int], count: Int) {
    let folds: [Int]
    switch self {
    case .given(let given):
      try Self.check("folds", given.count, isPositive.count)
      folds = given
    case .grouped(let groups):
      try Self.check("groups", groups.count, isPositive.count)
      folds = Self.together(isPositive, groups, nearDuplicates, options)
    case .stratified:
      folds = Self.stratified(isPositive, nearDuplicates, options)
    }
    let count = (folds.max() ?? 0) + 1
    try Self.check(folds, count, isPositive, options)
    return (folds, count)
  }

  /// A group's posts and their near duplicates in one fold; the groups alone where those leave too
  /// little to fill the folds with.
  private static func together(
    _ isPositive: [Bool], _ groups: [Int], _ nearDuplicates: () -> [Int],
    _ options: TrainingOptions
  ) -> [Int] {
    func assign(_ groups: [Int]) -> [Int] {
      StratifiedFolds.assign(
        isPositive: isPositive, groups: groups, folds: options.folds, seed: options.seed)
    }
    guard options.keepsNearDuplicatesTogether else { return assign(groups) }
    let together = assign(NearDuplicates.joined(groups, nearDuplicates()))
    let isFull = (try? check(together, options.folds, isPositive, options)) != nil
    return isFull ? together : assign(groups)
  }

  /// Near duplicates are parted where there is too little else to fill the folds with.
  private static func stratified(
    _ isPositive: [Bool], _ nearDuplicates: () -> [Int], _ options: TrainingOptions
  ) -> [Int] {
    func assign(_ groups: [Int]?) -> [Int] {
      StratifiedFolds.assign(
        isPositive: isPositive, groups: groups, folds: options.folds, seed: options.seed)
    }
    guard options.keepsNearDuplicatesTogether else { return assign(nil) }
    let together = assign(nearDuplicates())
    let isFull = (try? check(together, options.folds, isPositive, options)) != nil
    return isFull ? together : assign(nil)
  }

  private static func check(
    _ what: String, _ count: Int, _ expected: Int
  ) throws(TrainingError) {
    guard count == expected else {
      throw .invalidOption("\(count) \(what) were given for \(expected) examples")
    }
  }

  /// Every fold must have rows to test, and both classes among the other folds' rows.
  private static func check(
    _ folds: [Int], _ count: Int, _ isPositive: [Bool], _ options: TrainingOptions
  ) throws(TrainingError) {
    guard Limits.folds.contains(count), !folds.contains(where: { $0 < 0 }) else {
      throw .invalidOption("folds must be at least 2 and at most \(Limits.folds.upperBound)")
    }
    for label in [true, false] {
      var sizes = [Int](repeating: 0, count: count)
      for (fold, isPositive) in zip(folds, isPositive) where isPositive == label {
        sizes[fold] += 1
      }
      guard let empty = sizes.firstIndex(of: 0) else { continue }
      let name = label ? options.labels.positive : options.labels.negative
      let total = sizes.reduce(0, +)
      throw total < count
        ? .tooFewForFolds(label: name, count: total, folds: count)
        : .foldWithout(label: name, fold: empty)
    }
  }
}
