/// Counts how a model scores the texts that pass by, cheaply enough for each of a stream.
public struct ScoreTally: Sendable, Equatable {
  /// Of so many texts one is looked at for features that training has not met: that is a pass over
  /// all of its features.
  static let interval = 8

  /// Texts by their probability, in ten bins of equal width from 0 to 1.
  public private(set) var bins: [Int]
  /// Texts that were looked at for unseen features.
  public private(set) var looked: Int
  /// The sum of their unseen parts.
  public private(set) var unseen: Double
  /// Texts counted.
  public private(set) var count: Int

  /// Counts from before; without them, none.
  public init(
    bins: [Int] = [Int](repeating: 0, count: 10), looked: Int = 0, unseen: Double = 0
  ) {
    self.bins = bins
    self.looked = looked
    self.unseen = unseen
    count = bins.reduce(0, +)
  }

  /// Counts the text to which `scorer` has just given this probability with `scratch`.
  public mutating func add(
    _ probability: Double, _ scorer: TextScorer, scratch: borrowing Scratch
  ) {
    bins[Calibration.bin(of: probability, among: bins.count)] += 1
    if count.isMultiple(of: Self.interval),
      let part = scorer.unseenPartOfLastText(scratch: scratch)
    {
      looked += 1
      unseen += part
    }
    count += 1
  }

  /// Adds another tally's counts.
  public static func += (left: inout ScoreTally, right: ScoreTally) {
    for (place, count) in right.bins.enumerated() where place < left.bins.count {
      left.bins[place] += count
    }
    left.looked += right.looked
    left.unseen += right.unseen
    left.count += right.count
  }

  /// What was counted, to be held against training's.
  public var distribution: ScoreDistribution {
    ScoreDistribution(bins: bins, unseen: looked == 0 ? nil : unseen / Double(looked))
  }
}
