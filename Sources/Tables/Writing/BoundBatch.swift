package import CQL
internal import Machine

/// Statements that are bound one by one and executed as one write: the native protocol's BATCH.
package struct BoundBatch: Sendable {
  let kind: Batch.Kind
  /// Of the statements that name none, microseconds since 1970; nil: the tables' own.
  let timestamp: Int64?
  private(set) var items: [(statement: PreparedStatement, values: HeldValues)] = []

  package init(_ kind: Batch.Kind, timestamp: Int64? = nil) {
    self.kind = kind
    self.timestamp = timestamp
  }

  /// Adds a statement with the values bound to it. Thrown: where there are more or fewer than it
  /// has markers.
  package mutating func append(
    _ statement: PreparedStatement, _ values: consuming BoundValues
  ) throws(TableError) {
    let (expected, count) = (statement.markers.count, values.ranges.count)
    guard expected == count else {
      throw .invalid("There were \(expected) markers(?) in CQL but \(count) bound variables")
    }
    items.append((statement, HeldValues(values)))
  }

  /// The statements brought onto their tables as these are now, with Cassandra's checks.
  func plans(_ schema: Schema, _ clock: Clock) throws(TableError) -> [Modification] {
    var plans: [Modification] = []
    for (statement, _) in items {
      guard case .modify(let plan) = try statement.current(schema, clock).plan else {
        throw .invalid(
          "Invalid statement in batch: only UPDATE, INSERT and DELETE statements are allowed.")
      }
      plans.append(plan)
    }
    try BatchPlan.check(kind, plans, hasTimestamp: false)
    return plans
  }
}

/// Bound values that outlive the call that has bound them.
final class HeldValues: Sendable {
  let bound: BoundValues

  init(_ bound: consuming BoundValues) { self.bound = bound }
}

extension Tables {
  /// Executes statements that were bound one by one as one write.
  @discardableResult
  package func execute(_ batch: BoundBatch) throws(TableError) -> Page {
    try write { transaction throws(TableError) in try transaction.execute(batch) }
  }

  /// The same without occupying the thread while it is written.
  @discardableResult
  package func execute(_ batch: BoundBatch) async throws(TableError) -> Page {
    try await writing.write { transaction throws(TableError) in try transaction.execute(batch) }
  }
}
