internal import Bytes
internal import Machine

/// Searches, mentions, and posts by their ids.
extension Service {
  /// `GET /2/tweets/search/recent` and `…/all`.
  mutating func search(_ request: Request, largest: Int) throws(Problem) -> Answer {
    guard let query = request.value("query"), !query.isEmpty else {
      throw .invalid("query", [], "The `query` query parameter can not be empty")
    }
    let length = largest > 100 ? max(1_024, settings.caps.queryLength) : settings.caps.queryLength
    guard query.count <= length else {
      throw .invalid(
        "query", [query],
        "The `query` query parameter value is longer than \(length) characters")
    }
    let expression: Expression
    do throws(RuleError) { expression = try RuleParser.parse(query) } catch {
      throw .invalid(
        "query", [query], "There were errors processing your request: \(error.detail)")
    }
    let count = try Self.number(request, "max_results", 10...largest, standard: 10)
    let token = request.value("next_token") == nil ? "pagination_token" : "next_token"
    let earliest = largest > 100 ? nil : settings.searchReach.map { now - $0 }
    return try page(
      request, token, count, kind: "post_read", price: settings.prices.postRead, from: earliest
    ) { facts in
      // Searches by words no longer find retweets; streams do.
      expression.matches(facts) && !facts.references.contains { $0.type == "retweeted" }
    }
  }

  /// `GET /2/users/{id}/mentions`.
  mutating func mentions(
    _ request: Request, _ id: String, isOwn: Bool
  ) throws(Problem) -> Answer {
    guard let user = people.user(id: id), let name = user["username"]?.text?.lowercased() else {
      return Answer(["errors": [Problem.missing("user", "id", id)]])
    }
    let count = try Self.number(request, "max_results", 5...100, standard: 10)
    let isOwned = isOwn && id == settings.account.id
    return try page(
      request, "pagination_token", count, kind: isOwned ? "owned_read" : "post_read",
      price: isOwned ? settings.prices.ownedRead : settings.prices.postRead
    ) { $0.mentions.contains(name) }
  }

  /// A page of posts, the newest first, and none of before the time `earliest`.
  private mutating func page(
    _ request: Request, _ token: String, _ count: Int, kind: String, price: Int,
    from earliest: Int64? = nil, _ isMeant: (PostFacts) -> Bool
  ) throws(Problem) -> Answer {
    let selection = try Selection(request, settings.spelling)
    if let earliest { try Self.checkReach(request, earliest) }
    let bounds = try bounds(request, token)
    var matches: [Int: Bool] = [:]
    var found: [Template.Content] = []
    var index = archive.firstIndex(from: bounds.upperBound)
    var next: UInt64?
    while index > 0 {
      index -= 1
      let entry = archive.entries[index]
      guard entry.id >= bounds.lowerBound else { break }
      if let earliest, Snowflake.isEarlier(entry.id, than: earliest) { continue }
      guard !archive.isDeleted(entry.id), let post = archive.templates[entry.template].post
      else { continue }
      let isMatch = matches[entry.template] ?? isMeant(post.facts)
      matches[entry.template] = isMatch
      guard isMatch else { continue }
      if found.count == count {
        next = found.last?.id
        break
      }
      if let content = archive.content(entry) { found.append(content) }
    }
    let time = now
    for post in found { ledger.read(post.id, kind, price, now: time) }
    var meta: JSON = ["result_count": JSON(found.count)]
    if let newest = found.first, let oldest = found.last {
      meta = meta.setting("newest_id", .text("\(newest.id)"))
        .setting("oldest_id", .text("\(oldest.id)"))
    }
    if let next { meta = meta.setting("next_token", .text(Page.token(Int(clamping: next)))) }
    var json: JSON = .object([])
    if !found.isEmpty {
      json = json.setting("data", .array(found.map { selection.rendered(post: $0.data) }))
    }
    if let includes = selection.includes(for: found) { json = json.setting("includes", includes) }
    return Answer(json.setting("meta", meta))
  }

  /// The ids that a request allows: from, and up to but not including.
  private func bounds(_ request: Request, _ token: String) throws(Problem) -> Range<UInt64> {
    var low: UInt64 = 0
    var high = UInt64.max
    if let id = try Self.id(request, "since_id") { low = max(low, id + 1) }
    if let id = try Self.id(request, "until_id") { high = min(high, id) }
    if let time = try Self.time(request, "start_time") { low = max(low, time) }
    if let time = try Self.time(request, "end_time") { high = min(high, time) }
    let start = try Page.start(request, token)
    if start > 0 { high = min(high, UInt64(start)) }
    return low..<max(low, high)
  }

  /// Thrown: that a bound is earlier than searches reach.
  private static func checkReach(_ request: Request, _ earliest: Int64) throws(Problem) {
    let limit = UTCTime.text(milliseconds: earliest)
    for name in ["start_time", "end_time"] {
      guard let text = request.value(name), let time = CalendarDay.moment(text), time < earliest
      else { continue }
      throw .invalid(
        name, [text], "Invalid '\(name)':'\(text)'. '\(name)' must be on or after \(limit)")
    }
    for name in ["since_id", "until_id"] {
      guard let id = try id(request, name), Snowflake.isEarlier(id, than: earliest) else {
        continue
      }
      throw .invalid(
        name, ["\(id)"],
        "'\(name)' must be a tweet id created after \(limit). Please use a '\(name)' that is"
          + " larger than \(Snowflake.first(at: earliest))")
    }
  }

  private static func id(_ request: Request, _ name: String) throws(Problem) -> UInt64? {
    guard let text = request.value(name) else { return nil }
    guard let id = UInt64(text), id < UInt64.max else {
      throw .invalid(name, [text], "The `\(name)` query parameter value [\(text)] is not valid")
    }
    return id
  }

  /// The first id of a time.
  private static func time(_ request: Request, _ name: String) throws(Problem) -> UInt64? {
    guard let text = request.value(name) else { return nil }
    guard let time = CalendarDay.moment(text) else {
      throw .invalid(
        name, [text], "The `\(name)` query parameter value [\(text)] is not an RFC 3339 time")
    }
    return Snowflake.first(at: time)
  }

  /// `GET /2/tweets`.
  mutating func posts(_ request: Request) throws(Problem) -> Answer {
    let ids = (request.value("ids") ?? "").split(separator: ",").map(String.init)
    guard (1...100).contains(ids.count) else {
      throw .invalid(
        "ids", ids,
        "The number of values in the `ids` query parameter list"
          + " [\(ids.count)] is not between 1 and 100")
    }
    let selection = try Selection(request, settings.spelling)
    let found = try lookUp(ids)
    var json: JSON = .object([])
    if !found.posts.isEmpty {
      json = json.setting("data", .array(found.posts.map { selection.rendered(post: $0.data) }))
    }
    if let includes = selection.includes(for: found.posts) {
      json = json.setting("includes", includes)
    }
    return Answer(found.errors.isEmpty ? json : json.setting("errors", .array(found.errors)))
  }

  /// `GET /2/tweets/{id}`.
  mutating func post(_ request: Request, _ id: String) throws(Problem) -> Answer {
    let selection = try Selection(request, settings.spelling)
    let found = try lookUp([id])
    guard let post = found.posts.first else {
      return Answer(["errors": .array(found.errors)])
    }
    let json: JSON = ["data": selection.rendered(post: post.data)]
    let includes = selection.includes(for: [post])
    return Answer(includes.map { json.setting("includes", $0) } ?? json)
  }

  private mutating func lookUp(
    _ ids: [String]
  ) throws(Problem) -> (posts: [Template.Content], errors: [JSON]) {
    var posts: [Template.Content] = []
    var errors: [JSON] = []
    let time = now
    for id in ids {
      guard let number = UInt64(id), id.utf8.count <= 19 else {
        throw .invalid(
          "ids", [id], "The `ids` query parameter value [\(id)] is not valid")
      }
      if let post = archive.post(number) {
        posts.append(post)
        ledger.read(post.id, "post_read", settings.prices.postRead, now: time)
      } else {
        errors.append(Problem.missing("tweet", "ids", id))
      }
    }
    return (posts, errors)
  }
}

/// Ids whose upper bits are the time of their making.
enum Snowflake {
  private static let epoch: Int64 = 1_288_834_974_657

  /// The first id of a millisecond.
  static func first(at milliseconds: Int64) -> UInt64 {
    UInt64(max(0, milliseconds - epoch)) << 22
  }

  /// Whether an id was made before a time. Small ids, which X has not given for long, tell none.
  static func isEarlier(_ id: UInt64, than milliseconds: Int64) -> Bool {
    id >= 1 << 50 && id < first(at: milliseconds)
  }
}
