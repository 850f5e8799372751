/// The keys of Bluesky's stream.
extension ConfigurationKey {
  static let bluesky: [ConfigurationKey] = [
    .init("sources.bluesky", .boolean, "false", "collect Bluesky's posts about the brand"),
    .init(
      "bluesky.url", .list,
      ["1.us-east", "2.us-east", "1.us-west", "2.us-west"]
        .map { "wss://jetstream\($0).bsky.network/subscribe" }.joined(separator: ","),
      "servers of Jetstream (version 1), tried in turn"),
    .init(
      "bluesky.collections", .list, "app.bsky.feed.post", "what is asked for of all that is there"),
    .init(
      "bluesky.rewind-ms", .integer(1...3_600_000), "5000",
      "how much of the stream's time is read again after a break"),
    .init(
      "bluesky.idle-timeout-ms", .integer(1...3_600_000), "30000",
      "silence behind which a connection is dead"),
    .init(
      "bluesky.backoff-scale", .number(0...1_000), "1",
      "what the waits between attempts to connect are multiplied with"),
    .init(
      "bluesky.ca-file", .text, "", "a file of the authorities believed; empty: the system's"),
    .init("bluesky.handles", .boolean, "true", "find out by which handles authors go"),
    .init(
      "bluesky.directory", .text, "https://plc.directory", "the directory that knows the handles"),
  ]
}
