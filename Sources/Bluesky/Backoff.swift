/// How long to wait before the next attempt to connect: longer each time, never twice the same.
struct Backoff: Sendable {
  private static let first = 500.0
  private static let longest = 60_000.0
  private let scale: Double
  private var attempts = 0

  init(scale: Double) { self.scale = scale }

  /// Something has come: the next failure is a first one again.
  mutating func progressed() { attempts = 0 }

  /// Milliseconds until the next attempt; `random` is from 0 to 1.
  mutating func next(random: Double) -> Int {
    let ceiling = min(Self.first * Double(UInt64(1) << UInt64(min(attempts, 16))), Self.longest)
    attempts += 1
    // Half of it is sure, so that many who lost the same server come back one after the other.
    return Int(ceiling * (0.5 + random / 2) * scale)
  }
}
