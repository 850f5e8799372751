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

  /// The files that a path, a pattern, or several of these with commas between name. Where nothing
  /// is found, the path as it is: opening it will say so.
  static func files(_ text: String) -> [String] {
    let whole = expand(text)
    if access(whole, F_OK) == 0 { return [whole] }
    let found = text.split(separator: ",").flatMap { matches(expand(String($0.trimmed))) }
    return found.isEmpty ? [whole] : found
  }

  private static func matches(_ pattern: String) -> [String] {
    var found = glob_t()
    defer { globfree(&found) }
    // A name without a pattern in it is kept, though there may be no such file.
    guard glob(pattern, GLOB_NOMAGIC, nil, &found) == 0 else { return [] }
    return (0..<Int(found.gl_pathc)).compactMap { found.gl_pathv[$0].map { String(cString: $0) } }
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
