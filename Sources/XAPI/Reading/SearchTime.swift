internal import Machine

/// Times as X's searches take them: whole seconds.
enum SearchTime {
  static func text(_ milliseconds: Int64) -> String {
    String(UTCTime.text(milliseconds: milliseconds).prefix(19)) + "Z"
  }
}
