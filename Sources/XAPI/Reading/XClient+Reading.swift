package import Bytes
internal import Machine

/// A search, or another list that comes page by page.
package struct PostQuery: Sendable {
  var segments: [String]
  var kind: String
  var query: [(name: String, value: String)]
  var asker: XCall.Asker
  var tokenName: String
  var price: any KeyPath<Prices, Double> & Sendable
  /// Posts in one page.
  var pageSize: Int
  /// Whether the ledger has what is read; who books it himself has it left out.
  var isBooked = true

  /// Posts of the last seven days, newest first; `until` is an id, above all that are wanted.
  package static func recent(
    _ query: String, since: StreamPosition.Since? = nil, until: UInt64? = nil, pageSize: Int = 100
  ) -> PostQuery {
    let pageSize = min(max(pageSize, 10), 100)
    var fields = [(name: "query", value: query), ("max_results", "\(pageSize)")]
    fields += Self.since(since)
    if let until { fields.append(("until_id", "\(until)")) }
    return PostQuery(
      segments: ["2", "tweets", "search", "recent"], kind: "/2/tweets/search/recent",
      query: fields, asker: .any, tokenName: "next_token", price: \.postRead, pageSize: pageSize)
  }

  /// Posts of all times, newest first.
  package static func archive(
    _ query: String, since: StreamPosition.Since? = nil, pageSize: Int = 500
  ) -> PostQuery {
    let pageSize = min(max(pageSize, 10), 500)
    var fields = [(name: "query", value: query), ("max_results", "\(pageSize)")]
    fields += Self.since(since)
    return PostQuery(
      segments: ["2", "tweets", "search", "all"], kind: "/2/tweets/search/all", query: fields,
      asker: .app, tokenName: "next_token", price: \.postRead, pageSize: pageSize)
  }

  /// Posts that mention a user, newest first. One's own cost a fifth.
  package static func mentions(
    of user: String, since: StreamPosition.Since? = nil, isOwn: Bool = true, pageSize: Int = 100
  ) -> PostQuery {
    let pageSize = min(max(pageSize, 5), 100)
    return PostQuery(
      segments: ["2", "users", user, "mentions"], kind: "/2/users/:id/mentions",
      query: [(name: "max_results", value: "\(pageSize)")] + Self.since(since),
      asker: isOwn ? .user : .any, tokenName: "pagination_token",
      price: isOwn ? \.ownPostRead : \.postRead, pageSize: pageSize)
  }

  private static func since(
    _ since: StreamPosition.Since?
  ) -> [(name: String, value: String)] {
    switch since {
    case nil: []
    case .id(let id): [("since_id", "\(id)")]
    case .time(let time): [("start_time", SearchTime.text(time))]
    }
  }
}

/// The pages of a list, asked for one after the other as they are read.
package struct PostPages: AsyncSequence, Sendable {
  /// A page.
  package typealias Element = PostPage
  /// What ends the reading.
  package typealias Failure = XError

  let client: XClient
  let query: PostQuery

  /// Asks for page after page.
  package struct Iterator: AsyncIteratorProtocol {
    let client: XClient
    let query: PostQuery
    var token: String?
    var pages = 0
    var isAtEnd = false

    /// The next page; nil behind the last.
    package mutating func next() async throws(XError) -> PostPage? {
      guard !isAtEnd, pages < Limits.pages else { return nil }
      let page = try await client.page(query, token: token)
      pages += 1
      // A server that names the same page again would be asked for ever.
      isAtEnd = page.next == nil || page.next == token
      token = page.next
      return page
    }

    /// The next page, whoever waits for it.
    package mutating func next(
      isolation actor: isolated (any Actor)?
    ) async throws(XError) -> PostPage? {
      try await next()
    }
  }

  /// The pages from the first on.
  package func makeAsyncIterator() -> Iterator { Iterator(client: client, query: query) }
}

extension XClient {
  /// The pages of a list.
  package func pages(_ query: PostQuery) -> PostPages { PostPages(client: self, query: query) }

  func page(_ query: PostQuery, token: String?) async throws(XError) -> PostPage {
    let more = token.map { [(name: query.tokenName, value: $0)] } ?? []
    let page = PostPage(
      try await call(
        XCall(
          "GET", query.segments,
          query: query.query + PostFields.query(settings.fieldSpelling) + more,
          as: query.asker, kind: query.kind)))
    if query.isBooked { book(page, at: settings.prices[keyPath: query.price]) }
    return page
  }

  /// Posts by their ids, a hundred a request.
  package func posts(ids: [String]) async throws(XError) -> [PostPage] {
    var pages: [PostPage] = []
    for start in stride(from: 0, to: ids.count, by: Limits.idsAtATime) {
      let part = ids[start..<min(start + Limits.idsAtATime, ids.count)]
      let query = [(name: "ids", value: part.joined(separator: ","))]
      let answer = try await call(
        XCall("GET", ["2", "tweets"], query: query + PostFields.query(settings.fieldSpelling)))
      let page = PostPage(answer)
      book(page, at: settings.prices.postRead)
      pages.append(page)
    }
    return pages
  }

  /// The user who asks.
  package func whoAmI() async throws(XError) -> JSON {
    let answer = try await call(
      XCall(
        "GET", ["2", "users", "me"],
        query: [PostFields.users], as: .user))
    let user = answer["data"] ?? answer
    book(users: [user])
    return user
  }

  /// Users by their names, with or without `@`, a hundred a request; those that are not there are
  /// left out.
  package func users(named names: [String]) async throws(XError) -> [JSON] {
    var users: [JSON] = []
    let names = names.map { String($0.drop { $0 == "@" }) }
    for start in stride(from: 0, to: names.count, by: Limits.idsAtATime) {
      let part = names[start..<min(start + Limits.idsAtATime, names.count)]
      let answer = try await call(
        XCall(
          "GET", ["2", "users", "by"],
          query: [
            ("usernames", part.joined(separator: ",")),
            PostFields.users,
          ]))
      let found = answer["data"]?.elements ?? []
      book(users: found)
      users += found
    }
    return users
  }

  /// How many posts the project has read in this month, and may read.
  package func usage() async throws(XError) -> JSON {
    let answer = try await call(XCall("GET", ["2", "usage", "tweets"], as: .app))
    return answer["data"] ?? answer
  }

  private func book(_ page: PostPage, at price: Double) {
    ledger.read(.posts, Self.ids(page.posts), at: price, now: clock.milliseconds)
  }

  private func book(users: [JSON]) {
    ledger.read(
      .users, Self.ids(users), at: settings.prices.userRead, now: clock.milliseconds)
  }

  private static func ids(_ objects: [JSON]) -> [UInt64?] {
    objects.map { $0["id"]?.text.flatMap { UInt64($0) } }
  }

  /// How many posts X delivers where `limit` are wanted, and what that costs, at most: pages come
  /// whole.
  package func estimate(
    _ query: PostQuery, limit: Int
  ) -> (requests: Int, posts: Int, dollars: Double) {
    let requests = min(max(limit - 1, 0) / query.pageSize + 1, Limits.pages)
    let posts = requests * query.pageSize
    return (requests, posts, Double(posts) * settings.prices[keyPath: query.price])
  }

  /// Asks X to let go of the app's open connections.
  package func freeConnections() async throws(XError) {
    _ = try await call(XCall("DELETE", ["2", "connections", "all"], as: .app))
  }
}
