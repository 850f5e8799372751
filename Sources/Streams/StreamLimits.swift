/// The limits of streams.
package enum StreamLimits {
  /// Bytes of a key of a step's state, with its time: with the query's name it has to be a key of
  /// LMDB, which has 511.
  package static let keyBytes = 320
  /// Bytes of a query's name.
  package static let nameBytes = 128
}
