internal import Posts

/// What a stream has to say.
package enum JetstreamNotice: Sendable, CustomStringConvertible {
  case connected(JetstreamEndpoint, cursor: Int64?)
  case ended(JetstreamEndpoint, reason: String, wait: Int)
  case gapRemains(milliseconds: Int64)
  case skippedAhead
  case quarantined(Int)
  case alive(JetstreamStatus)

  package var description: String {
    switch self {
    case .connected(let endpoint, nil): "connected to Bluesky at \(endpoint.host)"
    case .connected(let endpoint, _?):
      "connected to Bluesky at \(endpoint.host), going on where it was"
    case .ended(let endpoint, let reason, let wait):
      "Bluesky's stream at \(endpoint.host): \(reason); connecting again in "
        + "\(Double((wait + 50) / 100) / 10) s"
    case .gapRemains(let milliseconds):
      "nothing came of \(milliseconds / 60_000) minutes: Bluesky's servers keep about 36 hours"
    case .skippedAhead:
      "a message of Bluesky's stream is too long to get by: going on with what comes now"
    case .quarantined(let count):
      "\(count) messages of Bluesky's stream could not be read; see posts.dead"
    case .alive(let status):
      "Bluesky: \(status.messages) messages, \(status.stream.posts) posts kept"
        + (status.stream.lag.map { ", \(Double($0 / 100) / 10) s behind" } ?? "")
    }
  }
}
