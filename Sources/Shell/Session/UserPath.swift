#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Paths as users write them.
package enum UserPath {
  /// `~/…` is in the user's home.
  static func expand(_ path: String) -> String {
    guard path == "~" || path.hasPrefix("~/"), let home = variable("HOME") else { return path }
    return home + path.dropFirst()
  }

  /// Where the lines typed at the shell are kept; nil where the user has no home.
  package static var history: String? {
    if let state = variable("XDG_STATE_HOME"), state.hasPrefix("/") {
      return state + "/grouse/cql_history"
    }
    return variable("HOME").map { $0 + "/.local/state/grouse/cql_history" }
  }

  private static func variable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
  }
}
