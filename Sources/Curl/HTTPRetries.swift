/// When a request is sent again: where the answer says that the server, or nobody, was there, and
/// where sending it twice is the same as once.
package struct HTTPRetries: Sendable {
  /// How often it is sent again.
  package var count = 3
  /// Milliseconds before the second time; doubled for each one more.
  package var first = 250
  /// Milliseconds at most.
  package var longest = 8_000
  /// What waits of ours are multiplied with; never one that the server named.
  package var scale = 1.0
  /// From 0 to below 1, which spreads the requests of many clients.
  package var random: @Sendable () -> Double = { Double.random(in: 0..<1) }

  /// A longer time than this that a server names is the caller's to wait for.
  private static let longestNamed = 60_000
  private static let idempotent: Set = ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"]

  package init() {}

  /// Whether doing what a method asks for twice is the same as once.
  static func isIdempotent(_ method: String) -> Bool { idempotent.contains(method) }

  /// Milliseconds to wait before a request is sent again that was sent `attempt` times before;
  /// nil: not again.
  package func wait(
    after outcome: Result<HTTPResponse, CurlError>, to method: String, attempt: Int
  ) -> Int? {
    guard attempt < count, Self.isIdempotent(method) else { return nil }
    switch outcome {
    case .failure(.noConnection), .failure(.timedOut), .failure(.silent), .failure(.failed): break
    case .failure(.cancelled), .failure(.tooLarge): return nil
    case .success(let response):
      guard [408, 425, 500, 502, 503, 504].contains(response.status) else { return nil }
      if let named = response[header: "Retry-After"].flatMap({ Int($0) }) {
        return named >= 0 && named * 1_000 <= Self.longestNamed ? named * 1_000 : nil
      }
    }
    let doubled = min(Double(first) * Double(1 << min(attempt, 30)), Double(longest))
    return Int(doubled * (0.5 + random() / 2) * scale)
  }
}
