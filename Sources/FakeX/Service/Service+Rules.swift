internal import Bytes

/// `/2/tweets/search/stream/rules`.
extension Service {
  mutating func listRules(_ request: Request) throws(Problem) -> Answer {
    let largest = try Self.number(request, "max_results", 1...1_000, standard: 1_000)
    let ids = request.value("ids")?.split(separator: ",").map(String.init)
    let wanted = rules.rules.filter { ids?.contains($0.id) ?? true }
    let start = try Page.start(request, "pagination_token")
    let page = wanted.dropFirst(start).prefix(largest)
    var meta: JSON = ["sent": timestamp, "result_count": JSON(page.count)]
    if start + page.count < wanted.count {
      meta = meta.setting("next_token", .text(Page.token(start + page.count)))
    }
    // Without rules X leaves out `data`.
    return Answer(
      page.isEmpty ? ["meta": meta] : ["data": .array(page.map(\.json)), "meta": meta])
  }

  mutating func changeRules(_ request: Request) throws(Problem) -> Answer {
    let isDry = request.value("dry_run") == "true"
    if request.value("delete_all") == "true" {
      let before = rules
      let count = rules.remove { _ in true }
      if isDry { rules = before }
      return deleted(count, missing: 0, errors: [])
    }
    let body = try Self.body(request)
    if let added = body["add"]?.elements { return try addRules(added, isDry: isDry) }
    if let unwanted = body["delete"] { return try deleteRules(unwanted, isDry: isDry) }
    throw .invalid("body", [], "Expected one of: add, delete")
  }

  private mutating func addRules(_ added: [JSON], isDry: Bool) throws(Problem) -> Answer {
    var wanted: [(value: String, tag: String)] = []
    for rule in added {
      guard let value = rule["value"]?.text else {
        throw .invalid("add", [rule.line], "A rule must have a value.")
      }
      wanted.append((value, rule["tag"]?.text ?? ""))
    }
    guard !wanted.isEmpty else { throw .invalid("add", [], "There is no rule to add.") }
    let before = rules
    let plan = rules.plan(wanted, settings.caps)
    if isDry { rules = before } else { rules.add(plan.accepted) }
    let created = plan.accepted.count
    var json: JSON = .object([])
    if created > 0 { json = json.setting("data", .array(plan.accepted.map(\.json))) }
    json = json.setting(
      "meta",
      [
        "sent": timestamp,
        "summary": [
          "created": JSON(created), "not_created": JSON(wanted.count - created),
          "valid": JSON(created + plan.valid), "invalid": JSON(plan.invalid),
        ],
      ])
    if !plan.errors.isEmpty { json = json.setting("errors", .array(plan.errors)) }
    return Answer(status: created > 0 ? 201 : 200, json)
  }

  private mutating func deleteRules(_ unwanted: JSON, isDry: Bool) throws(Problem) -> Answer {
    let ids = unwanted["ids"]?.texts ?? []
    let values = unwanted["values"]?.texts ?? []
    guard !ids.isEmpty || !values.isEmpty else {
      throw .invalid("delete", [unwanted.line], "Rules are deleted by ids or values.")
    }
    let known = rules.rules
    var errors: [JSON] = []
    for id in ids where !known.contains(where: { $0.id == id }) {
      errors.append(Self.missingRule("ids", id))
    }
    for value in values where !known.contains(where: { $0.value == value }) {
      errors.append(Self.missingRule("values", value))
    }
    let before = rules
    let count = rules.remove { ids.contains($0.id) || values.contains($0.value) }
    if isDry { rules = before }
    return deleted(count, missing: errors.count, errors: errors)
  }

  private static func missingRule(_ name: String, _ value: String) -> JSON {
    [
      "errors": [["message": "Rule does not exist", "parameters": .object([])]],
      "title": "Invalid Request", "detail": .text("The rule [\(value)] in `\(name)` is unknown."),
      "type": .text(Problem.base + "invalid-request"),
    ]
  }

  private func deleted(_ count: Int, missing: Int, errors: [JSON]) -> Answer {
    let json: JSON = [
      "meta": [
        "sent": timestamp,
        "summary": ["deleted": JSON(count), "not_deleted": JSON(missing)],
      ]
    ]
    return Answer(errors.isEmpty ? json : json.setting("errors", .array(errors)))
  }

  func countRules() -> Answer {
    let own: JSON = ["client_app_id": "90210", "rule_count": JSON(rules.rules.count)]
    return Answer([
      "data": [
        "cap_per_client_app": .text("\(settings.caps.rules)"),
        "cap_per_project": .text("\(settings.caps.projectRules)"),
        "client_app_rules_count": own, "project_rules_count": .text("\(rules.rules.count)"),
        "all_project_client_apps": [own],
      ]
    ])
  }
}

/// Tokens that say where a page begins.
enum Page {
  private static let mark = "b26v89c19zqg"

  /// A token of sixteen characters or more.
  static func token(_ start: Int) -> String {
    mark + String(repeating: "0", count: max(0, 4 - "\(start)".count)) + "\(start)"
  }

  /// Where the page that a request asks for begins.
  static func start(_ request: Request, _ name: String) throws(Problem) -> Int {
    guard let token = request.value(name) else { return 0 }
    guard token.hasPrefix(mark), let start = Int(token.dropFirst(mark.count)), start >= 0 else {
      throw .invalid(name, [token], "The `\(name)` query parameter value [\(token)] is not valid")
    }
    return start
  }
}
