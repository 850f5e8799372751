internal import Bytes
internal import Curl

/// OAuth 1.0a (RFC 5849) with HMAC-SHA1. A body in JSON is not signed; a form is.
package struct OAuth1: Sendable {
  /// A key, or token, with its secret.
  package struct Pair: Sendable {
    package var key: Secret
    package var secret: Secret

    package init(key: Secret, secret: Secret) {
      self.key = key
      self.secret = secret
    }
  }

  private let consumer: Pair
  private let token: Pair

  package init(consumer: Pair, token: Pair) {
    self.consumer = consumer
    self.token = token
  }

  /// The header for a request; `parameters` are those of the query and of a form, not yet encoded,
  /// `url` has none.
  package func header(
    method: String, url: String, parameters: [(name: String, value: String)], nonce: String,
    seconds: Int64
  ) -> String {
    var fields: [(name: String, value: String)] = [
      ("oauth_consumer_key", consumer.key.revealed), ("oauth_nonce", nonce),
      ("oauth_signature_method", "HMAC-SHA1"), ("oauth_timestamp", "\(seconds)"),
      ("oauth_token", token.key.revealed), ("oauth_version", "1.0"),
    ]
    let signature = signature(method: method, url: url, parameters: parameters + fields)
    fields.insert(("oauth_signature", signature), at: 2)
    return "OAuth "
      + fields.map { "\($0.name)=\"\(HTTPRequest.encode($0.value))\"" }.joined(separator: ", ")
  }

  /// The signature over all parameters, those of OAuth included.
  package func signature(
    method: String, url: String, parameters: [(name: String, value: String)]
  ) -> String {
    // Sorted as encoded, byte by byte, not as any language would.
    let encoded = parameters.map { (HTTPRequest.encode($0.name), HTTPRequest.encode($0.value)) }
      .sorted {
        $0.0 == $1.0
          ? $0.1.utf8.lexicographicallyPrecedes($1.1.utf8)
          : $0.0.utf8.lexicographicallyPrecedes($1.0.utf8)
      }
    let list = encoded.map { "\($0.0)=\($0.1)" }.joined(separator: "&")
    let base = [method.uppercased(), url, list].map(HTTPRequest.encode).joined(separator: "&")
    let key =
      HTTPRequest.encode(consumer.secret.revealed) + "&"
      + HTTPRequest.encode(token.secret.revealed)
    return Base64.encode(SHA1.authenticate(Array(base.utf8), key: Array(key.utf8)))
  }
}
