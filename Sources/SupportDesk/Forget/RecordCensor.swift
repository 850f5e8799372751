internal import Bytes
internal import Posts
package import Records

/// Tells what has to become of a record of the log for some posts and authors to be forgotten.
///
/// Not thread-safe; owned by one thread at a time.
package final class RecordCensor {
  private let posts: Set<String>
  private let authors: Set<String>
  /// In lower case.
  private let handles: Set<String>
  private var parser = PostParser()
  private var batch = PostBatch(capacity: 1 << 14)
  private var formats = RecordFormatHeaders.Reader()

  package init(posts: Set<String>, authors: Set<String>, handles: Set<String>) {
    self.posts = posts
    self.authors = authors
    self.handles = handles
  }

  /// Whether there is nothing to forget.
  package var isEmpty: Bool { posts.isEmpty && authors.isEmpty && handles.isEmpty }

  /// What is to become of `record`.
  package func fate(of record: Record) -> RecordFate {
    guard let value = record.value, !value.isEmpty else { return .keep }
    batch.removeAll()
    let headers = (try? record.headers()) ?? []
    guard let format = try? formats.format(of: headers),
      let kind = try? parser.parse(value, as: format, into: &batch)
    else { return fateOfUnreadable(value) }
    guard case .posts = kind else { return .keep }
    let named = RecordFormatHeaders.handle(in: headers)
    let doomed = (0..<batch.count).count { isDoomed(batch.posts[$0], named) }
    if doomed == batch.count { return .drop }
    guard case .json = format, doomed > 0 || mentions(value) else { return .keep }
    guard let tree = try? JSON(parsing: value), let rest = without(tree), rest != tree else {
      return .keep
    }
    return .replace(Array(rest.line.utf8))
  }

  private func isDoomed(_ post: Post, _ named: [UInt8]?) -> Bool {
    if !posts.isEmpty {
      if posts.contains(batch.string(post.id)) { return true }
      if post.rootID != post.id, posts.contains(batch.string(post.rootID)) { return true }
    }
    if !authors.isEmpty, authors.contains(batch.string(post.authorID)) { return true }
    guard !handles.isEmpty else { return false }
    let name =
      post.screenName.isEmpty
      ? named.map { String(decoding: $0, as: UTF8.self) } ?? "" : batch.string(post.screenName)
    return handles.contains(name.lowercased())
  }

  /// What nobody can read goes where it holds an id: whose it is cannot be told any better.
  private func fateOfUnreadable(_ value: UnsafeRawBufferPointer) -> RecordFate {
    mentions(value) ? .drop : .keep
  }

  /// Whether one of the ids stands in the bytes, as a word of its own.
  private func mentions(_ value: UnsafeRawBufferPointer) -> Bool {
    var start: Int?
    for place in 0...value.count {
      let isPart = place < value.count && Self.isPartOfID(value[place])
      if isPart {
        start = start ?? place
      } else if let from = start {
        start = nil
        // No id is shorter than this, and most words are.
        guard place - from > 3 else { continue }
        let word = String(
          decoding: UnsafeRawBufferPointer(rebasing: value[from..<place]), as: UTF8.self)
        if posts.contains(word) || authors.contains(word) { return true }
        if !handles.isEmpty, handles.contains(word.lowercased()) { return true }
      }
    }
    return false
  }

  private static func isPartOfID(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "-"),
      UInt8(ascii: ":"), UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: "~"):
      true
    default: false
    }
  }

  /// A page or an envelope without the posts and users that are to be forgotten.
  private func without(_ value: JSON) -> JSON? {
    switch value {
    case .array(let elements):
      return .array(elements.compactMap { isForgotten($0) ? nil : without($0) })
    case .object(let fields):
      return .object(
        fields.map { field in
          let isForgotten = isForgotten(field.value)
          return .init(field.name, isForgotten ? .null : without(field.value) ?? .null)
        })
    default: return value
    }
  }

  /// Whether an object is a post or a user that is to be forgotten.
  private func isForgotten(_ value: JSON) -> Bool {
    guard case .object = value else { return false }
    func text(_ name: String) -> String? {
      guard let found = value[name] else { return nil }
      if case .number(let digits) = found { return digits }
      return found.text
    }
    let isPost = value["text"] != nil || value["full_text"] != nil
    let isUser = value["username"] != nil || value["screen_name"] != nil
    for id in [text("id_str"), text("id")].compactMap({ $0 }) {
      if isPost, posts.contains(id) { return true }
      if isUser, authors.contains(id) { return true }
    }
    if isPost, let author = text("author_id"), authors.contains(author) { return true }
    guard !handles.isEmpty, isUser else { return false }
    return [text("username"), text("screen_name")].compactMap { $0?.lowercased() }
      .contains { handles.contains($0) }
  }
}
