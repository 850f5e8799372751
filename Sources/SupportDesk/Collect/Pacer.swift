internal import Machine

/// How fast records are collected.
package enum Pace: Hashable, Sendable {
  /// At most so many a second.
  case rate(Double)
  /// As the posts' own times say, so many times as fast.
  case speed(Double)
}

/// Holds records back until they are due.
///
/// By the posts' own times, one that is earlier than its predecessors, or tells no time, is due
/// with the one before it. A silence counts as `Limits.longestSilence` at most, and who goes back
/// further begins anew from there: one wrong time, such as of the year 2099, stops nothing.
package final class Pacer {
  /// What is nearer than this is due: waiting for it would cost more than it is worth.
  private static let grain = 0.01
  /// Seconds that a rate may make up for, behind a wait for the source itself.
  private static let arrears = 0.1

  private let pace: Pace
  private let now: () -> Double
  private let pass: (Double) -> Void
  private var due: Double?
  private var latest: Int64?
  /// Records that were earlier than one before them.
  package private(set) var late = 0
  /// Records that told a time.
  package private(set) var timed = 0

  /// A pacer by this clock, in seconds; `pass` lets so many go by at most.
  package init(
    _ pace: Pace, now: @escaping () -> Double = Clock.monotonicSeconds,
    pass: @escaping (Double) -> Void = Pacer.wait
  ) {
    self.pace = pace
    self.now = now
    self.pass = pass
  }

  /// Takes the next record, of this time in milliseconds since 1970; whether it is to be waited
  /// for.
  package func mustWait(for createdAt: Int64?) -> Bool {
    let time = now()
    let former = due ?? time
    switch pace {
    case .rate(let rate):
      due = due == nil ? time : max(former + 1 / rate, time - Self.arrears)
    case .speed(let speed):
      due = former + Double(silence(before: createdAt)) / 1_000 / speed
    }
    return isEarly
  }

  private var isEarly: Bool { (due ?? 0) - now() > Self.grain }

  /// The milliseconds between the latest post and this one.
  private func silence(before createdAt: Int64?) -> Int64 {
    guard let createdAt else { return 0 }
    timed += 1
    guard let latest else {
      self.latest = createdAt
      return 0
    }
    let (difference, isTooFar) = createdAt.subtractingReportingOverflow(latest)
    if isTooFar || difference < -Limits.longestSilence {
      late += difference < 0 ? 1 : 0
      self.latest = createdAt
      return 0
    }
    guard difference >= 0 else {
      late += 1
      return 0
    }
    self.latest = createdAt
    return min(difference, Limits.longestSilence)
  }

  /// Returns when the record that was taken last is due; false where `isStopped` says so before.
  package func wait(isStopped: () -> Bool) -> Bool {
    while !isStopped() {
      let ahead = (due ?? 0) - now()
      guard ahead > 0 else { return true }
      pass(min(ahead, 0.1))
    }
    return false
  }

  /// Waits by the system's clock.
  package static func wait(_ seconds: Double) {
    let waiting = Signal()
    waiting.wait(since: waiting.generation, milliseconds: max(Int(seconds * 1_000), 1))
  }
}
