internal import Machine

/// Scores of every point of a search by models that leave out one fold or two: for each fold, and
/// for each fold within what is left when another one is away. A model without two folds serves
/// both, so that nested cross-validation takes half as many models as it has tests.
struct LeftOutScores: Sendable {
  /// Rows of each fold.
  let rows: [[Int]]
  /// By point and fold.
  private var single: [[ScoredRows]]
  /// By point, the fold that is away altogether, and the fold that is tested.
  private var pairs: [[[ScoredRows]]]
  /// By point and fold: the part of each row's features that the model has not met.
  private var unseen: [[[Double]]]

  init(folds: [Int], count: Int, points: Int) {
    var rows = [[Int]](repeating: [], count: count)
    for (row, fold) in folds.enumerated() { rows[fold].append(row) }
    self.rows = rows
    let empty = [ScoredRows](repeating: ScoredRows(), count: count)
    single = [[ScoredRows]](repeating: empty, count: points)
    pairs = [[[ScoredRows]]](
      repeating: [[ScoredRows]](repeating: empty, count: count), count: points)
    unseen = [[[Double]]](repeating: [[Double]](repeating: [], count: count), count: points)
  }

  /// The folds that are left out together: each alone and every two.
  static func leftOut(_ count: Int) -> [[Int]] {
    (0..<count).map { [$0] }
      + (0..<count).flatMap { first in (first + 1..<count).map { [first, $0] } }
  }

  /// Trains and tests the points `places`, whose features are those of `learning`.
  mutating func add(
    _ learning: HashedLearning, places: [Int], options: [TrainingOptions],
    progress: (_ done: Int) -> Void
  ) {
    let leftOut = Self.leftOut(rows.count)
    let rows = rows
    let found = Parallel.map(leftOut.count, progress: progress) { number in
      let away = leftOut[number]
      // In the rows' order, as any training sees them: sums are the same to the last bit.
      let train = rows.indices.filter { !away.contains($0) }.flatMap { rows[$0] }.sorted()
      return learning.judge(train: train, tests: away.map { rows[$0] }, options: options)
    }
    for (away, judged) in zip(leftOut, found) {
      for (place, tests) in zip(places, judged) {
        for (fold, test) in zip(away, tests) {
          let scored = ScoredRows(rows: rows[fold], scores: test.scores)
          if let other = away.first(where: { $0 != fold }) {
            pairs[place][other][fold] = scored
          } else {
            single[place][fold] = scored
            unseen[place][fold] = test.unseen
          }
        }
      }
    }
  }

  /// A point's scores of each fold, by models of the others.
  func scores(_ point: Int) -> [ScoredRows] { single[point] }

  /// A point's scores of each fold but `fold`, by models that have not seen `fold` either.
  func scores(_ point: Int, without fold: Int) -> [ScoredRows] { pairs[point][fold].without(fold) }

  func unseen(_ point: Int, _ fold: Int) -> [Double] { unseen[point][fold] }
}
