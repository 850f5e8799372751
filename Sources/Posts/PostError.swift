/// Why a record could not be read as posts, and where.
package struct PostError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is wrong with a record.
  package enum Reason: Equatable, Sendable {
    /// A byte that JSON does not allow at this place.
    case notJSON
    /// The record ends in the middle of a JSON value.
    case truncated
    /// Bytes stand after the end of the JSON value.
    case trailingBytes
    /// A backslash in a JSON string is followed by something else than an escape.
    case badEscape
    /// A JSON number is malformed.
    case badNumber
    /// A raw control character stands in a JSON string.
    case controlCharacter
    /// The bytes are not UTF-8.
    case invalidUTF8
    /// Arrays and objects nest deeper than `Limits.nestingDepth`.
    case tooDeep
    /// The record is longer than `Limits.recordBytes`.
    case recordTooLong
    /// A text is longer than `Limits.textBytes` or another field than `Limits.fieldBytes`.
    case fieldTooLong
    /// One record holds more than `Limits.pagePosts` posts on a page.
    case tooManyPosts
    /// A CSV row or header has more than `Limits.columns` columns.
    case tooManyColumns
    /// The JSON value is neither an object nor an array of objects.
    case notAnObject
    /// No field holds the text of a post.
    case noText
    /// The text is empty or only white space.
    case blankText
    /// A post of the X API has no id.
    case noID
    /// A quoted CSV field does not end.
    case unterminatedQuote
    /// A CSV row has another number of fields than its header.
    case columnCount(expected: Int, found: Int)
    /// The batch holds `Limits.batchBytes`; clear it and parse the record again.
    case batchFull
  }

  /// What is wrong.
  package let reason: Reason
  /// The byte of the record where it was noticed, from 0.
  package let offset: Int

  package init(_ reason: Reason, at offset: Int = 0) {
    self.reason = reason
    self.offset = offset
  }

  package var description: String { "\(explanation) at byte \(offset)" }

  private var explanation: String {
    switch reason {
    case .notJSON: "not JSON: unexpected character"
    case .truncated: "not JSON: the record ends too early"
    case .trailingBytes: "not JSON: more text after the end of the value"
    case .badEscape: "not JSON: bad escape in a string"
    case .badNumber: "not JSON: malformed number"
    case .controlCharacter: "not JSON: raw control character in a string"
    case .invalidUTF8: "not UTF-8"
    case .tooDeep: "nested deeper than \(Limits.nestingDepth) levels"
    case .recordTooLong: "the record is longer than \(Limits.recordBytes) bytes"
    case .fieldTooLong:
      "a text longer than \(Limits.textBytes) bytes or another field longer than "
        + "\(Limits.fieldBytes) bytes"
    case .tooManyPosts: "more than \(Limits.pagePosts) posts in one record"
    case .tooManyColumns: "more than \(Limits.columns) columns"
    case .notAnObject: "neither a JSON object nor an array of objects"
    case .noText: "no field holds the text of a post"
    case .blankText: "the text is empty"
    case .noID: "the post has no id"
    case .unterminatedQuote: "a quoted field does not end"
    case .columnCount(let expected, let found):
      "the row has \(found) fields where the header has \(expected)"
    case .batchFull: "the batch is full; clear it before parsing more"
    }
  }
}
