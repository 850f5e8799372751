internal import Bytes
internal import Curl
package import Machine

/// OAuth 2.0 with PKCE (RFC 7636): a user signs in at X with a browser, which comes back to a
/// loopback address with a code that tokens are had for.
package struct OAuth2: Sendable {
  /// What an app that answers needs leave for.
  package static let scopes = "tweet.read tweet.write users.read offline.access"

  private let clientID: String
  private let clientSecret: Secret?
  private let redirect: String
  private let verifier: String
  /// Comes back with the code: what has another one is not ours.
  package let state: String

  /// A sign-in that comes back to `redirect`. `random` are 48 bytes or more that nobody can guess.
  package init(
    clientID: String, clientSecret: Secret? = nil, redirect: String, random: [UInt8]
  ) {
    self.clientID = clientID
    self.clientSecret = clientSecret
    self.redirect = redirect
    verifier = Base64URL.encode(random.prefix(32))
    state = Base64URL.encode(random.dropFirst(32))
  }

  /// What X is shown of the verifier before it is used.
  static func challenge(_ verifier: String) -> String {
    Base64URL.encode(SHA256.digest(Array(verifier.utf8)))
  }

  /// The page of X's where the user says yes.
  package func page(at authorize: String = "https://x.com/i/oauth2/authorize") -> String {
    authorize
      + HTTPRequest.path(
        [],
        [
          ("response_type", "code"), ("client_id", clientID), ("redirect_uri", redirect),
          ("scope", Self.scopes), ("state", state),
          ("code_challenge", Self.challenge(verifier)), ("code_challenge_method", "S256"),
        ])
  }

  /// What the browser is shown that came back with a request; nil where that is of no sign-in of
  /// ours, and the right one may yet come.
  package func answer(to returned: String) -> String? {
    let fields = Self.fields(of: returned)
    guard fields["state"] == state else { return nil }
    return fields["error"] == nil
      ? "You can close this page.\n" : "You have not agreed: nobody was signed in.\n"
  }

  /// The tokens for the code of the request that the browser came back with: its path and query.
  package func tokens(
    for returned: String, _ transport: any XTransport, clock: Clock = .system
  ) async throws(XError) -> TokenStore.Tokens {
    let fields = Self.fields(of: returned)
    guard fields["state"] == state else {
      throw .invalid("the browser came back from another sign-in: begin again")
    }
    if let error = fields["error"] {
      throw .invalid("X gives no leave: \(XProblem.shown(error))")
    }
    guard let code = fields["code"] else {
      throw .invalid("the browser came back without a code: begin again")
    }
    let request = Self.request(
      [
        ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirect),
        ("code_verifier", verifier),
      ], clientID: clientID, secret: clientSecret)
    return try Self.tokens(
      try await FormRequest.send(request, transport), now: clock.milliseconds)
  }

  static func tokens(_ answer: JSON, now: Int64) throws(XError) -> TokenStore.Tokens {
    guard let access = answer["access_token"]?.text.flatMap({ Secret($0) }) else {
      throw .unreadable(path: "/2/oauth2/token", reason: "there is no access_token in it")
    }
    let seconds = min(max(answer["expires_in"]?.integer ?? 7_200, 0), 1 << 31)
    return TokenStore.Tokens(
      access: access, refresh: answer["refresh_token"]?.text.flatMap { Secret($0) },
      expires: now + Int64(seconds) * 1_000)
  }

  static func request(
    _ fields: [(String, String)], clientID: String, secret: Secret?
  ) -> HTTPRequest {
    let fields = secret == nil ? fields + [("client_id", clientID)] : fields
    let form = fields.map { "\($0.0)=\(HTTPRequest.encode($0.1))" }.joined(separator: "&")
    var request = HTTPRequest(
      "POST", "/2/oauth2/token", body: Array(form.utf8),
      type: "application/x-www-form-urlencoded")
    if let secret {
      let pair = HTTPRequest.encode(clientID) + ":" + HTTPRequest.encode(secret.revealed)
      request.headers.append(("Authorization", "Basic " + Base64.encode(Array(pair.utf8))))
    }
    return request
  }

  /// The fields of a query, decoded; of two of a name the first.
  static func fields(of target: String) -> [String: String] {
    guard let mark = target.firstIndex(of: "?") else { return [:] }
    var fields: [String: String] = [:]
    for field in target[target.index(after: mark)...].split(separator: "&") {
      let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = decode(parts[0])
      fields[name] = fields[name] ?? decode(parts.count > 1 ? parts[1] : "")
    }
    return fields
  }

  private static func decode(_ text: Substring) -> String {
    let source = Array(text.utf8)
    var bytes: [UInt8] = []
    var index = 0
    while index < source.count {
      if source[index] == UInt8(ascii: "%"), index + 2 < source.count,
        let byte = UInt8(
          String(decoding: source[(index + 1)...(index + 2)], as: UTF8.self), radix: 16)
      {
        bytes.append(byte)
        index += 3
      } else {
        bytes.append(source[index] == UInt8(ascii: "+") ? 0x20 : source[index])
        index += 1
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
