/// What can go wrong on a stream.
package enum Fault: Hashable, Sendable {
  /// The stream ends as HTTP says, between two posts.
  case cleanEnd
  /// X says why it ends, in the stream, and ends.
  case disconnect(DisconnectType)
  /// X says that it ends, and goes on.
  case notice(DisconnectType)
  /// The connection is reset within a post.
  case reset
  /// The connection is closed within a chunk, in the middle of a post.
  case cutChunk
  /// Nothing more comes, no keep-alives either, until the client closes.
  case stall
  /// A line that is no JSON.
  case brokenLine
  /// A line that is JSON of a kind that nobody knows.
  case unknownMessage
  /// The post's line is 100,000 bytes long.
  case longLine
  /// The post is sent twice.
  case duplicate
  /// The post's `matching_rules` have no tags.
  case withoutTags
  /// The post is sent behind the one that follows it.
  case swapped

  /// A fault by its name, as on a command line.
  package init?(named name: String) {
    guard let fault = Fault.all.first(where: { $0.name == name }) else { return nil }
    self = fault
  }

  /// As on a command line.
  package var name: String {
    switch self {
    case .cleanEnd: "clean-end"
    case .disconnect(.upstreamOperational): "disconnect"
    case .disconnect(let type): "disconnect-\(type.rawValue)"
    case .notice(.upstreamOperational): "notice"
    case .notice(let type): "notice-\(type.rawValue)"
    case .reset: "reset"
    case .cutChunk: "cut-chunk"
    case .stall: "stall"
    case .brokenLine: "broken-line"
    case .unknownMessage: "unknown-message"
    case .longLine: "long-line"
    case .duplicate: "duplicate"
    case .withoutTags: "without-tags"
    case .swapped: "swapped"
    }
  }

  /// Whether no more comes on the stream that has it.
  package var isLast: Bool {
    switch self {
    case .cleanEnd, .disconnect, .reset, .cutChunk, .stall: true
    default: false
    }
  }

  /// All faults, a disconnection in each of its types.
  package static let all: [Fault] =
    [
      .cleanEnd, .reset, .cutChunk, .stall, .brokenLine, .unknownMessage, .longLine, .duplicate,
      .withoutTags, .swapped,
    ] + DisconnectType.allCases.flatMap { [.disconnect($0), .notice($0)] }

  /// Faults that a client gets over without waiting for a silence to become too long.
  package static let quick: [Fault] = [
    .cleanEnd, .disconnect(.upstreamOperational), .notice(.upstreamOperational), .reset,
    .cutChunk, .brokenLine, .unknownMessage, .longLine, .duplicate, .withoutTags, .swapped,
  ]
}

/// Why X ends a stream.
package enum DisconnectType: String, CaseIterable, Sendable {
  case operational = "OperationalDisconnect"
  case upstreamOperational = "UpstreamOperationalDisconnect"
  case force = "ForceDisconnect"
  case upstreamUnclean = "UpstreamUncleanDisconnect"
  case slowReader = "SlowReader"
  case internalError = "InternalError"
  case degraded = "ClientApplicationStateDegraded"
  case invalidRules = "InvalidRules"
}
