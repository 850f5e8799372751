/// What a client asks of a server.
package struct HTTPRequest: Sendable {
  package var method: String
  /// The path with its query, percent-encoded where need be (`HTTPRequest.path`).
  package var path: String
  package var headers: [(name: String, value: String)] = []
  /// Nil: a request without a body.
  package var body: [UInt8]?

  package init(_ method: String, _ path: String, body: [UInt8]? = nil, type: String? = nil) {
    self.method = method
    self.path = path
    self.body = body
    if let type { headers.append(("Content-Type", type)) }
  }

  /// A path of these segments, with these fields as its query.
  package static func path(
    _ segments: [String], _ query: [(name: String, value: String)] = []
  ) -> String {
    let fields = query.map { encode($0.name) + "=" + encode($0.value) }
    return segments.map { "/" + encode($0) }.joined()
      + (fields.isEmpty ? "" : "?" + fields.joined(separator: "&"))
  }

  /// A text as it may stand in a path or a query (RFC 3986: all but the unreserved is escaped).
  package static func encode(_ text: String) -> String {
    var encoded = ""
    for byte in text.utf8 {
      let character = Character(Unicode.Scalar(byte))
      if byte < 0x80, character.isLetter || character.isNumber || "-._~".contains(character) {
        encoded.append(character)
      } else {
        encoded += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }
    }
    return encoded
  }
}

/// What a server answered.
package struct HTTPResponse: Sendable {
  package var status: Int
  package var headers: [(name: String, value: String)]
  package var body: [UInt8]

  package init(
    status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []
  ) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// Whether the status says that it was done (200 to 299).
  package var isSuccess: Bool { (200..<300).contains(status) }

  /// A header's value, whatever the case of its name; nil where it was not sent.
  package subscript(header name: String) -> String? {
    headers.last { $0.name.lowercased() == name.lowercased() }?.value
  }
}

/// How long a client has patience.
package struct HTTPPatience: Sendable {
  /// Milliseconds until there is a connection.
  package var connecting = 5_000
  /// Milliseconds for all of an exchange; nil: any time.
  package var whole: Int?
  /// Seconds in which nothing at all is sent or received; nil: any time.
  package var silence: Int?

  package init() {}
}

/// An exchange that did not come about.
package enum CurlError: Error, Hashable, CustomStringConvertible {
  /// Nobody listens there.
  case noConnection(place: String, reason: String)
  case timedOut(place: String)
  /// Nothing at all has come for so many milliseconds.
  case silent(place: String, milliseconds: Int)
  case cancelled
  /// The answer is larger than the caller takes.
  case tooLarge(place: String, limit: Int)
  case failed(place: String, code: Int, reason: String)

  package var description: String {
    switch self {
    case .noConnection(let place, let reason): "cannot connect to \(place): \(reason)"
    case .timedOut(let place): "\(place) does not answer in time"
    case .silent(let place, let milliseconds):
      "nothing has come from \(place) for \(milliseconds) ms"
    case .cancelled: "the request was cancelled"
    case .tooLarge(let place, let limit): "\(place) answered with more than \(limit) bytes"
    case .failed(let place, let code, let reason):
      "the exchange with \(place) failed: \(reason) (curl \(code))"
    }
  }
}
