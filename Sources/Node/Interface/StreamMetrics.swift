internal import Bytes
internal import Listeners
internal import Machine
internal import Posts

/// How live streams do, for `/metrics` and `/health`.
enum StreamMetrics {
  static func add(_ streams: LiveStreams, to page: inout MetricsPage) {
    for (name, status) in streams.all {
      let labels = [(name: "stream", value: name)]
      func gauge(_ metric: String, _ help: String, _ value: Double) {
        page.add("grouse_stream_\(metric)", .gauge, help, value, labels)
      }
      func counter(_ metric: String, _ help: String, _ value: Int) {
        page.add("grouse_stream_\(metric)_total", .counter, help, Double(value), labels)
      }
      gauge("connected", "1 while a stream is open.", status.state == .connected ? 1 : 0)
      gauge("filling_gap", "1 while missed posts are searched.", status.isFillingGap ? 1 : 0)
      if let heard = age(status.lastHeard) {
        gauge("silence_seconds", "Seconds since the last byte, keep-alives included.", heard)
      }
      if let lag = status.lag {
        gauge("lag_seconds", "Seconds from a post's making to its coming.", Double(lag) / 1_000)
      }
      gauge("cost_dollars", "What X will probably take for what was read.", status.dollars)
      counter("posts", "Posts kept.", status.posts)
      counter("bytes", "Bytes that the stream has brought.", status.bytes)
      counter("gap_posts", "Posts found by search after a break.", status.filled)
      counter("duplicates", "Posts that came again and were left out.", status.duplicates)
      counter("quarantined", "Lines that were no posts.", status.quarantined)
      counter("keep_alives", "Empty lines by which a server says it is there.", status.keepAlives)
      counter("connections", "Connections begun.", status.connections)
      counter("breaks", "Connections that ended, or were refused.", status.waits)
    }
  }

  /// The same as JSON.
  static func health(_ streams: LiveStreams) -> JSON {
    .array(
      streams.all.map { name, status in
        var fields: [JSON.Field] = [
          .init("name", .text(name)), .init("state", .text(status.state.rawValue)),
          .init("posts", JSON(status.posts)), .init("connections", JSON(status.connections)),
        ]
        if !status.reason.isEmpty { fields.append(.init("last_break", .text(status.reason))) }
        if let age = age(status.lastHeard) { fields.append(.init("silence_seconds", JSON(age))) }
        if let lag = status.lag { fields.append(.init("lag_seconds", JSON(Double(lag) / 1_000))) }
        if status.isFillingGap { fields.append(.init("filling_gap", true)) }
        return .object(fields)
      })
  }

  private static func age(_ moment: Int64?) -> Double? {
    moment.map { Double(max(Clock.system.milliseconds - $0, 0)) / 1_000 }
  }
}
