/// How a stream is doing.
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
  /// Milliseconds from a post's making to its coming, as its id tells.
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

  /// When the post of an id was made, in milliseconds since 1970: X's ids begin with that.
  package static func time(of id: UInt64) -> Int64 { Int64(id >> 22) + 1_288_834_974_657 }
}

/// What a stream has to say.
package enum StreamNotice: Sendable, CustomStringConvertible {
  case connected
  case ended(String, step: ReconnectPolicy.Step)
  case rulesAdded(Int)
  case connectionsFreed
  case gapFilled(posts: Int)
  case gapRemains(String)
  case quarantined(Int)
  case failed(String)

  package var description: String {
    switch self {
    case .connected: "connected to X's stream"
    case .ended(let reason, .connect(let wait)): "\(reason); connecting again\(Self.after(wait))"
    case .ended(let reason, .freeConnections):
      "\(reason); asking X to let go of the connections that it believes to be open"
    case .ended(let reason, .syncRules): "\(reason); looking at the rules"
    case .ended(let reason, .stop): reason
    case .rulesAdded(let count): "added \(count) rule\(count == 1 ? "" : "s") to X's stream"
    case .connectionsFreed: "X has let go of its connections"
    case .gapFilled(let posts): "\(posts) posts of the gap were found by search"
    case .gapRemains(let reason): "a gap in the stream could not be filled: \(reason)"
    case .quarantined(let count): "\(count) lines of the stream are no posts; see posts.dead"
    case .failed(let reason): reason
    }
  }

  private static func after(_ wait: ReconnectPolicy.Wait) -> String {
    wait.milliseconds == 0
      ? " at once"
      : " in \(Double((wait.milliseconds + 50) / 100) / 10) s"
        + (wait.isNamed ? ", as X has named" : "")
  }
}
