package import Posts

/// How a Jetstream is doing.
package struct JetstreamStatus: Hashable, Sendable {
  /// What can be told of any stream; posts are those about the brand.
  package var stream = StreamStatus()
  /// All that has come, most of it of no matter.
  package var messages = 0
  package var deletions = 0
  /// The most bytes that have waited to be looked at.
  package var mostWaiting = 0

  package init() {}
}
