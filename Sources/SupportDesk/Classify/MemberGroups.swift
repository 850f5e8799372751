internal import Bytes

/// The complaints that belong together, by the names that they are kept under: what a batch asks
/// for and changes, read once, and written at its end in the order of the names, as the state lies.
struct MemberGroups: ~Copyable {
  private var groups: [ByteKey: Members] = [:]
  private var changed: Set<ByteKey> = []

  /// The complaints kept under a name; none where there is nothing. Thrown: `ByteError` for bytes
  /// that are something else.
  mutating func group(
    _ name: [UInt8], in transaction: any TableTransaction
  ) throws -> Members {
    let key = ByteKey(name)
    if let group = groups[key] { return group }
    let group = try Members(transaction.state(name))
    groups[key] = group
    return group
  }

  /// Keeps complaints under a name; no complaints take it away.
  mutating func set(_ group: Members, _ name: [UInt8]) {
    let key = ByteKey(name)
    groups[key] = group
    changed.insert(key)
  }

  /// Writes what has changed, and forgets all.
  mutating func write(to transaction: any TableTransaction) throws {
    for name in changed.sorted() {
      guard let group = groups[name] else { continue }
      try transaction.setState(name.bytes, group.count == 0 ? nil : group.bytes)
    }
    removeAll()
  }

  /// Forgets what a batch has changed that did not come to its end.
  mutating func removeAll() {
    groups.removeAll(keepingCapacity: true)
    changed.removeAll(keepingCapacity: true)
  }
}
