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
