#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The door to time. Engines receive one, so that tests decide what time it is.
package struct Clock: Sendable {
  private let source: @Sendable () -> Int64
  /// What has been given of this clock's times, by it and its copies.
  package let moments = Moments()

  /// A clock that reads microseconds since 1970-01-01 UTC from `source`.
  package init(microseconds source: @escaping @Sendable () -> Int64) { self.source = source }

  /// The machine's wall clock.
  package static let system = Clock {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
  }

  /// Microseconds since 1970-01-01 UTC.
  package var microseconds: Int64 { source() }
  /// Milliseconds since 1970-01-01 UTC.
  package var milliseconds: Int64 { source() / 1_000 }

  /// Seconds that only grow, for measuring how long something took.
  package static func monotonicSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
