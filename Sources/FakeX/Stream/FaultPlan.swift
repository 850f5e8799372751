internal import Machine

/// Which posts are sent with a fault: those that a script names by number, and, where asked for,
/// about every so many one more, drawn from a seed.
struct FaultPlan {
  private var script: [Int: Fault] = [:]
  private var next: Int?
  private var every = 0
  private var kinds: [Fault] = []
  private var random = SeededRandom(seed: 0)
  /// Posts that streams have been given; the number of the next one.
  private(set) var sent = 0
  /// Faults so far, by name.
  private(set) var made: [String: Int] = [:]

  /// Adds faults by the number of the post, counted from 0 over all streams.
  mutating func add(_ script: [Int: Fault]) {
    self.script.merge(script) { _, new in new }
  }

  /// Has something go wrong with the next post that nothing goes wrong with yet.
  mutating func addNext(_ fault: Fault) {
    var number = sent
    while script[number] != nil { number += 1 }
    script[number] = fault
  }

  /// One fault about every `every` posts; 0: no more.
  mutating func draw(every: Int, seed: UInt64, of kinds: [Fault]) {
    self.every = max(0, every)
    self.kinds = kinds
    random = SeededRandom(seed: seed)
    next = nil
    if every > 0, !kinds.isEmpty { drawNext() }
  }

  private mutating func drawNext() {
    next = sent + Int.random(in: 1...max(1, 2 * every - 1), using: &random)
  }

  /// Counts a post that is being sent; gives what goes wrong with it.
  mutating func step() -> Fault? {
    defer { sent += 1 }
    var fault = script.removeValue(forKey: sent)
    if sent == next {
      fault = fault ?? kinds.randomElement(using: &random)
      drawNext()
    }
    if let fault { made[fault.name, default: 0] += 1 }
    return fault
  }

  /// Posts until the next fault; nil: none is planned.
  var untilNext: Int? {
    let scripted = script.keys.filter { $0 >= sent }.min()
    return [scripted, next].compactMap { $0 }.min().map { max(0, $0 - sent) }
  }

  /// Counts a fault that was asked for outside the plan.
  mutating func count(_ fault: Fault) { made[fault.name, default: 0] += 1 }
  /// Counts posts that are sent without a fault.
  mutating func skip(_ count: Int) { sent += count }
}
