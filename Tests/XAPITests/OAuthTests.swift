import Bytes
import Curl
import Testing

@testable import XAPI

@Suite struct OAuthTests {
  private static func secret(_ text: String) throws -> Secret { try #require(Secret(text)) }

  private static func signer() throws -> OAuth1 {
    OAuth1(
      consumer: .init(
        key: try secret("xvz1evFS4wEEPTGEFPHBog"),
        secret: try secret("kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw")),
      token: .init(
        key: try secret("370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb"),
        secret: try secret("LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE")))
  }

  private struct Vector: Sendable, CustomStringConvertible {
    var method: String
    var url: String
    var parameters: [String: String]
    var signature: String
    var description: String { "\(method) \(url)" }

    static let status = [
      "include_entities": "true", "status": "Hello Ladies + Gentlemen, a signed OAuth request!",
    ]
    static let all = [
      Vector(
        method: "POST", url: "https://api.x.com/1.1/statuses/update.json", parameters: status,
        signature: "Ls93hJiZbQ3akF3HF3x1Bz8/zU4="),
      Vector(
        method: "post", url: "https://api.twitter.com/1.1/statuses/update.json",
        parameters: status, signature: "hCtSmYh+iHYCEqBWrE7C7hYmtUk="),
      // A body in JSON is not signed.
      Vector(
        method: "POST", url: "https://api.x.com/2/tweets", parameters: [:],
        signature: "lr+tV/DKclEvXKVjG6tgaSSLV0k="),
      Vector(
        method: "GET", url: "https://api.x.com/2/users/me",
        parameters: ["user.fields": "created_at,verified"],
        signature: "l7GGIdxhDKon0NANevPMNDZjSXs="),
    ]
  }

  @Test(arguments: Vector.all)
  private func `signatures are X's`(_ vector: Vector) throws {
    let header = try Self.signer().header(
      method: vector.method, url: vector.url,
      parameters: vector.parameters.map { ($0.key, $0.value) },
      nonce: "kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg", seconds: 1_318_622_958)
    #expect(header.hasPrefix("OAuth oauth_consumer_key=\"xvz1evFS4wEEPTGEFPHBog\""))
    let signature = HTTPRequest.encode(vector.signature)
    #expect(header.contains("oauth_signature=\"\(signature)\""))
    #expect(!header.contains("kAcSOq") && !header.contains("LswwdoUa"))
  }

  // RFC 7636, appendix B.
  @Test func `the challenge is the standard's`() {
    #expect(
      OAuth2.challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
        == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
  }

  @Test func `secrets are shown nowhere`() throws {
    let secret = try Self.secret(" hush\n")
    #expect(secret.revealed == "hush")
    var text = "\(secret) \(String(reflecting: secret)) "
    dump(secret, to: &text)
    var credentials = XCredentials()
    credentials.bearer = secret
    dump(credentials, to: &text)
    #expect(!text.contains("hush"))
    #expect(Secret(" \n") == nil)
  }
}
