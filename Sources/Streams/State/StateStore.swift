/// Where a query keeps its state: names and bytes, in the order of the names' bytes.
///
/// The store is the one that the sink's rows go to, so that state, rows and offsets are there
/// together or not at all. A query reads and writes only names that begin with its own.
package protocol StateStore: Sendable {
  /// What a sink writes rows with.
  associatedtype Transaction
  /// The bytes that are committed under a name.
  func get(_ name: [UInt8]) throws -> [UInt8]?
  /// What is committed under the first `limit` names from `lower` up to, not including, `upper`.
  func entries(
    from lower: [UInt8], to upper: [UInt8], limit: Int
  ) throws -> [(name: [UInt8], bytes: [UInt8])]
  /// Writes `changes`, where nil removes a name, and lets `body` write rows; all of it is there
  /// when this returns, or nothing of it where it throws.
  func commit(_ changes: [[UInt8]: [UInt8]?], _ body: (Transaction) throws -> Void) throws
}
