/// The names of a CSV file's columns, and what they mean for posts. Parse it once a file.
package struct CSVHeader: Equatable, Sendable {
  /// The columns' names as written.
  package let names: [String]
  /// Which column holds which field of a post; of two columns with one name the first counts.
  let roles: [(name: FieldName, column: Int)]

  /// Reads a header row.
  package init(_ record: UnsafeRawBufferPointer) throws(PostError) {
    var row = CSVRow()
    try row.read(record)
    var names: [String] = []
    for column in 0..<row.count { names.append(row.string(column)) }
    self.init(names: names)
  }

  /// A header of these names.
  package init(names: [String]) {
    self.names = names
    let table = FieldTable()
    var roles: [(name: FieldName, column: Int)] = []
    for (column, name) in names.enumerated() {
      var folded = Array(Self.fold(name).utf8)
      let count = folded.count
      let found = folded.withUnsafeMutableBufferPointer { bytes in
        bytes.baseAddress.flatMap { table.find($0, count) }
      }
      guard let found, Self.isColumn(found), !roles.contains(where: { $0.name == found }) else {
        continue
      }
      roles.append((found, column))
    }
    self.roles = roles
  }

  /// How many columns.
  package var count: Int { names.count }

  /// The first column of this name, upper and lower case being the same; or nil.
  package func column(named name: String) -> Int? {
    names.firstIndex(of: name) ?? names.firstIndex { Self.fold($0) == Self.fold(name) }
  }

  /// Whether a column is known to hold the text of posts.
  package var hasText: Bool { textColumn != nil }

  /// The first such column.
  package var textColumn: Int? {
    roles.first { role in
      switch role.name {
      case .text, .fullText, .content, .body, .tweet, .tweetText, .message: true
      default: false
      }
    }?.column
  }

  package static func == (left: CSVHeader, right: CSVHeader) -> Bool { left.names == right.names }

  /// Lower case, trimmed, with `_` for what stands between words: `Tweet Id` is `tweet_id`.
  private static func fold(_ name: String) -> String {
    let trimmed = name.drop { $0.isWhitespace }
    let folded = trimmed.lowercased().map { $0 == " " || $0 == "." || $0 == "-" ? "_" : $0 }
    return String(folded.reversed().drop { $0.isWhitespace || $0 == "_" }.reversed())
  }

  /// Whether a column may hold this field; the others only make sense nested in JSON.
  private static func isColumn(_ name: FieldName) -> Bool {
    switch name {
    case .id, .idString, .tweetID, .postID, .text, .fullText, .content, .body, .tweet, .message,
      .tweetText, .createdAt, .date, .timestamp, .time, .tweetCreated, .timestampMillis,
      .screenName, .username, .user, .author, .handle, .name, .authorID, .userID, .lang, .language,
      .brand, .airline, .inbound, .replyStatusString, .replyStatus, .replyUserString, .replyUser,
      .inResponseTo, .conversation:
      true
    default: false
    }
  }
}
