internal import Bytes
internal import Machine

/// What was handed out by the OAuth endpoints.
struct Tokens {
  struct Code {
    var challenge: String
    var redirect: String
    var scopes: Set<String>
    var end: Int64
  }

  private struct Grant {
    var scopes: Set<String>
    var end: Int64
    var refresh: String?
  }

  private var apps: Set<String> = []
  private var codes: [String: Code] = [:]
  private var grants: [String: Grant] = [:]
  /// Refresh tokens that are still good.
  private var refreshes: [String: Set<String>] = [:]
  private var nonces: Set<String> = []

  private static func secret() -> String {
    Base64URL.encode(Entropy.identifier() + Entropy.identifier())
  }

  func isOfApp(_ token: String) -> Bool { apps.contains(token) }

  /// Whether a nonce is seen for the first time.
  mutating func isNew(nonce: String) -> Bool {
    if nonces.count >= Limits.nonces { nonces = [] }
    return nonces.insert(nonce).inserted
  }

  /// What a user's token is good for; nil: it is none, or too old.
  func scopes(of token: String, at now: Int64) -> Set<String>? {
    guard let grant = grants[token], grant.end > now else { return nil }
    return grant.scopes
  }

  mutating func makeAppToken() -> String {
    // As X's own, with a percent sign that is part of it.
    let token = "AAAA%3D" + Self.secret()
    apps.insert(token)
    return token
  }

  mutating func makeCode(_ code: Code) -> String {
    let name = Self.secret()
    codes[name] = code
    return name
  }

  /// A code is good once.
  mutating func take(code: String) -> Code? { codes.removeValue(forKey: code) }

  /// The scopes of a refresh token, which is good once.
  mutating func take(refresh: String) -> Set<String>? {
    guard let scopes = refreshes.removeValue(forKey: refresh) else { return nil }
    // The access token that came with it goes with it.
    for (token, grant) in grants where grant.refresh == refresh { grants[token] = nil }
    return scopes
  }

  mutating func grant(
    _ scopes: Set<String>, until end: Int64
  ) -> (access: String, refresh: String?) {
    let access = Self.secret()
    let refresh = scopes.contains("offline.access") ? Self.secret() : nil
    if let refresh { refreshes[refresh] = scopes }
    grants[access] = Grant(scopes: scopes, end: end, refresh: refresh)
    return (access, refresh)
  }

  mutating func revoke(_ token: String) {
    grants[token] = nil
    refreshes[token] = nil
    apps.remove(token)
  }
}
