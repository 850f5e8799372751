package import Curl

/// What keeps a request to X from its answer.
package enum XError: Error, Hashable, CustomStringConvertible {
  /// X was not reached, or did not answer in time.
  case network(CurlError)
  /// X refuses: status and reason.
  case refused(status: Int, XProblem)
  /// The posts or credits of the account are used up.
  case usageCapped(XProblem)
  /// There would be no end of waiting for leave to ask.
  case rateLimited(seconds: Int)
  /// The answer is none of X's.
  case unreadable(path: String, reason: String)
  /// No way to sign in was configured that this request takes.
  case noCredentials(String)
  /// What was asked cannot be sent.
  case invalid(String)
  case cancelled

  /// Whether it may be over in a while.
  package var isPassing: Bool {
    switch self {
    case .network, .rateLimited, .unreadable: true
    case .refused(let status, _): status >= 500 || [408, 420, 425, 429].contains(status)
    case .usageCapped, .noCredentials, .invalid, .cancelled: false
    }
  }

  package var description: String {
    switch self {
    case .network(let error): "X was not reached: \(error)"
    case .refused(401, let problem):
      "X does not take the credentials (401, \(problem)): check GROUSE_X_BEARER_TOKEN or the keys, "
        + "or sign in again with `grouse x login`"
    case .refused(let status, let problem): "X refuses (\(status)): \(problem)"
    case .usageCapped(let problem):
      "X delivers no more: \(problem); more credits, or the next month, will mend it"
    case .rateLimited(let seconds):
      "X takes no more such requests for \(seconds) s; ask later, or for less"
    case .unreadable(let path, let reason): "the answer to \(path) cannot be read: \(reason)"
    case .noCredentials(let what): what
    case .invalid(let what): what
    case .cancelled: "the request was cancelled"
    }
  }
}
