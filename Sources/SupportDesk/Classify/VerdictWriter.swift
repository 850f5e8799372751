internal import Bytes
internal import Posts
internal import Tables
internal import TextClassification

/// The query's second half: brings a batch's verdicts into the tables, inside one transaction.
///
/// A post has one row, whatever arrives: the same record read again renews it, another record of
/// the same post is a duplicate, and an edit takes the place of the version before it. The counts
/// follow the rows exactly.
struct VerdictWriter: ~Copyable {
  private let tables: GrouseTables
  private let topic: [UInt8]
  private let labels: (complaint: String, other: String)
  private let model: String
  private let brand: [UInt8]
  private var values = BoundValues()
  private var counts = MinuteCounts()
  private var subjectCounts = SubjectCounts()
  /// The names of what the model says posts are about, in UTF-8.
  private let subjects: [[UInt8]]

  init(
    _ tables: GrouseTables, topic: String, brand: Brand,
    labels: (complaint: String, other: String), subjects: [String], model: String
  ) {
    self.tables = tables
    self.topic = Array(topic.utf8)
    self.brand = Array(brand.key.utf8)
    self.labels = labels
    self.model = model
    self.subjects = subjects.map { Array($0.utf8) }
  }

  /// Writes all rows of `batch` and counts into `totals` what became of its posts.
  mutating func write(
    _ batch: ClassifiedBatch, in transaction: any TableTransaction, _ totals: inout QueryTotals
  ) throws {
    counts.removeAll()
    subjectCounts.removeAll()
    for verdict in batch.classified {
      let post = batch.posts.posts[verdict.number]
      try write(verdict, post, batch, transaction, &totals)
    }
    try counts.write(to: transaction, tables, &values)
    try subjectCounts.write(to: transaction, tables, &values)
  }

  /// A row that stands in the tables.
  private struct Stored {
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

  private mutating func write(
    _ verdict: ClassifiedPost, _ post: Post, _ batch: ClassifiedBatch,
    _ transaction: any TableTransaction, _ totals: inout QueryTotals
  ) throws {
    let id = batch.posts.bytes(post.id)
    if try isSuperseded(post, batch, transaction) {
      totals.edits += 1
      return
    }
    let stored = try find(id, verdict, transaction)
    if let stored, !stored.isOwnRecord {
      totals.duplicates += 1
      return
    }
    let tag = batch.posts.bytes(post.brandTag)
    let key =
      stored?.key
      ?? RowKey(
        brand: tag.isEmpty ? brand : [UInt8](tag), createdAt: post.createdAt ?? verdict.recordTime)
    if stored == nil {
      totals.new += 1
    } else {
      totals.renewed += 1
    }
    if verdict.isComplaint { totals.complaints += 1 }
    try insert(verdict, post, key, batch, transaction)
    counts.add(
      key, posts: stored == nil ? 1 : 0,
      complaints: (verdict.isComplaint ? 1 : 0) - (stored?.isComplaint == true ? 1 : 0))
    if let stored {
      subjectCounts.add(
        key, stored.subject, posts: -1, complaints: stored.isComplaint ? -1 : 0)
    }
    subjectCounts.add(
      key, verdict.subject.map { subjects[$0.place] }, posts: 1,
      complaints: verdict.isComplaint ? 1 : 0)
    if verdict.isComplaint && stored?.isComplaint == true {
      try renewCase(verdict, post, key, batch, transaction)
    } else if verdict.isComplaint {
      try openCase(verdict, post, key, batch, transaction)
    } else if !verdict.isComplaint, stored?.isComplaint == true {
      try withdrawCase(id, key, transaction)
    }
  }

  /// Keeps, for posts that were edited, the latest version's id by the first one's; removes the row
  /// of the version before. True where `post` is an earlier version than one that is stored.
  private mutating func isSuperseded(
    _ post: Post, _ batch: ClassifiedBatch, _ transaction: any TableTransaction
  ) throws -> Bool {
    let root = batch.posts.bytes(post.rootID)
    let id = batch.posts.bytes(post.id)
    let name = "edits/" + String(decoding: root, as: UTF8.self)
    let latest = try transaction.state(name)
    if let latest, latest.withUnsafeBytes({ Self.isEarlier(id, $0) }) { return true }
    guard !id.elementsEqual(root), latest.map({ !id.elementsEqual($0) }) ?? true else {
      return false
    }
    try (latest ?? [UInt8](root)).withUnsafeBytes { try remove($0, transaction) }
    try transaction.setState(name, [UInt8](id))
    return false
  }

  /// Ids are numbers that rise with time; the shorter is the smaller.
  private static func isEarlier(
    _ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer
  ) -> Bool {
    left.count == right.count ? left.lexicographicallyPrecedes(right) : left.count < right.count
  }

  private mutating func find(
    _ id: UnsafeRawBufferPointer, _ verdict: ClassifiedPost?, _ transaction: any TableTransaction
  ) throws -> Stored? {
    values.removeAll()
    values.append(id)
    guard let row = try transaction.execute(tables.findPost, values).rows.first,
      row.count == 8, let brand = row[0], let createdAt = row[2]
    else { return nil }
    let isOwn =
      verdict.map { verdict in
        row[3] == topic && row[4] == bigEndian(verdict.partition)
          && row[5] == bigEndian(verdict.offset)
      } ?? false
    return Stored(
      key: RowKey(brand: brand, createdAt: createdAt.bigEndianInteger()), isOwnRecord: isOwn,
      isComplaint: row[6] == bigEndian(1.0.bitPattern), subject: row[7])
  }

  /// Takes a post's row, its count and its open case away.
  private mutating func remove(
    _ id: UnsafeRawBufferPointer, _ transaction: any TableTransaction
  ) throws {
    guard let stored = try find(id, nil, transaction) else { return }
    values.removeAll()
    values.append(stored.key.brand)
    values.append(stored.key.day)
    values.append(stored.key.createdAt)
    values.append(id)
    try transaction.execute(tables.deletePost, values)
    counts.add(stored.key, posts: -1, complaints: stored.isComplaint ? -1 : 0)
    subjectCounts.add(
      stored.key, stored.subject, posts: -1, complaints: stored.isComplaint ? -1 : 0)
    if stored.isComplaint { try withdrawCase(id, stored.key, transaction) }
  }

  private mutating func insert(
    _ verdict: ClassifiedPost, _ post: Post, _ key: RowKey, _ batch: ClassifiedBatch,
    _ transaction: any TableTransaction
  ) throws {
    let id = batch.posts.bytes(post.id)
    values.removeAll()
    values.append(key.brand)
    values.append(key.day)
    values.append(key.createdAt)
    values.append(id)
    appendUUID(of: id)
    append(post.authorID, batch)
    append(post.screenName, batch)
    values.append(batch.posts.bytes(post.text))
    append(post.language, batch)
    values.append(post.kind)
    append(post.inReplyToID, batch)
    append(post.conversationID, batch)
    values.append(verdict.isComplaint ? 1.0 : 0.0)
    values.append(verdict.probability)
    values.append(verdict.isComplaint ? labels.complaint : labels.other)
    values.append(model)
    appendWords(verdict, batch)
    values.append(topic)
    values.append(verdict.partition)
    values.append(verdict.offset)
    appendSubject(verdict)
    if let subject = verdict.subject {
      values.append(subject.probability)
    } else {
      values.appendNull()
    }
    try transaction.execute(tables.insertPost, values)
  }

  private mutating func openCase(
    _ verdict: ClassifiedPost, _ post: Post, _ key: RowKey, _ batch: ClassifiedBatch,
    _ transaction: any TableTransaction
  ) throws {
    values.removeAll()
    values.append(key.brand)
    values.append(key.createdAt)
    values.append(batch.posts.bytes(post.id))
    append(post.screenName, batch)
    values.append(batch.posts.bytes(post.text))
    values.append(verdict.probability)
    appendWords(verdict, batch)
    appendSubject(verdict)
    try transaction.execute(tables.insertCase, values)
  }

  /// The post is a complaint as before, by a newer verdict; one that was closed stays closed.
  private mutating func renewCase(
    _ verdict: ClassifiedPost, _ post: Post, _ key: RowKey, _ batch: ClassifiedBatch,
    _ transaction: any TableTransaction
  ) throws {
    values.removeAll()
    values.append(batch.posts.bytes(post.text))
    values.append(verdict.probability)
    appendWords(verdict, batch)
    appendSubject(verdict)
    values.append(key.brand)
    values.append(key.createdAt)
    values.append(batch.posts.bytes(post.id))
    try transaction.execute(tables.renewCase, values)
  }

  /// The post is no complaint any more: its case goes, if it is still open.
  private mutating func withdrawCase(
    _ id: UnsafeRawBufferPointer, _ key: RowKey, _ transaction: any TableTransaction
  ) throws {
    values.removeAll()
    values.append(key.brand)
    values.append(key.createdAt)
    values.append(id)
    try transaction.execute(tables.deleteCase, values)
  }

  private mutating func append(_ field: ByteRange, _ batch: ClassifiedBatch) {
    if field.isEmpty {
      values.appendNull()
    } else {
      values.append(batch.posts.bytes(field))
    }
  }

  private mutating func appendWords(_ verdict: ClassifiedPost, _ batch: ClassifiedBatch) {
    guard !verdict.words.isEmpty else { return values.appendNull() }
    batch.words.withBytes { values.append(UnsafeRawBufferPointer(rebasing: $0[verdict.words])) }
  }

  private mutating func appendSubject(_ verdict: ClassifiedPost) {
    if let subject = verdict.subject {
      values.append(subjects[subject.place])
    } else {
      values.appendNull()
    }
  }

  /// A version 8 UUID (RFC 9562: bytes of one's own making) that is a hash of the post's id, so
  /// that the same post has the same one always and everywhere.
  private mutating func appendUUID(of id: UnsafeRawBufferPointer) {
    let (high, low) = Murmur.hash3x128(id, signExtendedTail: false)
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
