/// Counts how a model scores the texts that pass by, cheaply enough for each of a stream.
public struct ScoreTally: Sendable, Equatable {
  /// Of so many texts one is looked at for features that training has not met: that is a pass over
  /// all of its features.
  public static let interval = 8

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
    add(
      probability,
      unseen: count.isMultiple(of: Self.interval)
        ? scorer.unseenPartOfLastText(scratch: scratch) : nil)
  }

  /// Counts a text with this probability; `unseen` is the part of its features that training has
  /// not met, nil where it was not looked at for that.
  public mutating func add(_ probability: Double, unseen part: Double?) {
    bins[Calibration.bin(of: probability, among: bins.count)] += 1
    if let part {
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
