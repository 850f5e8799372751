internal import Bytes

/// The signature of a request by OAuth 1.0a (RFC 5849, section 3.4).
enum OAuth1 {
  /// The fields of an `Authorization: OAuth …` header; nil where it is none.
  static func fields(_ header: String) -> [Request.Parameter]? {
    guard header.hasPrefix("OAuth ") else { return nil }
    var fields: [Request.Parameter] = []
    for part in header.dropFirst(6).split(separator: ",") {
      let pair = part.drop(while: \.isWhitespace).split(
        separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard pair.count == 2, pair[1].hasPrefix("\""), pair[1].hasSuffix("\""), pair[1].count >= 2,
        let value = Form.decode(pair[1].dropFirst().dropLast())
      else { return nil }
      fields.append(Request.Parameter(name: String(pair[0]), value: value))
    }
    return fields
  }

  /// The signature that a request to `base` and its path must have.
  static func signature(
    method: String, url: String, parameters: [Request.Parameter], consumerSecret: String,
    tokenSecret: String
  ) -> String {
    let pairs = parameters.filter { $0.name != "oauth_signature" && $0.name != "realm" }
      .map { (Form.encode($0.name), Form.encode($0.value)) }
      .sorted { ($0.0, $0.1) < ($1.0, $1.1) }
    let list = pairs.map { "\($0.0)=\($0.1)" }.joined(separator: "&")
    let text = [method.uppercased(), url, list].map(Form.encode).joined(separator: "&")
    let key = Form.encode(consumerSecret) + "&" + Form.encode(tokenSecret)
    return Base64.encode(SHA1.authenticate(Array(text.utf8), key: Array(key.utf8)))
  }

  /// Whether a request's signature is right, whichever of the bases it was made for.
  static func isSigned(
    _ request: Request, _ fields: [Request.Parameter], _ keys: Credentials
  ) -> Bool {
    func value(_ name: String) -> String? { fields.last { $0.name == name }?.value }
    guard value("oauth_consumer_key") == keys.consumerKey,
      value("oauth_token") == keys.accessToken, value("oauth_signature_method") == "HMAC-SHA1",
      value("oauth_nonce")?.isEmpty == false, value("oauth_timestamp").flatMap(Int64.init) != nil,
      value("oauth_version") ?? "1.0" == "1.0", let signature = value("oauth_signature")
    else { return false }
    return keys.canonicalBases.contains { base in
      signature
        == self.signature(
          method: request.method, url: base + request.path,
          parameters: request.query + request.form + fields,
          consumerSecret: keys.consumerSecret, tokenSecret: keys.accessSecret)
    }
  }
}
