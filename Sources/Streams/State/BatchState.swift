/// A query's state as one batch sees it: what is committed, and the batch's own changes over it.
///
/// Nothing is written before the batch commits, so a batch that fails is forgotten by dropping its
/// changes, and the one thread that writes tables is held only while they are put down. Used by one
/// thread at a time.
final class BatchState {
  private let store: any StateStore
  private let prefix: [UInt8]
  private(set) var changes: [[UInt8]: [UInt8]?] = [:]

  /// The state of the query that `prefix` names.
  init(_ store: any StateStore, prefix: [UInt8]) {
    self.store = store
    self.prefix = prefix
  }

  /// Drops the batch's changes.
  func discard() { changes.removeAll(keepingCapacity: true) }

  func get(_ key: [UInt8]) throws -> [UInt8]? {
    let name = prefix + key
    if let change = changes[name] { return change }
    return try store.get(name)
  }

  func set(_ key: [UInt8], _ value: [UInt8]?) { changes[prefix + key] = .some(value) }

  /// The first keys from `lower` up to, not including, `upper`, in order, as far as the first
  /// `limit` of those that are committed go. `isAll`: there are no more.
  func entries(
    from lower: [UInt8], to upper: [UInt8], limit: Int
  ) throws -> (found: [(key: [UInt8], value: [UInt8])], isAll: Bool) {
    let (first, last) = (prefix + lower, prefix + upper)
    var found: [(key: [UInt8], value: [UInt8])] = []
    let committed = try store.entries(from: first, to: last, limit: limit)
    let isAll = committed.count < limit
    for (name, value) in committed where changes[name] == nil {
      found.append((Array(name.dropFirst(prefix.count)), value))
    }
    for (name, value) in changes {
      guard let value, !name.lexicographicallyPrecedes(first), name.lexicographicallyPrecedes(last)
      else { continue }
      // Behind those, others that are committed come first.
      if !isAll, let end = committed.last, end.name.lexicographicallyPrecedes(name) { continue }
      found.append((Array(name.dropFirst(prefix.count)), value))
    }
    found.sort { $0.key.lexicographicallyPrecedes($1.key) }
    return (found, isAll)
  }
}

/// The part of a query's state that one of its steps keeps.
struct StepState {
  private let state: BatchState
  private let number: UInt8

  init(_ state: BatchState, step number: Int) {
    self.state = state
    self.number = UInt8(truncatingIfNeeded: number)
  }

  func get(_ key: [UInt8]) throws -> [UInt8]? { try state.get([number] + key) }

  func set(_ key: [UInt8], _ value: [UInt8]?) { state.set([number] + key, value) }

  /// What lies under the first keys of a kind whose time, their first eight bytes, is at most
  /// `time`: see `BatchState.entries`.
  func entries(
    upTo time: Int64, in kind: UInt8, limit: Int
  ) throws -> (found: [(key: [UInt8], value: [UInt8])], isAll: Bool) {
    guard time < .max else { return try entries(in: kind, limit: limit) }
    let end = withUnsafeBytes(of: UInt64(bitPattern: (time + 1) ^ .min).bigEndian) { Array($0) }
    return try entries([kind], [kind] + end, limit)
  }

  /// What lies under the first keys of a kind.
  func entries(
    in kind: UInt8, limit: Int = .max
  ) throws -> (found: [(key: [UInt8], value: [UInt8])], isAll: Bool) {
    try entries([kind], [kind + 1], limit)
  }

  private func entries(
    _ lower: [UInt8], _ upper: [UInt8], _ limit: Int
  ) throws -> (found: [(key: [UInt8], value: [UInt8])], isAll: Bool) {
    let (found, isAll) = try state.entries(
      from: [number] + lower, to: [number] + upper, limit: limit)
    return (found.map { (Array($0.key.dropFirst()), $0.value) }, isAll)
  }
}
