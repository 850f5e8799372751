internal import Bytes
internal import Posts
internal import Streams
internal import Tables
internal import TextClassification

/// The query's second half: brings a batch's verdicts into the tables, inside one transaction.
///
/// A post has one row, whatever arrives: the same record read again renews it, another record of
/// the same post is a duplicate, and an edit takes the place of the version before it. The counts
/// follow the rows exactly.
struct VerdictWriter: ~Copyable {
  let tables: GrouseTables
  private let topic: [UInt8]
  private let labels: (complaint: [UInt8], other: [UInt8])
  private let model: [UInt8]
  private let brand: [UInt8]
  /// What the names begin with under which edits are kept.
  let edits: [UInt8]
  /// Whether there may be any: where there are none, nobody looks for a post's latest version.
  private var hasEdits: Bool
  /// Milliseconds that a post is kept for from when it was made; nil: for ever.
  private let retention: Int64?
  var values = BoundValues()
  var counts = MinuteCounts()
  var cases: CaseBook
  /// The ids of rows that the batch at hand has written or taken away.
  var written: Set<ByteKey> = []
  var subjectCounts = SubjectCounts()
  var forgotten = ForgottenPosts()
  /// The names of what the model says posts are about, in UTF-8.
  private let subjects: [[UInt8]]

  /// `hasEdits`: whether the tables may hold edited posts already.
  init(
    _ tables: GrouseTables, topic: String, brand: Brand,
    labels: (complaint: String, other: String), subjects: [String], model: String,
    hasEdits: Bool = true, retention: Int64? = nil
  ) {
    self.tables = tables
    self.topic = Array(topic.utf8)
    self.brand = Array(brand.key.utf8)
    edits = Self.edits(tables.scope)
    self.labels = (Array(labels.complaint.utf8), Array(labels.other.utf8))
    self.model = Array(model.utf8)
    self.hasEdits = hasEdits
    self.retention = retention
    self.subjects = subjects.map { Array($0.utf8) }
    cases = CaseBook(tables, scope: tables.scope)
  }

  /// What the names begin with under which edits are kept.
  static func edits(_ scope: String) -> [UInt8] { Array("\(scope)edits/".utf8) }

  /// What a batch brings, in its order.
  enum Change {
    case post(ClassifiedPost, Origin)
    /// A post was deleted by its author, or has to go; `again`: also from the log, though it was
    /// to be forgotten before.
    case deletion([UInt8], again: Bool)
    /// All of an author's posts are to go that were written until a time; nil: by now, and again
    /// from the log.
    case departure(ForgottenPosts.Kind, [UInt8], until: Int64?)
    /// A post is older than posts are kept. Its counts stay: they name nobody.
    case expiry([UInt8])
  }

  /// Writes the rows of a batch's posts, takes away those of the deleted ones, and counts into
  /// `totals` what became of them.
  mutating func write(
    _ changes: [Change], in transaction: any TableTransaction, now: Int64,
    _ totals: inout QueryTotals
  ) throws {
    counts.removeAll()
    subjectCounts.removeAll()
    cases.begin()
    written.removeAll(keepingCapacity: true)
    forgotten = try ForgottenPosts(transaction)
    // All are looked for before the first is written: the tables then put a batch's rows in the
    // order of their keys, since nobody asks for one between them.
    var items: [Item] = []
    items.reserveCapacity(changes.count)
    for case .post(let post, let origin) in changes {
      let id = [UInt8](post.bytes(post.post.id))
      items.append(
        Item(post: post, origin: origin, id: id, stored: try find(id, origin, transaction)))
    }
    var next = 0
    for change in changes {
      switch change {
      case .post:
        try write(items[next], now, transaction, &totals)
        next += 1
      case .deletion(let id, let again):
        totals.deleted += try forget(id, now, again: again, transaction)
      case .departure(let kind, let id, let until):
        try forgotten.insert(kind, id, until ?? now, again: until == nil, transaction)
      case .expiry(let id):
        if try expire(id, transaction) { totals.deleted += 1 }
      }
    }
    try forgotten.finish(transaction)
    try cases.finish(in: transaction)
    try counts.write(to: transaction, tables, &values)
    try subjectCounts.write(to: transaction, tables, &values)
  }

  /// The brand that a post counts for, as UTF-8.
  func brand(of post: ClassifiedPost) -> [UInt8] {
    post.post.brandTag.isEmpty ? brand : [UInt8](post.bytes(post.post.brandTag))
  }

  /// A row that stands in the tables.
  struct Stored {
    var key: RowKey
    var isOwnRecord: Bool
    var isComplaint: Bool
    /// Nil for a row that a model without topics, or an earlier program, has written.
    var subject: [UInt8]?
  }

  /// The primary key of a post's row, and of its count and case.
  struct RowKey: Hashable {
    var brand: [UInt8]
    /// Milliseconds since 1970.
    var createdAt: Int64
  }

  /// A post to be written.
  private struct Item {
    var post: ClassifiedPost
    var origin: Origin
    var id: [UInt8]
    /// What stood in the tables before the batch.
    var stored: Stored?
  }

  private mutating func write(
    _ item: Item, _ now: Int64, _ transaction: any TableTransaction, _ totals: inout QueryTotals
  ) throws {
    let (post, origin, id) = (item.post, item.origin, item.id)
    if try isForgotten(post, id, now, transaction) {
      totals.forgotten += 1
      return
    }
    if try isSuperseded(post, id, transaction) {
      totals.edits += 1
      return
    }
    // What the batch itself has written since was not there when it was looked for.
    let isFirst = written.insert(ByteKey(id)).inserted
    var stored = isFirst ? item.stored : try find(id, origin, transaction)
    let isNew = stored == nil
    if let known = stored, !known.isOwnRecord {
      guard post.post.isUpdate else {
        totals.duplicates += 1
        return
      }
      // Another text has another part in cases.
      try remove(id, transaction)
      stored = nil
    }
    let key =
      stored?.key
      ?? RowKey(brand: brand(of: post), createdAt: post.post.createdAt ?? post.recordTime)
    if isNew {
      totals.new += 1
    } else {
      totals.renewed += 1
    }
    if post.isComplaint { totals.complaints += 1 }
    let subject = post.subject.map { subjects[$0.place] }
    try insert(post, origin, id, key, subject, transaction)
    counts.add(
      key, posts: stored == nil ? 1 : 0,
      complaints: (post.isComplaint ? 1 : 0) - (stored?.isComplaint == true ? 1 : 0))
    if let stored {
      subjectCounts.add(
        key, stored.subject, posts: -1, complaints: stored.isComplaint ? -1 : 0)
    }
    subjectCounts.add(key, subject, posts: 1, complaints: post.isComplaint ? 1 : 0)
    let was = stored?.isComplaint == true
    guard post.isComplaint || was else { return }
    let complaint = complaint(post, id, key, subject)
    switch (was, post.isComplaint) {
    case (true, true): try cases.renew(complaint, in: transaction)
    case (false, _): try cases.add(complaint, in: transaction)
    case (true, false): try cases.remove(complaint, in: transaction)
    }
  }

  /// Whether a post was to be forgotten, or is older than posts are kept.
  private func isForgotten(
    _ post: ClassifiedPost, _ id: [UInt8], _ now: Int64, _ transaction: any TableTransaction
  ) throws -> Bool {
    let time = post.post.createdAt ?? post.recordTime
    if try forgotten.contains(post, id, at: time, transaction) {
      try forgotten.note(id, now, transaction)
      return true
    }
    return retention.map { time < now - $0 } ?? false
  }

  private func complaint(
    _ post: ClassifiedPost, _ id: [UInt8], _ key: RowKey, _ subject: [UInt8]?
  ) -> Complaint {
    func field(_ range: ByteRange) -> ArraySlice<UInt8>? {
      range.isEmpty ? nil : post.bytes(range)
    }
    let text = post.bytes(post.post.text)
    return Complaint(
      brand: key.brand, member: Members.Member(createdAt: key.createdAt, id: id),
      author: field(post.post.authorID), conversation: field(post.post.conversationID),
      screenName: field(post.post.screenName), text: text, probability: post.probability,
      words: post.words, subject: subject,
      pasted: post.isComplaint ? post.fingerprint : text.withUnsafeBytes { PastedText($0) })
  }

  /// Keeps, for posts that were edited, the latest version's id by the first one's; removes the row
  /// of the version before. True where `post` is an earlier version than one that is stored.
  private mutating func isSuperseded(
    _ post: ClassifiedPost, _ id: [UInt8], _ transaction: any TableTransaction
  ) throws -> Bool {
    let root = [UInt8](post.bytes(post.post.rootID))
    if !hasEdits, id == root { return false }
    let name = edits + root
    let latest = try transaction.state(name)
    if let latest, Self.isEarlier(id, latest) { return true }
    guard id != root, id != latest else { return false }
    try remove(latest ?? root, transaction)
    hasEdits = true
    try transaction.setState(name, id)
    return false
  }

  /// Ids are numbers that rise with time; the shorter is the smaller.
  private static func isEarlier(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.count == right.count ? left.lexicographicallyPrecedes(right) : left.count < right.count
  }

  mutating func find(
    _ id: [UInt8], _ origin: Origin?, _ transaction: any TableTransaction
  ) throws -> Stored? {
    values.removeAll()
    values.append(id)
    guard let row = try transaction.execute(tables.findPost, values).rows.first,
      row.count == 8, let brand = row[0], let createdAt = row[2]
    else { return nil }
    let isOwn =
      origin.map { origin in
        row[3] == topic && row[4] == bigEndian(Int32(clamping: origin.partition))
          && row[5] == bigEndian(origin.offset)
      } ?? false
    return Stored(
      key: RowKey(brand: brand, createdAt: createdAt.bigEndianInteger()), isOwnRecord: isOwn,
      isComplaint: row[6] == bigEndian(1.0.bitPattern), subject: row[7])
  }

  private mutating func insert(
    _ post: ClassifiedPost, _ origin: Origin, _ id: [UInt8], _ key: RowKey, _ subject: [UInt8]?,
    _ transaction: any TableTransaction
  ) throws {
    values.removeAll()
    values.append(key.brand)
    values.append(key.day)
    values.append(key.createdAt)
    values.append(id)
    appendUUID(of: id)
    append(post.post.authorID, post)
    append(post.post.screenName, post)
    values.append(post.bytes(post.post.text))
    append(post.post.language, post)
    values.append(post.post.kind)
    append(post.post.inReplyToID, post)
    append(post.post.conversationID, post)
    values.append(post.isComplaint ? 1.0 : 0.0)
    values.append(post.probability)
    values.append(post.isComplaint ? labels.complaint : labels.other)
    values.append(model)
    values.append(post.words)
    values.append(topic)
    values.append(Int32(clamping: origin.partition))
    values.append(origin.offset)
    values.append(optional: subject)
    if let subject = post.subject {
      values.append(subject.probability)
    } else {
      values.appendNull()
    }
    try transaction.execute(tables.insertPost, values)
  }

  private mutating func append(_ field: ByteRange, _ post: ClassifiedPost) {
    if field.isEmpty {
      values.appendNull()
    } else {
      values.append(post.bytes(field))
    }
  }

  /// A version 8 UUID (RFC 9562: bytes of one's own making) that is a hash of the post's id, so
  /// that the same post has the same one always and everywhere.
  private mutating func appendUUID(of id: [UInt8]) {
    let (high, low) = id.withUnsafeBytes { Murmur.hash3x128($0, signExtendedTail: false) }
    let version = high & 0xFFFF_FFFF_FFFF_0FFF | 0x8000
    let variant = low & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
    withUnsafeBytes(of: (version.bigEndian, variant.bigEndian)) { values.append($0) }
  }
}

extension VerdictWriter.RowKey {
  /// The day as CQL's `date` encodes it.
  var day: UInt32 { UInt32(truncatingIfNeeded: createdAt.floorDivided(by: 86_400_000) + 1 << 31) }

  /// The minute, milliseconds since 1970.
  var minute: Int64 { createdAt.floorDivided(by: 60_000) * 60_000 }

  /// The hour, milliseconds since 1970.
  var hour: Int64 { createdAt.floorDivided(by: 3_600_000) * 3_600_000 }
}

extension Int64 {
  fileprivate func floorDivided(by divisor: Int64) -> Int64 {
    self >= 0 ? self / divisor : (self - divisor + 1) / divisor
  }
}

extension [UInt8] {
  /// The number in eight bytes, most significant first; 0 where there are not eight.
  func bigEndianInteger() -> Int64 {
    count == 8 ? reduce(0) { $0 << 8 | Int64($1) } : 0
  }
}

extension Post {
  fileprivate var kind: String {
    isRetweet ? "retweet" : isReply ? "reply" : isQuote ? "quote" : "post"
  }
}
