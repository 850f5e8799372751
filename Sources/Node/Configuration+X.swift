internal import Machine
internal import SupportDesk
package import XAPI

extension Configuration {
  /// How X is spoken to. Thrown: `ConfigurationError` where a file of a secret cannot be read.
  package func x() throws -> XConfiguration {
    var x = XConfiguration()
    x.baseURL = Self.withoutSlash(value("x.base-url"))
    x.fillsGaps = value("x.fill-gaps") == "true"
    x.credentials = try credentials()
    x.settings.keepAliveTimeout = Int(value("x.keepalive-timeout-ms")) ?? 20_000
    x.settings.backoffScale = number("x.backoff-scale")
    x.settings.fieldSpelling = .init(rawValue: value("x.field-spelling")) ?? .tweet
    x.settings.streamFieldSpelling =
      .init(rawValue: value("x.stream-field-spelling")) ?? .tweet
    x.settings.prices = prices
    x.rules = xRules
    return x
  }

  /// The rules that are configured; else one made of the brand.
  package var xRules: [StreamRule] {
    let configured = lines("x.rules").map { StreamRule(configured: $0) }
    guard configured.isEmpty else { return configured }
    return StreamRule.defaults(
      names: brand.names, handles: brand.handles, languages: filter.languages)
  }

  /// Whether rules are configured.
  package var hasXRules: Bool { !lines("x.rules").isEmpty }

  /// Where a user's tokens for OAuth 2.0 are kept.
  package var xTokenFile: String {
    let path = value("x.token-file")
    return path.isEmpty ? Path.join(dataDirectory, "x-tokens.json") : path
  }

  /// The store of a user's tokens; nil without a client id.
  package func xTokens() throws -> TokenStore? {
    let client = value("x.client-id")
    guard !client.isEmpty else { return nil }
    return TokenStore(
      xTokenFile, clientID: client, clientSecret: try secret("x.client-secret"))
  }

  /// A secret, from the environment or the file that is named for it.
  package func secret(_ name: String) throws -> Secret? {
    guard let secret = try readSecret(name) else { return nil }
    // In a header, what stands behind a line break would be one of its own.
    guard secret.revealed.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
      throw ConfigurationError(
        place: name, message: "it has more than one line, or a control character in it")
    }
    return secret
  }

  private func readSecret(_ name: String) throws -> Secret? {
    if let secret = Secret(value(name)) { return secret }
    let path = value("\(name)-file")
    guard !path.isEmpty else { return nil }
    let bytes: [UInt8]
    do { bytes = try LocalDisk().readAll(path, limit: 64 << 10) } catch {
      throw ConfigurationError(place: values["\(name)-file"]?.origin ?? name, message: "\(error)")
    }
    guard let secret = Secret(String(decoding: bytes, as: UTF8.self)) else {
      throw ConfigurationError(
        place: values["\(name)-file"]?.origin ?? name, message: "\(path) is empty")
    }
    return secret
  }

  private func credentials() throws -> XCredentials {
    var credentials = XCredentials()
    credentials.bearer = try secret("x.bearer-token")
    credentials.consumer = try pair("x.api-key", "x.api-secret")
    credentials.access = try pair("x.access-token", "x.access-secret")
    credentials.canonicalURL = Self.withoutSlash(value("x.canonical-url"))
    credentials.tokens = try xTokens()
    return credentials
  }

  private func pair(_ key: String, _ secret: String) throws -> OAuth1.Pair? {
    switch (try self.secret(key), try self.secret(secret)) {
    case (nil, nil): return nil
    case (let key?, let secret?): return OAuth1.Pair(key: key, secret: secret)
    case (nil, _): throw ConfigurationError(place: secret, message: "\(key) is missing")
    case (_, nil): throw ConfigurationError(place: key, message: "\(secret) is missing")
    }
  }

  private var prices: Prices {
    var prices = Prices()
    prices.postRead = number("x.price-post-read")
    prices.ownPostRead = number("x.price-own-post-read")
    prices.userRead = number("x.price-user-read")
    prices.post = number("x.price-post")
    prices.postWithLink = number("x.price-post-with-link")
    prices.summonedReply = number("x.price-summoned-reply")
    prices.deletion = number("x.price-deletion")
    return prices
  }

  private func number(_ name: String) -> Double { Double(value(name)) ?? 0 }

  private static func withoutSlash(_ url: String) -> String {
    String(url.reversed().drop { $0 == "/" }.reversed())
  }
}
