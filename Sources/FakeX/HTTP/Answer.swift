internal import Bytes

/// What is sent for a request that is not a stream.
struct Answer: Sendable {
  var status = 200
  var headers: [(name: String, value: String)] = []
  var type = "application/json; charset=utf-8"
  var body: [UInt8] = []
  /// Whether the connection goes down instead of the answer, after all has been done.
  var isLost = false

  init(status: Int = 200, _ json: JSON) {
    self.status = status
    body = Array(json.line.utf8)
  }

  init(status: Int = 200, type: String, text: String) {
    self.status = status
    self.type = type
    body = Array(text.utf8)
  }

  /// The whole answer as it goes over the wire.
  func bytes(isHead: Bool, keepsAlive: Bool) -> [UInt8] {
    var fields = headers
    fields.append(("content-type", type))
    fields.append(("content-length", "\(body.count)"))
    if !keepsAlive { fields.append(("connection", "close")) }
    return Self.head(status, fields) + (isHead ? [] : body)
  }

  /// A status line and headers, with the empty line behind them.
  static func head(_ status: Int, _ headers: [(name: String, value: String)]) -> [UInt8] {
    var text = "HTTP/1.1 \(status) \(reasons[status] ?? "Status")\r\n"
    for header in headers { text += "\(header.name): \(header.value)\r\n" }
    return Array((text + "\r\n").utf8)
  }

  private static let reasons = [
    200: "OK", 201: "Created", 204: "No Content", 302: "Found", 400: "Bad Request",
    401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
    409: "Conflict", 413: "Content Too Large", 429: "Too Many Requests",
    500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable",
  ]
}
