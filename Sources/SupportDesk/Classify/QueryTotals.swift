/// What a query has done with the records it read.
package struct QueryTotals: Hashable, Sendable {
  /// Records read from the topic.
  package var read = 0
  /// Posts that passed the filter.
  package var kept = 0
  /// Kept posts that had no row before.
  package var new = 0
  /// Kept posts that were there already, from another record.
  package var duplicates = 0
  /// Kept posts whose own record was read again: their verdict was renewed.
  package var renewed = 0
  /// Rows replaced by a later edit of the same post, or records of a version edited since.
  package var edits = 0
  package var retweets = 0
  package var otherLanguages = 0
  package var ownAnswers = 0
  /// Keep-alives, disconnect notices and the like: no posts.
  package var control = 0
  /// Records that went to the dead letters.
  package var unreadable = 0
  /// Rows taken away because their posts were deleted.
  package var deleted = 0
  /// Posts passed over because they are to be forgotten.
  package var forgotten = 0
  /// Complaints among new and renewed posts.
  package var complaints = 0

  package init() {}

  /// All counts by name.
  package var fields: [(name: String, count: Int)] {
    [
      ("read", read), ("kept", kept), ("new", new), ("duplicates", duplicates),
      ("renewed", renewed), ("edits", edits), ("retweets", retweets),
      ("other_languages", otherLanguages), ("own_answers", ownAnswers), ("control", control),
      ("unreadable", unreadable), ("deleted", deleted), ("forgotten", forgotten),
      ("complaints", complaints),
    ]
  }

  /// Adds another's counts.
  package static func += (left: inout QueryTotals, right: QueryTotals) {
    left.read += right.read
    left.kept += right.kept
    left.new += right.new
    left.duplicates += right.duplicates
    left.renewed += right.renewed
    left.edits += right.edits
    left.retweets += right.retweets
    left.otherLanguages += right.otherLanguages
    left.ownAnswers += right.ownAnswers
    left.control += right.control
    left.unreadable += right.unreadable
    left.deleted += right.deleted
    left.forgotten += right.forgotten
    left.complaints += right.complaints
  }
}
