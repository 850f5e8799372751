internal import Bytes
internal import Tables

extension VerdictWriter {
  /// Forgets a post and all its versions that its id leads to, for good: what comes of it later is
  /// passed over. Returns how many rows went.
  mutating func forget(
    _ id: [UInt8], _ now: Int64, again: Bool, _ transaction: any TableTransaction
  ) throws -> Int {
    guard !id.isEmpty, id.count <= Limits.postIDBytes else { return 0 }
    var versions = [id]
    if let latest = try transaction.state(edits + id) {
      if latest != id { versions.append(latest) }
      try transaction.setState(edits + id, nil)
    }
    var rows = 0
    for version in versions {
      try forgotten.insert(.post, version, now, again: again, transaction)
      if try remove(version, transaction, fromAllCases: true) { rows += 1 }
    }
    return rows
  }

  /// Takes a post away that is older than posts are kept; false where there is none. It stays
  /// counted: counts name nobody, and such a post is not written, and so counted, again.
  mutating func expire(_ id: [UInt8], _ transaction: any TableTransaction) throws -> Bool {
    try removeRow(id, transaction, fromAllCases: true) != nil
  }

  /// Takes a post's row, its count and its part in cases away; false where there is none.
  /// `fromAllCases`: also from the cases that are closed.
  @discardableResult
  mutating func remove(
    _ id: [UInt8], _ transaction: any TableTransaction, fromAllCases: Bool = false
  ) throws -> Bool {
    guard let stored = try removeRow(id, transaction, fromAllCases: fromAllCases) else {
      return false
    }
    counts.add(stored.key, posts: -1, complaints: stored.isComplaint ? -1 : 0)
    subjectCounts.add(
      stored.key, stored.subject, posts: -1, complaints: stored.isComplaint ? -1 : 0)
    return true
  }

  private mutating func removeRow(
    _ id: [UInt8], _ transaction: any TableTransaction, fromAllCases: Bool
  ) throws -> Stored? {
    written.insert(ByteKey(id))
    guard let stored = try find(id, nil, transaction) else { return nil }
    if fromAllCases {
      let member = Members.Member(createdAt: stored.key.createdAt, id: id)
      try cases.removeClosed(member, of: stored.key.brand, in: transaction)
    }
    if stored.isComplaint {
      values.removeAll()
      values.append(id)
      let member = Members.Member(createdAt: stored.key.createdAt, id: id)
      if let row = try transaction.execute(tables.readPost, values).rows.first,
        let complaint = Complaint(row, member)
      {
        try cases.remove(complaint, in: transaction)
      }
    }
    values.removeAll()
    values.append(stored.key.brand)
    values.append(stored.key.day)
    values.append(stored.key.createdAt)
    values.append(id)
    try transaction.execute(tables.deletePost, values)
    return stored
  }
}
