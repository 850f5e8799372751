internal import Tables

/// Times of records, as commands take and show them.
enum RecordTime {
  /// Milliseconds since 1970 of a time such as `2026-11-20T18:00:00Z`; nil where it is none.
  static func parse(_ text: String) -> Int64? { CalendarTime.parse(text) }

  /// A time for people and for JSON.
  static func format(_ milliseconds: Int64) -> String {
    CalendarTime.format(milliseconds: milliseconds, suffix: "Z")
  }
}
