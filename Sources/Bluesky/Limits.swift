/// The sizes beyond which something is refused.
package enum Limits {
  /// Bytes of a message that ends the connection: what is longer is no Jetstream's.
  static let frameBytes = 16 << 20
  /// Frames that one message may come in.
  static let fragments = 100_000
  /// Bytes that have come and were not taken yet, before the server is made to wait.
  static let waitingBytes = 4 << 20
  /// Bytes that a message which waits takes besides its own.
  static let messageOverhead = 64
  /// Bytes of a message set aside that are kept.
  static let keptBytes = 64 << 10
  /// Commits that are remembered, so that one that comes again is known.
  static let recentCommits = 200_000
  /// Bytes of an answer with somebody's handle.
  static let identityBytes = 256 << 10
  /// Handles that are remembered.
  static let handles = 50_000
}
