internal import Bytes

/// The endpoints that hand out tokens, and the page where a user agrees.
extension Service {
  mutating func findOutside(_ request: Request, _ parts: [String]) throws(Problem) -> Answer {
    switch (request.method, parts) {
    case ("GET", ["i", "oauth2", "authorize"]), ("GET", ["2", "oauth2", "authorize"]):
      return try authorize(request)
    case ("POST", ["2", "oauth2", "token"]): return try token(request)
    case ("POST", ["2", "oauth2", "revoke"]):
      try checkClient(request)
      tokens.revoke(Self.field(request, "token") ?? "")
      return Answer(["revoked": true])
    case ("POST", ["oauth2", "token"]): return try appToken(request)
    case (_, _) where parts.count == 3 && parts[0] == "_compliance":
      return try exchange(request, parts[1], parts[2])
    default: throw .notFound
    }
  }

  private static func field(_ request: Request, _ name: String) -> String? {
    request.form.last { $0.name == name }?.value
  }

  /// Name and secret of Basic authentication.
  private static func basic(_ request: Request) -> (name: String, secret: String)? {
    guard let header = request.header("authorization"), header.hasPrefix("Basic "),
      let bytes = Base64.decode(String(header.dropFirst(6)))
    else { return nil }
    let parts = String(decoding: bytes, as: UTF8.self).split(
      separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let name = Form.decode(parts[0]), let secret = Form.decode(parts[1])
    else { return nil }
    return (name, secret)
  }

  /// `POST /oauth2/token`: a bearer token for an app's key and secret.
  private mutating func appToken(_ request: Request) throws(Problem) -> Answer {
    let keys = settings.credentials
    guard let given = Self.basic(request), given.name == keys.consumerKey,
      given.secret == keys.consumerSecret
    else {
      throw .plain(403, "Forbidden", "Unable to verify your credentials")
    }
    guard Self.field(request, "grant_type") == "client_credentials" else {
      throw .oauth("unsupported_grant_type", "Missing or invalid grant_type")
    }
    return Answer(["token_type": "bearer", "access_token": .text(tokens.makeAppToken())])
  }

  /// `GET …/oauth2/authorize`: the user agrees at once, or does not.
  private mutating func authorize(_ request: Request) throws(Problem) -> Answer {
    guard let redirect = request.value("redirect_uri"), !redirect.isEmpty,
      request.value("client_id") == settings.credentials.clientID
    else { throw .plain(400, "Bad Request", "Something went wrong: client_id or redirect_uri") }
    let state = request.value("state").map { "&state=" + Form.encode($0) } ?? ""
    var query = "error=access_denied"
    if settings.credentials.agrees {
      guard request.value("response_type") == "code",
        request.value("code_challenge_method") == "S256",
        let challenge = request.value("code_challenge"), (43...128).contains(challenge.count)
      else { throw .plain(400, "Bad Request", "Something went wrong: code_challenge") }
      let code = tokens.makeCode(
        Tokens.Code(
          challenge: challenge, redirect: redirect,
          scopes: Set((request.value("scope") ?? "").split(separator: " ").map(String.init)),
          end: now + scaled(settings.credentials.codeLife)))
      query = "code=" + Form.encode(code)
    }
    var answer = Answer(status: 302, type: "text/plain", text: "")
    answer.headers.append(
      ("location", redirect + (redirect.contains("?") ? "&" : "?") + query + state))
    return answer
  }

  private func checkClient(_ request: Request) throws(Problem) {
    let keys = settings.credentials
    if let secret = keys.clientSecret {
      guard let given = Self.basic(request), given.name == keys.clientID, given.secret == secret
      else { throw .oauth("unauthorized_client", "Missing valid authorization header") }
    } else if Self.field(request, "client_id") != keys.clientID {
      throw .oauth("invalid_request", "Missing required parameter [client_id].")
    }
  }

  /// `POST /2/oauth2/token`.
  private mutating func token(_ request: Request) throws(Problem) -> Answer {
    try checkClient(request)
    let scopes: Set<String>
    switch Self.field(request, "grant_type") {
    case "authorization_code": scopes = try redeem(request)
    case "refresh_token":
      guard let known = tokens.take(refresh: Self.field(request, "refresh_token") ?? "") else {
        throw .oauth("invalid_request", "Value passed for the token was invalid.")
      }
      scopes = known
    default: throw .oauth("unsupported_grant_type", "Missing or invalid grant_type")
    }
    let life = scaled(settings.credentials.accessLife)
    let grant = tokens.grant(scopes, until: now + life)
    var json: JSON = [
      "token_type": "bearer", "expires_in": JSON(max(1, life / 1_000)),
      "access_token": .text(grant.access),
      "scope": .text(scopes.sorted().joined(separator: " ")),
    ]
    if let refresh = grant.refresh { json = json.setting("refresh_token", .text(refresh)) }
    return Answer(json)
  }

  private mutating func redeem(_ request: Request) throws(Problem) -> Set<String> {
    let invalid = Problem.oauth(
      "invalid_request", "Value passed for the authorization code was invalid.")
    guard let code = tokens.take(code: Self.field(request, "code") ?? ""), code.end > now,
      code.redirect == Self.field(request, "redirect_uri")
    else { throw invalid }
    let verifier = Self.field(request, "code_verifier") ?? ""
    guard (43...128).contains(verifier.count),
      Base64URL.encode(SHA256.digest(Array(verifier.utf8))) == code.challenge
    else { throw .oauth("invalid_request", "Value passed for the code verifier was invalid.") }
    return code.scopes
  }
}
