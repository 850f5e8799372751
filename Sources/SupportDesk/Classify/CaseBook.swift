internal import Bytes
internal import Tables

/// Keeps `cases`: one for each conversation and author, and one for a text that many have pasted.
///
/// What the cases are depends on the complaints that there are, not on the order in which they
/// came. Of the complaints with the same long text in one day of a brand, the earliest stands for
/// all; of those that an author has in a conversation and that stand for themselves, the earliest
/// names the case. A case that somebody has closed is opened again by a new complaint, not by one
/// read again.
struct CaseBook: ~Copyable {
  private let tables: GrouseTables
  /// What the names begin with under which conversations, and texts that were pasted, are kept.
  private let threads, pasted: [UInt8]
  private var values = BoundValues()
  private var groups = MemberGroups()
  /// As the batch at hand has found them.
  private var closedStates: [ByteKey: [[UInt8]]]?
  /// How many others have pasted the texts of complaints that stand for them, where that has
  /// changed.
  private var copies: [Members.Member: Int] = [:]

  init(_ tables: GrouseTables, scope: String) {
    self.tables = tables
    threads = Array("\(scope)thread/".utf8)
    pasted = Array("\(scope)pasted/".utf8)
  }

  /// Takes in a complaint that was none before.
  mutating func add(_ complaint: Complaint, in transaction: any TableTransaction) throws {
    var copies = 0
    if let name = complaint.pastedName(behind: pasted) {
      let group = try groups.group(name, in: transaction)
      let former = group.members.first
      group.members.insert(complaint.member)
      copies = group.members.count - 1
      if let former {
        guard group.members.first == complaint.member else {
          self.copies[former] = copies
          return
        }
        if former != complaint.member, let last = try read(former, in: transaction) {
          try leave(last, in: transaction)
        }
      }
    }
    try join(complaint, copies: copies, in: transaction)
  }

  /// Takes out a complaint that is none any more, or whose post is gone.
  mutating func remove(_ complaint: Complaint, in transaction: any TableTransaction) throws {
    guard let name = complaint.pastedName(behind: pasted) else {
      return try leave(complaint, in: transaction)
    }
    let group = try groups.group(name, in: transaction)
    let stoodForAll = group.members.first == complaint.member || group.members.count == 0
    group.members.remove(complaint.member)
    guard stoodForAll else {
      if let first = group.members.first { copies[first] = group.members.count - 1 }
      return
    }
    try leave(complaint, in: transaction)
    if let first = group.members.first, let next = try read(first, in: transaction) {
      try join(next, copies: group.members.count - 1, in: transaction)
    }
  }

  /// Takes a case that somebody has put into another state away, whatever state that is.
  mutating func removeClosed(
    _ member: Members.Member, of brand: [UInt8], in transaction: any TableTransaction
  ) throws {
    for state in try states(in: transaction)[ByteKey(brand)] ?? [] {
      values.removeAll()
      values.append(brand)
      values.append(state)
      values.append(member.createdAt)
      values.append(member.id)
      try transaction.execute(tables.deleteClosedCase, values)
    }
  }

  /// The states besides open that there are cases in, by brand.
  private mutating func states(
    in transaction: any TableTransaction
  ) throws -> [ByteKey: [[UInt8]]] {
    if let known = closedStates { return known }
    values.removeAll()
    var found: [ByteKey: [[UInt8]]] = [:]
    for row in try transaction.execute(tables.listCaseStates, values).rows {
      guard let brand = row[0], let state = row[1], state != Array("open".utf8) else { continue }
      found[ByteKey(brand), default: []].append(state)
    }
    closedStates = found
    return found
  }

  /// Brings a complaint's newer verdict into its case, where it names one that is open.
  mutating func renew(_ complaint: Complaint, in transaction: any TableTransaction) throws {
    values.removeAll()
    values.append(complaint.text)
    values.append(complaint.probability)
    values.append(optional: complaint.words)
    values.append(optional: complaint.subject)
    appendKey(complaint.brand, complaint.member)
    try transaction.execute(tables.renewCase, values)
  }

  private mutating func join(
    _ complaint: Complaint, copies: Int, in transaction: any TableTransaction
  ) throws {
    let thread = try groups.group(complaint.threadName(behind: threads), in: transaction)
    let former = thread.members.first
    thread.members.insert(complaint.member, copies: copies)
    if thread.members.first == complaint.member {
      if let former, former != complaint.member {
        _ = try delete(complaint.brand, former, in: transaction)
      }
      return try insert(complaint, thread.members, in: transaction)
    }
    guard let first = thread.members.first else { return }
    if try !count(thread.members, of: first, complaint.brand, in: transaction),
      let opening = try read(first, in: transaction)
    {
      // It was closed: the author has not been helped.
      try insert(opening, thread.members, in: transaction)
    }
  }

  private mutating func leave(
    _ complaint: Complaint, in transaction: any TableTransaction
  ) throws {
    copies[complaint.member] = nil
    let thread = try groups.group(complaint.threadName(behind: threads), in: transaction)
    let wasFirst = thread.members.first == complaint.member || thread.members.count == 0
    thread.members.remove(complaint.member)
    guard wasFirst else {
      if let first = thread.members.first {
        _ = try count(thread.members, of: first, complaint.brand, in: transaction)
      }
      return
    }
    let wasOpen = try delete(complaint.brand, complaint.member, in: transaction)
    if wasOpen, let first = thread.members.first, let next = try read(first, in: transaction) {
      try insert(next, thread.members, in: transaction)
    }
  }

  /// Forgets what a batch has changed that did not come to its end.
  mutating func begin() {
    closedStates = nil
    copies.removeAll(keepingCapacity: true)
    groups.removeAll()
  }

  /// Ends a batch: brings into the cases how many copies there are, since the same text may come
  /// many times in one, and writes what is kept.
  mutating func finish(in transaction: any TableTransaction) throws {
    for (member, count) in copies { try setCopies(count, of: member, in: transaction) }
    copies.removeAll(keepingCapacity: true)
    try groups.write(to: transaction)
  }

  private mutating func setCopies(
    _ copies: Int, of member: Members.Member, in transaction: any TableTransaction
  ) throws {
    guard let complaint = try read(member, in: transaction) else { return }
    let thread = try groups.group(complaint.threadName(behind: threads), in: transaction)
    thread.members.insert(member, copies: copies)
    if let first = thread.members.first {
      _ = try count(thread.members, of: first, complaint.brand, in: transaction)
    }
  }

  private mutating func insert(
    _ complaint: Complaint, _ thread: Members, in transaction: any TableTransaction
  ) throws {
    values.removeAll()
    appendKey(complaint.brand, complaint.member)
    values.append(optional: complaint.screenName)
    values.append(complaint.text)
    values.append(complaint.probability)
    values.append(optional: complaint.words)
    values.append(optional: complaint.subject)
    values.append(optional: complaint.author)
    values.append(optional: complaint.conversation)
    appendCounts(thread)
    try transaction.execute(tables.insertCase, values)
  }

  /// Brings a case's counts up to date; false where it is not open.
  private mutating func count(
    _ thread: Members, of first: Members.Member, _ brand: [UInt8],
    in transaction: any TableTransaction
  ) throws -> Bool {
    values.removeAll()
    appendCounts(thread)
    appendKey(brand, first)
    return try Self.isApplied(transaction.execute(tables.countCase, values))
  }

  /// Removes an open case; false where there is none.
  private mutating func delete(
    _ brand: [UInt8], _ member: Members.Member, in transaction: any TableTransaction
  ) throws -> Bool {
    values.removeAll()
    appendKey(brand, member)
    return try Self.isApplied(transaction.execute(tables.deleteCase, values))
  }

  private static func isApplied(_ page: Page) -> Bool { page.rows.first?.first == [1] }

  private mutating func appendKey(_ brand: [UInt8], _ member: Members.Member) {
    values.append(brand)
    values.append(member.createdAt)
    values.append(member.id)
  }

  private mutating func appendCounts(_ thread: Members) {
    values.append(Int32(clamping: thread.count))
    values.append(Int32(clamping: thread.copies))
    values.append(thread.last?.createdAt ?? 0)
  }

  /// The complaint of a stored post; nil where the row is gone.
  private mutating func read(
    _ member: Members.Member, in transaction: any TableTransaction
  ) throws -> Complaint? {
    values.removeAll()
    values.append(member.id)
    return try transaction.execute(tables.readPost, values).rows.first.flatMap {
      Complaint($0, member)
    }
  }
}

extension BoundValues {
  /// Binds bytes in native encoding, or null.
  mutating func append(optional value: [UInt8]?) {
    if let value { append(value) } else { appendNull() }
  }

  /// Binds bytes in native encoding, or null.
  mutating func append(optional value: ArraySlice<UInt8>?) {
    if let value { append(value) } else { appendNull() }
  }
}
