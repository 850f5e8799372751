internal import Streams

/// Keeps a query's state beside the tables, so that it is committed with the rows.
package struct TableStateStore: StateStore {
  package typealias Transaction = any TableTransaction

  private let store: any TableStore

  package init(_ store: any TableStore) { self.store = store }

  package func get(_ name: [UInt8]) throws -> [UInt8]? { try store.state(name) }

  package func entries(
    from lower: [UInt8], to upper: [UInt8], limit: Int
  ) throws -> [(name: [UInt8], bytes: [UInt8])] {
    try store.states(from: lower, to: upper, limit: limit)
  }

  package func commit(
    _ changes: [[UInt8]: [UInt8]?], _ body: (any TableTransaction) throws -> Void
  ) throws {
    // In order, neighbours share a page.
    let sorted = changes.sorted { $0.key.lexicographicallyPrecedes($1.key) }
    try store.commit { transaction in
      for (name, bytes) in sorted { try transaction.setState(name, bytes) }
      try body(transaction)
    }
  }
}

extension TableStateStore {
  /// Removes all that is kept under names that begin with `prefix`, some at a time.
  package func remove(_ prefix: [UInt8]) throws {
    // No name in UTF-8 or of digests behind it goes on so.
    let end = prefix + [UInt8](repeating: 0xFF, count: 64)
    while case let found = try entries(from: prefix, to: end, limit: 10_000), !found.isEmpty {
      try commit(Dictionary(uniqueKeysWithValues: found.map { ($0.name, nil) })) { _ in }
    }
  }
}
