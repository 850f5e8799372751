/// The names of the parameters that each route takes.
enum Parameters {
  /// Thrown: that a request has one that its route does not take.
  static func check(_ request: Request, _ route: String) throws(Problem) {
    guard let names = known[route] else { return }
    if let stray = request.query.first(where: { !names.contains($0.name) }) {
      throw unknown(stray.name, stray.value, names)
    }
  }

  /// That a parameter is none.
  static func unknown(_ name: String, _ value: String, _ names: [String]) -> Problem {
    .invalid(
      name, [value],
      "The query parameter [\(name)] is not one of [\(names.joined(separator: ","))]")
  }

  static let fields = [
    "tweet.fields", "post.fields", "expansions", "user.fields", "media.fields", "poll.fields",
    "place.fields",
  ]
  private static let bounds = ["since_id", "until_id", "start_time", "end_time", "max_results"]
  private static let search =
    fields + bounds + ["query", "next_token", "pagination_token", "sort_order"]

  private static let known: [String: [String]] = [
    "GET /2/tweets/search/stream": fields + ["backfill_minutes", "start_time", "end_time"],
    "GET /2/tweets/search/stream/rules": ["ids", "max_results", "pagination_token"],
    "POST /2/tweets/search/stream/rules": ["dry_run", "delete_all"],
    "GET /2/tweets/search/stream/rules/counts": ["rules_count.fields"],
    "GET /2/tweets/search/recent": search,
    "GET /2/tweets/search/all": search,
    "GET /2/tweets": fields + ["ids"],
    "GET /2/tweets/:id": fields,
    "POST /2/tweets": [],
    "DELETE /2/tweets/:id": [],
    "GET /2/users": fields + ["ids"],
    "GET /2/users/by": fields + ["usernames"],
    "GET /2/users/:id": fields,
    "GET /2/users/by/username/:name": fields,
    "GET /2/users/me": fields,
    "GET /2/users/:id/mentions": fields + bounds + ["pagination_token"],
    "GET /2/usage/tweets": ["days", "usage.fields"],
    "GET /2/connections": [
      "status", "endpoints", "max_results", "pagination_token", "connection.fields",
    ],
    "GET /2/compliance/jobs": ["type", "status", "compliance_job.fields"],
  ]
}
