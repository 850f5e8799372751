internal import Bytes
internal import Posts
package import Records

/// Tells the ids in records of the log that X may have given: those of posts, or of users. Also
/// those of what a post quotes or repeats: a record holds its text, too.
///
/// Not thread-safe; owned by one thread at a time.
package final class RecordIDs {
  /// Whose ids are told.
  package enum Kind: Sendable {
    case posts, users
  }

  private let kind: Kind
  private var parser = PostParser()
  private var batch = PostBatch(capacity: 1 << 14)
  private var formats = RecordFormatHeaders.Reader()
  /// Names of fields that hold posts or users beside the one that a record is of.
  private let names: [[UInt8]]

  package init(_ kind: Kind) {
    self.kind = kind
    let common = ["retweeted_status", "quoted_status"]
    names = (common + (kind == .posts ? ["tweets", "posts"] : ["users"])).map { Array($0.utf8) }
  }

  /// Shows `body` each id, some of them more than once.
  package func visit(_ record: Record, _ body: (UInt64) -> Void) {
    guard let value = record.value, !value.isEmpty else { return }
    batch.removeAll()
    var isRead = false
    let headers = (try? record.headers()) ?? []
    if let format = try? formats.format(of: headers),
      (try? parser.parse(value, as: format, into: &batch)) != nil
    {
      isRead = true
      for post in batch.posts {
        let range = kind == .posts ? post.id : post.authorID
        if let id = Self.number(batch.bytes(range)) { body(id) }
      }
    }
    // Of what the parser cannot read, JSON may be readable all the same.
    guard !isRead || hasNestedPosts(value), let tree = try? JSON(parsing: value) else { return }
    visit(tree, body)
  }

  /// The number that an id of X's is; nil for what is none.
  package static func number(_ id: some Collection<UInt8>) -> UInt64? {
    guard (1...19).contains(id.count), id.first != UInt8(ascii: "0") else { return nil }
    var number: UInt64 = 0
    for byte in id {
      guard byte &- UInt8(ascii: "0") < 10 else { return nil }
      number = number * 10 + UInt64(byte - UInt8(ascii: "0"))
    }
    return number
  }

  private func hasNestedPosts(_ value: UnsafeRawBufferPointer) -> Bool {
    var place = 0
    while let quote = value[place...].firstIndex(of: UInt8(ascii: "\"")) {
      place = quote + 1
      for name in names where value[place...].starts(with: name) {
        let end = place + name.count
        if end < value.count, value[end] == UInt8(ascii: "\"") { return true }
      }
    }
    return false
  }

  private func visit(_ value: JSON, _ body: (UInt64) -> Void) {
    switch value {
    case .array(let elements): for element in elements { visit(element, body) }
    case .object(let fields):
      let isPost = value["text"] != nil || value["full_text"] != nil
      let isUser = !isPost && (value["username"] != nil || value["screen_name"] != nil)
      if isPost, kind == .users { tell(value["author_id"], body) }
      if isPost && kind == .posts || isUser && kind == .users {
        tell(value["id_str"] ?? value["id"], body)
      }
      for field in fields { visit(field.value, body) }
    default: break
    }
  }

  private func tell(_ id: JSON?, _ body: (UInt64) -> Void) {
    let digits: String? = if case .number(let digits)? = id { digits } else { id?.text }
    if let number = digits.flatMap({ Self.number($0.utf8) }) { body(number) }
  }
}
