internal import Bytes

/// X's refusals, each with the body that X gives.
struct Problem: Error {
  var status: Int
  var json: JSON

  private init(_ status: Int, _ json: JSON) {
    self.status = status
    self.json = json
  }

  var answer: Answer { Answer(status: status, json) }

  /// What stands before the name of a problem in its `type`.
  static let base = "https://api.twitter.com/2/problems/"

  static let unauthorized = plain(401, "Unauthorized")
  static let notFound = plain(404, "Not Found")
  static let tooManyRequests = plain(429, "Too Many Requests")
  static let unavailable = plain(503, "Service Unavailable")

  /// A refusal that says no more than its status.
  static func plain(_ status: Int, _ title: String, _ detail: String? = nil) -> Problem {
    Problem(
      status,
      [
        "title": .text(title), "type": "about:blank", "status": JSON(status),
        "detail": .text(detail ?? title),
      ])
  }

  /// That something may not be done, whoever asks.
  static func forbidden(_ detail: String) -> Problem { plain(403, "Forbidden", detail) }

  /// That these credentials are not for this endpoint.
  static func unsupportedAuthentication(_ kind: String, _ allowed: [String]) -> Problem {
    let list = allowed.map { "[\($0)]" }.joined(separator: ", ")
    return Problem(
      403,
      [
        "title": "Unsupported Authentication",
        "detail": .text(
          "Authenticating with \(kind) is forbidden for this endpoint.  Supported authentication"
            + " types are \(list)."),
        "type": .text(base + "unsupported-authentication"), "status": 403,
      ])
  }

  /// That a parameter has no such value.
  static func invalid(_ name: String, _ values: [String], _ message: String) -> Problem {
    Problem(
      400,
      [
        "errors": [
          [
            "parameters": .object([JSON.Field(name, .array(values.map { .text($0) }))]),
            "message": .text(message),
          ]
        ],
        "title": "Invalid Request",
        "detail": "One or more parameters to your request was invalid.",
        "type": .text(base + "invalid-request"),
      ])
  }

  /// That a stream cannot be had now.
  static func connection(_ status: Int, _ issue: String, _ detail: String) -> Problem {
    Problem(
      status,
      [
        "title": "ConnectionException", "detail": .text(detail),
        "connection_issue": .text(issue), "type": .text(base + "streaming-connection"),
      ])
  }

  static let tooManyConnections = connection(
    429, "TooManyConnections",
    "This stream is currently at the maximum allowed connection limit.")

  static let noRules = connection(
    409, "RuleConfigurationIssue",
    "You must define rules using the POST /2/tweets/search/stream/rules endpoint before"
      + " connecting to filtered stream.")

  /// That the month's posts are read.
  static let usageCap = Problem(
    429,
    [
      "account_id": "90210009", "product_name": "pay-per-use", "title": "UsageCapExceeded",
      "period": "Monthly", "scope": "Product",
      "detail": "Usage cap exceeded: Monthly product cap", "type": .text(base + "usage-capped"),
    ])

  /// A refusal of the OAuth 2.0 endpoints (RFC 6749, section 5.2).
  static func oauth(_ error: String, _ description: String) -> Problem {
    Problem(
      error == "invalid_client" ? 401 : 400,
      ["error": .text(error), "error_description": .text(description)])
  }

  /// What an answer says of one thing that was asked for and is not there.
  static func missing(_ resource: String, _ parameter: String, _ value: String) -> JSON {
    [
      "value": .text(value),
      "detail": .text("Could not find \(resource) with \(parameter): [\(value)]."),
      "title": "Not Found Error", "resource_type": .text(resource),
      "parameter": .text(parameter), "resource_id": .text(value),
      "type": .text(base + "resource-not-found"),
    ]
  }
}
