import Bytes
import FakeX

@testable import FakeX

/// Signs requests as an OAuth 1.0a client does.
struct Signer {
  var keys = Credentials()
  var base = "https://api.x.com"

  func header(_ method: String, _ url: String, _ parameters: [Request.Parameter]) -> String {
    let nonce = String(UInt64.random(in: 0...UInt64.max))
    let fields = [
      ("oauth_consumer_key", keys.consumerKey), ("oauth_token", keys.accessToken),
      ("oauth_signature_method", "HMAC-SHA1"), ("oauth_nonce", nonce),
      ("oauth_timestamp", "1318622958"), ("oauth_version", "1.0"),
    ].map { Request.Parameter(name: $0.0, value: $0.1) }
    let signature = OAuth1.signature(
      method: method, url: url, parameters: parameters + fields,
      consumerSecret: keys.consumerSecret, tokenSecret: keys.accessSecret)
    let all = fields + [Request.Parameter(name: "oauth_signature", value: signature)]
    return "OAuth " + all.map { "\($0.name)=\"\(Form.encode($0.value))\"" }.joined(separator: ", ")
  }

  /// A client whose next request is signed; each is good once.
  func client(_ address: String, _ method: String = "GET", _ path: String = "") -> Client {
    let parts = path.split(separator: "?", maxSplits: 1)
    let query = parts.count > 1 ? Form.parameters(parts[1]) ?? [] : []
    return Client(
      address: address,
      authorization: header(method, base + (parts.first ?? ""), query))
  }

  func send(_ served: Served, _ method: String, _ path: String, _ body: JSON? = nil) throws
    -> Response
  {
    try client(served.address, method, path).send(method, path, body?.line)
  }
}
