/// The sizes beyond which something is refused, so that no client can exhaust memory.
enum Limits {
  /// Bytes of a request's body; the upload of a compliance job is the largest.
  static let bodyBytes = 64 << 20
  /// Bytes of a file of posts.
  static let fileBytes = 1 << 30
  /// Bytes of a request's line and headers together.
  static let headBytes = 64 << 10
  /// Bytes that wait in a stream's socket before its writer pauses.
  static let socketBytes = 1 << 20
  /// Bytes that one write to a stream holds.
  static let writeBytes = 256 << 10
  /// Posts that a supply without a rate publishes ahead of its reader.
  static let supplyAhead = 64
  /// Requests that are remembered; the oldest go first.
  static let rememberedRequests = 10_000
  /// How deep a rule's parentheses may nest.
  static let ruleDepth = 64
  /// Nonces that are remembered, to be refused when they come again.
  static let nonces = 100_000
}
