/// How well topics that were told agree with the true ones. A ratio whose denominator is 0 is 0.
public struct TopicMetrics: Sendable, Equatable {
  /// The topics, in the order of the counts.
  public let names: [String]
  /// Texts by true topic, then by the one told.
  public let confusion: [[Int]]

  /// As many rows, and columns of each, as names; counts are not below 0.
  public init(names: [String], confusion: [[Int]]) {
    self.names = names
    self.confusion = confusion
  }

  /// Counts texts by the places of their true topic and of the one told, each among `names`.
  public init(names: [String], truth: [Int], told: [Int]) {
    let row = [Int](repeating: 0, count: names.count)
    var confusion = [[Int]](repeating: row, count: names.count)
    for (truth, told) in zip(truth, told) { confusion[truth][told] += 1 }
    self.init(names: names, confusion: confusion)
  }

  /// Texts.
  public var count: Int { confusion.reduce(0) { $0 + $1.reduce(0, +) } }
  /// Part of the texts whose topic was told right.
  public var accuracy: Double { ratio(names.indices.reduce(0) { $0 + confusion[$1][$1] }, count) }
  /// The mean F1 of the topics that a text has or was told to have.
  public var macroF1: Double {
    let present = names.indices.filter { texts(of: $0) + told($0) > 0 }
    return present.reduce(0) { $0 + f1(of: $1) } / Double(max(present.count, 1))
  }

  /// Texts of a topic, by its place.
  public func texts(of topic: Int) -> Int { confusion[topic].reduce(0, +) }

  /// Part of the texts told to have a topic that have it.
  public func precision(of topic: Int) -> Double { ratio(confusion[topic][topic], told(topic)) }

  /// Part of a topic's texts that were told to have it.
  public func recall(of topic: Int) -> Double { ratio(confusion[topic][topic], texts(of: topic)) }

  /// Harmonic mean of a topic's precision and recall.
  public func f1(of topic: Int) -> Double {
    ratio(2 * confusion[topic][topic], texts(of: topic) + told(topic))
  }

  private func told(_ topic: Int) -> Int { confusion.reduce(0) { $0 + $1[topic] } }

  private func ratio(_ part: Int, _ whole: Int) -> Double {
    whole == 0 ? 0 : Double(part) / Double(whole)
  }
}
