package import Bytes
internal import Streams

/// A time in which complaints about a brand came far faster than usual: a row of `alerts`.
package struct SurgeAlert: Sendable, Equatable {
  package var brand: String
  /// Milliseconds since 1970: the first minute of it, and behind the last one; nil while it lasts.
  package var startedAt: Int64
  package var endedAt: Int64?
  /// Complaints since it began, and the most of a minute.
  package var complaints, peak: Int64
  /// The median of complaints a minute in the hour before.
  package var usual: Double
  /// Complaints a minute from which on it counted as a surge.
  package var threshold: Double
}

/// Watches one brand's complaints, minute by minute, for surges.
///
/// The baseline is the median of the last hour, its spread the median absolute deviation, which a
/// few wild minutes do not move (Rousseeuw and Croux 1993), but no less than a Poisson count of
/// that size has by itself. A surge begins in a minute that is more than `margins` spreads above,
/// and ends behind `calmMinutes` in a row that are less than half as far above: around the
/// threshold it does not flicker. While it lasts the baseline stands still; what lasts longer than
/// `mostMinutes` is the new usual.
package struct SurgeWatch: StateValue, Equatable {
  static let history = 60
  static let leastHistory = 15
  static let margins = 5.0
  static let calmMinutes = 5
  static let mostMinutes: Int64 = 180
  static let minute: Int64 = 60_000

  /// Complaints in the minutes before, the latest last, without those of a surge.
  private var recent: [Int64] = []
  /// Where the latest minute ended.
  private var end: Int64
  private var alert: SurgeAlert?
  /// Minutes in a row that were calm again.
  private var calm = 0

  package init(from start: Int64) { end = start }

  /// Takes in a minute's complaints, those before it later than any taken in so far; returns what
  /// has become of alerts.
  package mutating func take(
    _ complaints: Int64, at start: Int64, brand: String
  ) -> [SurgeAlert] {
    var changes: [SurgeAlert] = []
    if start - end > Int64(Self.history) * Self.minute {
      // Nobody listened, or nobody wrote: what was usual before the silence is all that is known.
      if let over = close(at: end) { changes.append(over) }
    } else {
      while end < start { changes += step(0, at: end, brand) }
    }
    changes += step(complaints, at: start, brand)
    return changes
  }

  private mutating func step(_ count: Int64, at start: Int64, _ brand: String) -> [SurgeAlert] {
    end = start + Self.minute
    guard var alert else {
      defer { remember(count) }
      guard recent.count >= Self.leastHistory else { return [] }
      let (usual, margin) = baseline()
      guard Double(count) > usual + margin else { return [] }
      let begun = SurgeAlert(
        brand: brand, startedAt: start, endedAt: nil, complaints: count, peak: count, usual: usual,
        threshold: usual + margin)
      self.alert = begun
      calm = 0
      return [begun]
    }
    alert.complaints += count
    alert.peak = max(alert.peak, count)
    self.alert = alert
    calm = Double(count) > (alert.usual + alert.threshold) / 2 ? 0 : calm + 1
    if calm >= Self.calmMinutes { return close(at: end).map { [$0] } ?? [] }
    if end - alert.startedAt >= Self.mostMinutes * Self.minute {
      recent = []
      return close(at: end).map { [$0] } ?? []
    }
    return count > 0 ? [alert] : []
  }

  private mutating func close(at end: Int64) -> SurgeAlert? {
    var over = alert
    over?.endedAt = end
    alert = nil
    return over
  }

  private mutating func remember(_ count: Int64) {
    guard alert == nil else { return }
    recent.append(count)
    if recent.count > Self.history { recent.removeFirst() }
  }

  private func baseline() -> (usual: Double, margin: Double) {
    let usual = Self.median(recent.map(Double.init))
    let deviation = Self.median(recent.map { abs(Double($0) - usual) })
    // 1.4826: what makes the deviation that of a normal distribution.
    let spread = max(1.4826 * deviation, max(usual, 1).squareRoot())
    return (usual, Self.margins * spread)
  }

  private static func median(_ numbers: [Double]) -> Double {
    let sorted = numbers.sorted()
    guard let middle = sorted.indices.last.map({ $0 / 2 }) else { return 0 }
    return sorted.count.isMultiple(of: 2)
      ? (sorted[middle] + sorted[middle + 1]) / 2 : sorted[middle]
  }

  package func encode(into buffer: inout ByteBuffer) {
    recent.encode(into: &buffer)
    end.encode(into: &buffer)
    calm.encode(into: &buffer)
    (alert == nil).encode(into: &buffer)
    guard let alert else { return }
    alert.brand.encode(into: &buffer)
    alert.startedAt.encode(into: &buffer)
    alert.complaints.encode(into: &buffer)
    alert.peak.encode(into: &buffer)
    alert.usual.encode(into: &buffer)
    alert.threshold.encode(into: &buffer)
  }

  package init(from reader: inout ByteReader) throws(ByteError) {
    recent = try [Int64](from: &reader)
    end = try Int64(from: &reader)
    calm = try Int(from: &reader)
    guard !(try Bool(from: &reader)) else { return }
    alert = SurgeAlert(
      brand: try String(from: &reader), startedAt: try Int64(from: &reader), endedAt: nil,
      complaints: try Int64(from: &reader), peak: try Int64(from: &reader),
      usual: try Double(from: &reader), threshold: try Double(from: &reader))
  }
}
