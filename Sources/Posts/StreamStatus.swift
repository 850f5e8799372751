/// How a live stream of posts is doing.
package struct StreamStatus: Hashable, Sendable {
  /// What it does now.
  package enum State: String, Sendable, CaseIterable {
    case connecting
    case connected
    case waiting
    case stopped
  }

  package var state = State.connecting
  /// Why it waits or has stopped.
  package var reason = ""
  /// Milliseconds since 1970 of the last byte; nil: none yet.
  package var lastHeard: Int64?
  /// The same of the last post.
  package var lastPost: Int64?
  /// Milliseconds from a post's making, or the server's taking it in, to its coming.
  package var lag: Int64?
  package var posts = 0
  package var bytes = 0
  package var filled = 0
  package var duplicates = 0
  package var quarantined = 0
  package var keepAlives = 0
  package var connections = 0
  package var waits = 0
  package var isFillingGap = false
  /// What X will probably take for all that.
  package var dollars = 0.0

  package init() {}
}
