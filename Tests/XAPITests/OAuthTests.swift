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

  // FIPS 180-4's examples, RFC 2202's second case.
  @Test func `digests are the standards'`() {
    func hex(_ bytes: [UInt8]) -> String {
      bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
    let long = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"
    #expect(hex(SHA1.digest([])) == "da39a3ee5e6b4b0d3255bfef95601890afd80709")
    #expect(hex(SHA1.digest(Array("abc".utf8))) == "a9993e364706816aba3e25717850c26c9cd0d89d")
    #expect(hex(SHA1.digest(Array(long.utf8))) == "84983e441c3bd26ebaae4aa1f95129e5e54670f1")
    #expect(
      hex(
        SHA1.authenticate(
          Array("what do ya want for nothing?".utf8), key: Array("Jefe".utf8)))
        == "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79")
    #expect(
      hex(SHA256.digest(Array("abc".utf8)))
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      hex(SHA256.digest(Array(long.utf8)))
        == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
    // Every length around a block's end is padded.
    for length in 50..<70 {
      #expect(MessagePadding.pad([UInt8](repeating: 1, count: length)).count % 64 == 0)
    }
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
