import Bytes
import Machine
import TestSupport
import Testing

@testable import FakeX

/// Who may do what: signatures, tokens, and how they are had.
@Suite struct OAuthTests {
  private static let key = "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw"
  private static let secret = "LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE"

  @Test(arguments: [
    (
      "POST", "https://api.x.com/1.1/statuses/update.json",
      "include_entities=true&status=Hello%20Ladies%20%2B%20Gentlemen%2C%20a%20signed%20OAuth%20request%21",
      "Ls93hJiZbQ3akF3HF3x1Bz8/zU4="
    ),
    (
      "POST", "https://api.twitter.com/1.1/statuses/update.json",
      "include_entities=true&status=Hello%20Ladies%20%2B%20Gentlemen%2C%20a%20signed%20OAuth%20request%21",
      "hCtSmYh+iHYCEqBWrE7C7hYmtUk="
    ),
    ("POST", "https://api.x.com/2/tweets", "", "lr+tV/DKclEvXKVjG6tgaSSLV0k="),
    (
      "GET", "https://api.x.com/2/users/me", "user.fields=created_at,verified",
      "l7GGIdxhDKon0NANevPMNDZjSXs="
    ),
  ])
  func `signatures are those of the documentation`(
    _ method: String, _ url: String, _ query: String, _ expected: String
  ) throws {
    let fields = [
      ("oauth_consumer_key", "xvz1evFS4wEEPTGEFPHBog"),
      ("oauth_nonce", "kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg"),
      ("oauth_signature_method", "HMAC-SHA1"), ("oauth_timestamp", "1318622958"),
      ("oauth_token", "370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb"),
      ("oauth_version", "1.0"),
    ].map { Request.Parameter(name: $0.0, value: $0.1) }
    let query = try #require(Form.parameters(Substring(query)))
    let signature = OAuth1.signature(
      method: method, url: url, parameters: query + fields, consumerSecret: Self.key,
      tokenSecret: Self.secret)
    #expect(signature == expected)
  }

  // RFC 7636, appendix B.
  @Test func `a challenge is the standard's`() {
    let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    #expect(
      Base64URL.encode(SHA256.digest(Array(verifier.utf8)))
        == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
  }

  @Test func `a signature is good for the configured addresses, and once`() throws {
    let served = try Served()
    let path = "/2/users/me?user.fields=verified,description"
    for base in ["https://api.x.com", "https://api.twitter.com"] {
      #expect(try Signer(base: base).send(served, "GET", path).status == 200)
    }
    #expect(try Signer(base: served.address).send(served, "GET", path).status == 401)
    #expect(try Signer().client(served.address, "POST", path).get(path).status == 401)
    #expect(try Signer().client(served.address, "GET", "/2/users/me").get(path).status == 401)
    let client = Signer().client(served.address, "GET", path)
    #expect(try client.get(path).status == 200)
    #expect(try client.get(path).status == 401)
    var wrong = Signer()
    wrong.keys.accessSecret = "other"
    #expect(try wrong.send(served, "GET", path).status == 401)
  }

  @Test func `an app's token is had for its key and secret`() throws {
    let served = try Served()
    var client = Client(
      address: served.address,
      authorization: "Basic " + Base64.encode("fake-consumer-key:fake-consumer-secret".utf8))
    let answer = try client.form("/oauth2/token", ["grant_type": "client_credentials"]).json
    let token = try #require(answer["access_token"]?.text)
    client.authorization = "Bearer " + token
    #expect(try client.get("/2/tweets/search/stream/rules").status == 200)
    // What looks like an escape in it is none.
    let decoded = try #require(Form.decode(Substring(token)))
    client.authorization = "Bearer " + decoded
    #expect(try client.get("/2/tweets/search/stream/rules").status == 401)
    client.authorization = "Basic " + Base64.encode("fake-consumer-key:wrong".utf8)
    #expect(try client.form("/oauth2/token", ["grant_type": "client_credentials"]).status == 403)
  }

  private static let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
  private static let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

  private func authorize(_ served: Served, scope: String) throws -> String? {
    let path =
      "/i/oauth2/authorize?response_type=code&client_id=fake-client-id&state=s1"
      + "&redirect_uri=" + escape("http://127.0.0.1:1/cb") + "&scope=" + escape(scope)
      + "&code_challenge=\(Self.challenge)&code_challenge_method=S256"
    let answer = try served.client.get(path)
    #expect(answer.status == 302)
    let place = try #require(answer.headers["location"])
    #expect(place.hasPrefix("http://127.0.0.1:1/cb?") && place.hasSuffix("&state=s1"))
    return place.split { "?&".contains($0) }.first { $0.hasPrefix("code=") }
      .map { String($0.dropFirst(5)) }
  }

  private func redeem(_ served: Served, _ code: String, verifier: String = verifier) throws
    -> Response
  {
    var client = served.client
    client.authorization = nil
    return try client.form(
      "/2/oauth2/token",
      [
        "grant_type": "authorization_code", "code": code, "client_id": "fake-client-id",
        "redirect_uri": "http://127.0.0.1:1/cb", "code_verifier": verifier,
      ])
  }

  @Test func `a user's token is had with PKCE, and renewed once with each refresh token`() throws {
    let served = try Served()
    let scope = "tweet.read users.read offline.access"
    let code = try #require(try authorize(served, scope: scope))
    let first = try redeem(served, code).json
    #expect(first["expires_in"]?.integer == 7_200)
    let access = try #require(first["access_token"]?.text)
    #expect(try redeem(served, code).status == 400)
    func client(_ token: String) -> Client {
      Client(address: served.address, authorization: "Bearer " + token)
    }
    #expect(try client(access).get("/2/users/me").status == 200)
    #expect(try client(access).post("/2/tweets", ["text": "x"]).status == 403)
    #expect(try client(access).get("/2/tweets/search/stream/rules").status == 403)
    let refresh = try #require(first["refresh_token"]?.text)
    func renew() throws -> Response {
      try client("").form(
        "/2/oauth2/token",
        [
          "grant_type": "refresh_token", "refresh_token": refresh,
          "client_id": "fake-client-id",
        ])
    }
    let second = try renew().json
    let newer = try #require(second["access_token"]?.text)
    #expect(try renew().status == 400)
    #expect(try client(access).get("/2/users/me").status == 401)
    #expect(try client(newer).get("/2/users/me").status == 200)
    served.fake.advance(milliseconds: 7_200_000)
    #expect(try client(newer).get("/2/users/me").status == 401)
  }

  @Test func `a code that is too old, or comes with another verifier, is refused`() throws {
    let served = try Served()
    let old = try #require(try authorize(served, scope: "users.read"))
    served.fake.advance(milliseconds: 30_000)
    #expect(try redeem(served, old).status == 400)
    let code = try #require(try authorize(served, scope: "users.read"))
    let other = String(Self.verifier.reversed())
    #expect(try redeem(served, code, verifier: other).status == 400)
    let third = try #require(try authorize(served, scope: "users.read"))
    let answer = try redeem(served, third).json
    #expect(answer["refresh_token"] == nil)
    let token = try #require(answer["access_token"]?.text)
    var client = served.client
    _ = try client.form("/2/oauth2/revoke", ["token": token, "client_id": "fake-client-id"])
    client.authorization = "Bearer " + token
    #expect(try client.get("/2/users/me").status == 401)
  }

  @Test func `a user can say no, and a confidential client must say who it is`() throws {
    let served = try Served { settings in
      settings.credentials.agrees = false
      settings.credentials.clientSecret = "hush"
    }
    #expect(try authorize(served, scope: "users.read") == nil)
    served.fake.configure { $0.credentials.agrees = true }
    let code = try #require(try authorize(served, scope: "users.read"))
    #expect(try redeem(served, code).status == 400)
    let client = Client(
      address: served.address,
      authorization: "Basic " + Base64.encode("fake-client-id:hush".utf8))
    let answer = try client.form(
      "/2/oauth2/token",
      [
        "grant_type": "authorization_code", "code": code,
        "redirect_uri": "http://127.0.0.1:1/cb", "code_verifier": Self.verifier,
      ])
    #expect(answer.status == 200)
  }
}
