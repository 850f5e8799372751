internal import Bytes
internal import Posts
package import Records

/// Tells what has to become of a record of the log for some posts and authors to be forgotten.
///
/// Not thread-safe; owned by one thread at a time.
package final class RecordCensor {
  private let posts: Set<String>
  /// The last parts of Bluesky's addresses: the raw records have the parts one by one.
  private let keys: Set<String>
  /// Until when an author's posts have to go, in milliseconds since 1970.
  private let authors: [String: Int64]
  /// In lower case.
  private let handles: [String: Int64]
  private var parser = PostParser()
  private var batch = PostBatch(capacity: 1 << 14)
  private var formats = RecordFormatHeaders.Reader()
  private var found: Set<String> = []

  package init(_ pending: Forgetting.Pending) {
    posts = pending.posts
    keys = Set(
      posts.lazy.filter { $0.hasPrefix("at://") }
        .compactMap { $0.split(separator: "/").last.map(String.init) })
    authors = pending.authors
    handles = pending.handles
  }

  /// How many there are that `takeFound` would tell.
  package var foundCount: Int { found.count }

  /// The ids of the posts that had to go, since this was last asked, though nobody named them:
  /// their authors, or other versions of them, were named.
  package func takeFound() -> Set<String> {
    defer { found.removeAll() }
    return found
  }

  /// What is to become of `record`. `isOfPosts`: the topic holds posts, so that what cannot be read
  /// there is taken for a broken post, and goes where it holds an id.
  package func fate(of record: Record, isOfPosts: Bool) -> RecordFate {
    guard let value = record.value, !value.isEmpty else { return .keep }
    batch.removeAll()
    let headers = (try? record.headers()) ?? []
    guard let format = try? formats.format(of: headers),
      let kind = try? parser.parse(value, as: format, into: &batch)
    else { return isOfPosts && mentions(value) ? .drop : .keep }
    guard case .posts = kind else { return .keep }
    let named = RecordFormatHeaders.handle(in: headers)
    var doomed = 0
    for post in batch.posts where isDoomed(post, named, record.timestamp) {
      doomed += 1
      let id = batch.string(post.id)
      if !posts.contains(id) { found.insert(id) }
    }
    if doomed == batch.count { return .drop }
    guard case .json = format, doomed > 0 || mentions(value) else { return .keep }
    guard let tree = try? JSON(parsing: value),
      let rest = without(tree, madeAt: record.timestamp), rest != tree
    else {
      return .keep
    }
    return .replace(Array(rest.line.utf8))
  }

  private func isDoomed(_ post: Post, _ named: [UInt8]?, _ recordTime: Int64) -> Bool {
    if !posts.isEmpty {
      if posts.contains(batch.string(post.id)) { return true }
      if post.rootID != post.id, posts.contains(batch.string(post.rootID)) { return true }
    }
    let time = post.createdAt ?? recordTime
    if !authors.isEmpty, !post.authorID.isEmpty,
      let until = authors[batch.string(post.authorID)], time <= until
    {
      return true
    }
    guard !handles.isEmpty else { return false }
    let name =
      post.screenName.isEmpty
      ? named.map { String(decoding: $0, as: UTF8.self) } ?? "" : batch.string(post.screenName)
    return handles[name.lowercased()].map { time <= $0 } ?? false
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
        // No id or handle is shorter than this, and many words are.
        guard place - from > 2 else { continue }
        let word = String(
          decoding: UnsafeRawBufferPointer(rebasing: value[from..<place]), as: UTF8.self)
        if isNamed(Substring(word)) { return true }
        // A handle may be any word: it is one behind a mark, or as the whole of a string.
        let isMarked =
          from > 0 && [UInt8(ascii: "@"), UInt8(ascii: "\"")].contains(value[from - 1])
        if isMarked, !handles.isEmpty, handles[word.lowercased()] != nil { return true }
        // An id may be a part of an address, or end a sentence.
        let parts = word.split { $0 == "/" || $0 == ":" || $0 == "." }
        if parts.count > 1 || parts.first?.count != word.count, parts.contains(where: isNamed) {
          return true
        }
      }
    }
    return false
  }

  private func isNamed(_ word: Substring) -> Bool {
    let word = String(word)
    return posts.contains(word) || keys.contains(word) || authors[word] != nil
  }

  private static func isPartOfID(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "-"),
      UInt8(ascii: ":"), UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: "~"):
      true
    default: false
    }
  }

  /// A page or an envelope without the posts and users that are to be forgotten; `time` is when the
  /// post around was made.
  private func without(_ value: JSON, madeAt time: Int64) -> JSON? {
    switch value {
    case .array(let elements):
      return .array(
        elements.compactMap { isForgotten($0, time) ? nil : without($0, madeAt: time) })
    case .object(let fields):
      let time = made(value) ?? time
      return .object(
        fields.map { field in
          let isForgotten = isForgotten(field.value, time)
          return .init(
            field.name, isForgotten ? .null : without(field.value, madeAt: time) ?? .null)
        })
    default: return value
    }
  }

  /// Whether an object is a post or a user that is to be forgotten.
  private func isForgotten(_ value: JSON, _ time: Int64) -> Bool {
    guard case .object = value else { return false }
    let isPost = value["text"] != nil || value["full_text"] != nil
    let isUser = value["username"] != nil || value["screen_name"] != nil
    let ids = [text(value["id_str"]), text(value["id"])].compactMap { $0 }
    let time = made(value) ?? time
    func isPast(_ until: Int64?) -> Bool { until.map { time <= $0 } ?? false }
    if isPost {
      if ids.contains(where: posts.contains) { return true }
      if let author = text(value["author_id"]), isPast(authors[author]) { return true }
      // Version 1.1 has the author within the post.
      if let user = value["user"], isForgotten(user, time) { return true }
    }
    guard isUser, !isPost else { return false }
    return ids.contains { isPast(authors[$0]) }
      || [value["username"]?.text, value["screen_name"]?.text].compactMap { $0?.lowercased() }
        .contains { isPast(handles[$0]) }
  }

  /// When a post was made; what a user has under the same name is of no matter here.
  private func made(_ value: JSON) -> Int64? {
    guard value["text"] != nil || value["full_text"] != nil || value["data"] != nil else {
      return nil
    }
    return (value["data"]?["created_at"] ?? value["created_at"])?.text.flatMap { text in
      Array(text.utf8).withUnsafeBytes { PostTime.parse($0) }
    }
  }

  /// A string, or a number's digits.
  private func text(_ value: JSON?) -> String? {
    if case .number(let digits)? = value { return digits }
    return value?.text
  }
}
