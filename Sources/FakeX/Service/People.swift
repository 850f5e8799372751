internal import Bytes

/// The accounts that posts came with, and the one that posts itself.
struct People {
  private var byID: [String: JSON] = [:]
  private var ids: [String: String] = [:]
  /// The ids of the posts that were written here, in order.
  var written: [UInt64] = []
  /// Accounts that are no more, or no longer public, with the reason.
  var gone: [String: String] = [:]

  mutating func add(_ user: JSON) {
    guard let id = user["id"]?.text else { return }
    // Posts know their authors more and less well: what one says adds to what others said.
    var known = byID[id] ?? .object([])
    for field in user.fields ?? [] { known = known.setting(field.name, field.value) }
    byID[id] = known
    if let name = user["username"]?.text { ids[name.lowercased()] = id }
  }

  func user(id: String) -> JSON? { gone[id] == nil ? byID[id] : nil }
  func user(name: String) -> JSON? { ids[name.lowercased()].flatMap { user(id: $0) } }
}

extension Service {
  /// `GET /2/users` and `/2/users/by`.
  mutating func users(
    _ request: Request, _ list: String, _ parameter: String
  ) throws(Problem) -> Answer {
    let wanted = (request.value(list) ?? "").split(separator: ",").map(String.init)
    guard (1...100).contains(wanted.count) else {
      throw .invalid(
        list, wanted,
        "The number of values in the `\(list)` query parameter list [\(wanted.count)] is not"
          + " between 1 and 100")
    }
    let selection = try Selection(request, settings.spelling)
    var found: [JSON] = []
    var errors: [JSON] = []
    for value in wanted {
      let user = parameter == "id" ? people.user(id: value) : people.user(name: value)
      if let user {
        found.append(selection.rendered(user: user))
        ledger.read(user: user["id"]?.text ?? value, settings.prices.userRead, now: now)
      } else {
        errors.append(Problem.missing("user", list, value))
      }
    }
    var json: JSON = .object([])
    if !found.isEmpty { json = json.setting("data", .array(found)) }
    return Answer(errors.isEmpty ? json : json.setting("errors", .array(errors)))
  }

  /// `GET /2/users/{id}` and `/2/users/by/username/{name}`.
  mutating func user(
    _ request: Request, _ parameter: String, _ value: String
  ) throws(Problem) -> Answer {
    let selection = try Selection(request, settings.spelling)
    let user = parameter == "id" ? people.user(id: value) : people.user(name: value)
    guard let user else {
      return Answer(["errors": [Problem.missing("user", parameter, value)]])
    }
    ledger.read(user: user["id"]?.text ?? value, settings.prices.userRead, now: now)
    return Answer(["data": selection.rendered(user: user)])
  }

  /// `GET /2/users/me`.
  mutating func me(_ request: Request) throws(Problem) -> Answer {
    let selection = try Selection(request, settings.spelling)
    guard let user = people.user(id: settings.account.id) else { throw .unauthorized }
    ledger.read(user: settings.account.id, settings.prices.userRead, now: now)
    return Answer(["data": selection.rendered(user: user)])
  }

  /// `GET /2/usage/tweets`.
  func usage() -> Answer {
    Answer([
      "data": [
        "cap_reset_day": 1, "project_cap": .text("\(settings.caps.posts)"),
        "project_id": "90210", "project_usage": .text("\(ledger.postsRead)"),
      ]
    ])
  }
}
