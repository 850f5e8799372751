/// What a batch gives to its sink.
package struct SinkBatch<Value: Sendable>: Sendable {
  /// The batch's number; the same batch has the same one if it is given again.
  package var epoch: Int64
  package var events: [Event<Value>]
}

/// Where a query's results go.
package enum Sink<Value: Sendable, Transaction>: Sendable {
  /// Into the store that keeps the state, in the transaction that commits it: exactly once.
  case rows(@Sendable (SinkBatch<Value>, Transaction) throws -> Void)
  /// Anywhere else, before the batch is committed. Which records an epoch has is on the disk before
  /// it is given, so after a crash the same epoch comes again with the same events, and one that
  /// remembers the last epoch it took has each exactly once.
  case forEachBatch(@Sendable (SinkBatch<Value>) throws -> Void)
}
