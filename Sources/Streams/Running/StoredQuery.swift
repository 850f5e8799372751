/// How far a query has come, as its checkpoint says: to look at, whether it runs or not.
package struct StoredQuery: Sendable {
  package var name: String
  /// The number of the next batch.
  package var batchId: Int64
  /// Milliseconds since 1970; nil where there is none yet.
  package var watermark: Int64?
  /// The next offset of each partition, by source.
  package var sources: [(name: String, offsets: [Int64])]

  /// The name under which a query called `name` keeps its checkpoint.
  package static func key(_ name: String) -> String { "query/\(name)/state/" }

  /// The query whose checkpoint lies under a name in a store; nil where that is something else, or
  /// of a version that this program does not know.
  package init?(key: String, _ bytes: [UInt8]) {
    let parts = key.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 4, parts[0] == "query", parts[2] == "state", parts[3].isEmpty,
      let version = bytes.first, version <= Checkpoint.version,
      let checkpoint = try? Checkpoint.decoded(bytes)
    else { return nil }
    name = String(parts[1])
    batchId = checkpoint.epoch
    watermark = checkpoint.watermark == .min ? nil : checkpoint.watermark
    sources = checkpoint.sources.map { ($0.name, $0.offsets) }
  }
}
