internal import Bytes

/// The complaints that belong together, by the names that they are kept under: what a batch asks
/// for and changes, read once, and written at its end in the order of the names, as the state lies.
struct MemberGroups: ~Copyable {
  private var groups: [ByteKey: MemberGroup] = [:]

  /// The complaints kept under a name; none where there is nothing. Thrown: `ByteError` for bytes
  /// that are something else.
  mutating func group(
    _ name: [UInt8], in transaction: any TableTransaction
  ) throws -> MemberGroup {
    let key = ByteKey(name)
    if let group = groups[key] { return group }
    let group = MemberGroup(key, try Members(transaction.state(name)))
    groups[key] = group
    return group
  }

  /// Writes what has changed, and forgets all. Where no complaints are left, nothing is kept.
  mutating func write(to transaction: any TableTransaction) throws {
    let changed = groups.values.filter(\.isChanged).sorted { $0.name < $1.name }
    for group in changed {
      try transaction.setState(
        group.name.bytes, group.members.count == 0 ? nil : group.members.bytes)
    }
    removeAll()
  }

  /// Forgets what a batch has changed that did not come to its end.
  mutating func removeAll() { groups.removeAll(keepingCapacity: true) }
}

/// Complaints that belong together, as the batch at hand leaves them.
final class MemberGroup {
  let name: ByteKey
  var members: Members { didSet { isChanged = true } }
  private(set) var isChanged = false

  init(_ name: ByteKey, _ members: Members) {
    self.name = name
    self.members = members
  }
}
