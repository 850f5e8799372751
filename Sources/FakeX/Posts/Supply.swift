internal import Machine

/// Posts that are published one after the other, round after round.
struct Supply {
  let templates: [Int]
  let rounds: Int
  private let daysPerRound: Int64
  /// Posts so far.
  private(set) var published = 0

  /// A supply of templates that the archive knows.
  init(_ templates: [Int], rounds: Int, ids: [UInt64]) {
    self.templates = templates
    self.rounds = max(1, rounds)
    let span = (ids.max() ?? 0) - (ids.min() ?? 0)
    daysPerRound = Int64(span >> 22) / 86_400_000 + 1
  }

  var isExhausted: Bool { published >= templates.count * rounds }

  /// The next post; nil: there are no more.
  mutating func next() -> (template: Int, shift: RoundShift)? {
    guard !isExhausted else { return nil }
    defer { published += 1 }
    let (round, index) = published.quotientAndRemainder(dividingBy: templates.count)
    return (templates[index], RoundShift(days: Int64(round) * daysPerRound))
  }
}
