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
    headers = [
      ("x-rate-limit-limit", "\(limit)"), ("x-rate-limit-remaining", "\(left)"),
      // Whoever waits until then must find the window ended.
      ("x-rate-limit-reset", "\((window.end + 999) / 1_000)"),
    ]
    if window.used > limit { throw .tooManyRequests }
  }

  /// Forgets what the request before was told.
  mutating func forgetHeaders() { headers = [] }
}
