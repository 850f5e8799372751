/// Who has asked how often, in windows of a fixed length that begin with the first request.
struct RateWindows {
  private struct Window {
    var end: Int64
    var used = 0
  }

  private var windows: [String: Window] = [:]
  /// What the latest request's answer is to say.
  private(set) var headers: [(name: String, value: String)] = []

  /// Counts a request; thrown: that it is one too many.
  mutating func count(
    _ key: String, limit: Int, length: Int64, now: Int64
  ) throws(Problem) {
    var window = windows[key] ?? Window(end: 0)
    if window.end <= now { window = Window(end: now + length) }
    window.used += 1
    let left = max(0, limit - window.used)
    windows[key] = window
    headers = Self.headers(limit: limit, left: left, end: window.end)
    if window.used > limit { throw .tooManyRequests }
  }

  /// What an answer says of a window.
  static func headers(limit: Int, left: Int, end: Int64) -> [(name: String, value: String)] {
    [
      ("x-rate-limit-limit", "\(limit)"), ("x-rate-limit-remaining", "\(left)"),
      // Whoever waits until then must find the window ended.
      ("x-rate-limit-reset", "\((end + 999) / 1_000)"),
    ]
  }

  /// Forgets what the request before was told.
  mutating func forgetHeaders() { headers = [] }
}
