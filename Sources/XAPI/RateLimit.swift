package import Curl
internal import Synchronization

/// What an answer's headers say of how often one may ask.
package struct RateLimit: Hashable, Sendable {
  package var limit: Int?
  package var remaining: Int?
  /// Milliseconds since 1970.
  package var reset: Int64?

  package init(limit: Int? = nil, remaining: Int? = nil, reset: Int64? = nil) {
    self.limit = limit
    self.remaining = remaining
    self.reset = reset
  }

  /// Reads `x-rate-limit-…`, and `retry-after` where that is all.
  package init(_ answer: HTTPResponse, now: Int64) {
    func number(_ name: String) -> Int64? {
      answer[header: name].flatMap { Int64($0) }.flatMap { $0 >= 0 && $0 < 1 << 40 ? $0 : nil }
    }
    limit = number("x-rate-limit-limit").map(Int.init)
    remaining = number("x-rate-limit-remaining").map(Int.init)
    reset =
      number("x-rate-limit-reset").map { $0 * 1_000 }
      ?? number("retry-after").map { now + $0 * 1_000 }
  }

  /// Milliseconds until one may ask again, where there is nothing left until then.
  package func wait(now: Int64) -> Int? {
    guard let reset, reset > now, remaining ?? 0 <= 0 else { return nil }
    return Int(min(reset - now, Int64(Limits.namedWait)))
  }
}

/// What is known of each kind of request.
final class RateLimits: Sendable {
  private let known = Mutex<[String: RateLimit]>([:])

  func note(_ limit: RateLimit, of kind: String) {
    known.withLock { $0[kind] = limit }
  }

  /// Milliseconds until a request of this kind can succeed; nil: now.
  func wait(for kind: String, now: Int64) -> Int? {
    known.withLock { $0[kind] }?.wait(now: now)
  }
}
