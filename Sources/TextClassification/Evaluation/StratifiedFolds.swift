/// Divides examples into folds that hold each class in equal parts.
enum StratifiedFolds {
  /// Each row's fold. Rows of one group, which have one number, stay together; a group counts for
  /// the class of its first row. Groups are dealt in shuffled order, the largest first, to the fold
  /// that has fewest of the class.
  static func assign(
    isPositive: [Bool], groups numbers: [Int]?, folds: Int, seed: UInt64
  ) -> [Int] {
    var groups: [[Int]] = []
    if let numbers {
      var groupOf: [Int: Int] = [:]
      for row in isPositive.indices {
        if let group = groupOf[numbers[row]] {
          groups[group].append(row)
        } else {
          groupOf[numbers[row]] = groups.count
          groups.append([row])
        }
      }
    } else {
      groups = isPositive.indices.map { [$0] }
    }
    var random = SeededRandom(seed: seed)
    let rank = random.permutation(groups.count)
    let order = groups.indices.sorted {
      (groups[$1].count, rank[$0]) < (groups[$0].count, rank[$1])
    }
    var sizes = [[Int]](repeating: [Int](repeating: 0, count: folds), count: 2)
    var result = [Int](repeating: 0, count: isPositive.count)
    for group in order {
      let stratum = isPositive[groups[group][0]] ? 1 : 0
      let smallest = sizes[stratum].min() ?? 0
      let fold = sizes[stratum].firstIndex(of: smallest) ?? 0
      for row in groups[group] {
        result[row] = fold
        sizes[isPositive[row] ? 1 : 0][fold] += 1
      }
    }
    return result
  }
}
