/// How many records a batch reads, so that it takes about as long as it should.
struct BatchSize {
  private(set) var records: Int
  private let least, most: Int
  private let target: Double

  /// `target` is in seconds.
  init(least: Int = 1, most: Int, target: Double) {
    self.most = max(most, 1)
    self.least = min(max(least, 1), self.most)
    self.target = max(target, 0.001)
    // Small at first, so that a slow step is noticed early; it doubles with each batch.
    records = min(self.most, 4_096)
  }

  /// A batch of `count` records took `seconds`.
  mutating func took(_ seconds: Double, for count: Int) {
    // One that was not full says little of what a full one takes.
    guard count * 2 >= records else { return }
    let fitting = Double(count) * target / max(seconds, 1e-6)
    records = Int(min(fitting, Double(records) * 2, Double(most)).rounded())
    records = max(records, least)
  }
}
