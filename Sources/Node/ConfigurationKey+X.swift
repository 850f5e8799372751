/// The keys of X's API.
extension ConfigurationKey {
  /// Whether its value is shown nowhere.
  var isSecret: Bool { kind == .secret }

  static let x: [ConfigurationKey] =
    [
      .init("x.base-url", .address, "https://api.x.com", "X's API, or what stands in for it"),
      .init(
        "x.canonical-url", .address, "https://api.x.com",
        "what OAuth 1.0a signs for, whatever is connected to"),
      .init(
        "x.keepalive-timeout-ms", .integer(1...3_600_000), "20000",
        "silence behind which a stream is dead; X sends something every 20 s"),
      .init(
        "x.backoff-scale", .number(0...1_000), "1",
        "what each wait is multiplied with, but for those that X names"),
      .init(
        "x.field-spelling", .choice(["tweet", "post"]), "tweet",
        "whether requests say tweet.fields or post.fields"),
      .init(
        "x.stream-field-spelling", .choice(["tweet", "post"]), "tweet",
        "the same for the stream, which X has left as it was"),
      .init(
        "x.rules", .lines, "",
        "rules of the stream, each VALUE or VALUE => TAG, a line each; empty: one made of the brand"
      ),
      .init("x.fill-gaps", .boolean, "true", "search for what a broken stream did not deliver"),
      .init("x.client-id", .text, "", "the app's client id for OAuth 2.0"),
      .init(
        "x.token-file", .text, "",
        "where a user's OAuth 2.0 tokens are kept; empty: x-tokens.json in the data directory"),
    ] + secrets + prices

  private static let secrets: [ConfigurationKey] = [
    ("x.bearer-token", "the app's bearer token"), ("x.api-key", "the app's key for OAuth 1.0a"),
    ("x.api-secret", "the secret of the app's key"),
    ("x.access-token", "a user's token for OAuth 1.0a"),
    ("x.access-secret", "the secret of the user's token"),
    ("x.client-secret", "the client secret of a confidential OAuth 2.0 app"),
  ].flatMap { name, summary in
    [
      .init(name, .secret, "", "\(summary); by the environment only"),
      .init("\(name)-file", .text, "", "a file with \(summary)"),
    ]
  }

  private static let prices: [ConfigurationKey] = [
    ("post-read", 0.005, "a post read"), ("own-post-read", 0.001, "a mention of one's own read"),
    ("user-read", 0.010, "a user read"), ("post", 0.015, "a post written"),
    ("post-with-link", 0.2, "a post with a link written"),
    ("summoned-reply", 0.010, "a reply to who has mentioned us"),
    ("deletion", 0.010, "a post deleted"),
  ].map { name, price, what in
    .init("x.price-\(name)", .number(0...1_000), "\(price)", "US dollars that X takes for \(what)")
  }
}
