internal import Bytes
internal import Machine

/// What became of a post.
package enum PostOutcome: Hashable, Sendable {
  case sent(id: String)
  /// It had been sent before, as is known only now or was known already.
  case wasSent(id: String)
  /// Whether it was sent cannot be told yet; asking again later settles it, and never sends twice.
  case unsettled(String)
}

extension XClient {
  /// Milliseconds after a request left behind which X's search shows what came of it: it is given
  /// up after a minute, and a post is found within another.
  static let settling: Int64 = 120_000
  /// How far X's searches reach back.
  private static let reach: Int64 = 7 * 86_400_000 - 60_000
  /// How far our clock may be ahead of X's.
  private static let clockMargin: Int64 = 60_000

  /// Sends a draft once, whatever happens between: the intent is kept before, and where one is
  /// found whose end is not known, X is asked for what it led to. Two who send the same do so one
  /// after the other. `name` is one's own for a post that is no answer. Where `isChecked`, an
  /// answer goes only to who has called the account.
  ///
  /// Thrown: `PostRefusal` where it is not even sent, `XError` where X refuses.
  package func post(
    _ draft: Draft, key name: String? = nil, _ intents: any PostIntents, isChecked: Bool = true
  ) async throws -> PostOutcome {
    let key = PostIntent.key(of: draft, named: name)
    let claim = try intents.claim(key)
    defer { withExtendedLifetime(claim) {} }
    let known = try intents.find(key)
    if case .sent(let id) = known?.state { return .wasSent(id: id) }
    let sending = Sending(draft: draft, key: key, intents: intents, earlier: known?.unsettledSince)
    let checks = isChecked ? draft.answered : nil
    var account: Account?
    if sending.earlier != nil || checks != nil { account = try await ownAccount() }
    if let known, let account, let since = sending.earlier {
      if let id = try await trace(of: known, draft, since: since, by: account) {
        try intents.keep(known.ended(.sent(id: id)))
        return .wasSent(id: id)
      }
      if let reason = whyUnsettled(known) { return .unsettled(reason) }
    }
    if let fault = draft.faults.first { throw XError.invalid("the post cannot be sent: \(fault)") }
    if let checks, let account { try await checkSummons(checks, of: account) }
    return try await send(sending)
  }

  /// What is being sent.
  private struct Sending {
    var draft: Draft
    var key: String
    var intents: any PostIntents
    /// When the first request before this one left whose end is not known.
    var earlier: Int64?
  }

  private struct Account {
    var id: String
    var name: String
  }

  private func ownAccount() async throws(XError) -> Account {
    let me = try await whoAmI()
    guard let id = me["id"]?.text, let name = me["username"]?.text, !id.isEmpty, !name.isEmpty
    else { throw .unreadable(path: "/2/users/me", reason: "there is no account in it") }
    return Account(id: id, name: name)
  }

  private func checkSummons(_ id: String, of account: Account) async throws {
    guard let line = try await posts(ids: [id]).first?.lines().first,
      let post = try? JSON(parsing: line.line)
    else { throw PostRefusal.noSuchPost(id) }
    guard Summons.calls(post, account: account.id, named: account.name) else {
      throw PostRefusal.notSummoned(id)
    }
  }

  /// Why nothing can be told yet of an intent that has left no trace; nil: it was never sent.
  private func whyUnsettled(_ known: PostIntent) -> String? {
    guard case .sending = known.state else { return nil }
    let age = clock.milliseconds - known.started
    if age <= Self.settling { return "it was being sent a moment ago; ask again in two minutes" }
    guard age > Self.reach else { return nil }
    return "it was being sent longer ago than X's search reaches back, which is seven days: look "
      + "among the account's posts, and post it by hand where it is not there"
  }

  private func send(_ sending: Sending) async throws -> PostOutcome {
    let (draft, intents) = (sending.draft, sending.intents)
    let (intent, result) = await request(sending)
    switch result {
    case .success(let answer):
      guard let id = answer["data"]?["id"]?.text else {
        return .unsettled("X's answer names no id")
      }
      try? intents.keep(intent.ended(.sent(id: id)))
      ledger.add("posts written", 1, at: price(of: draft))
      return .sent(id: id)
    case .failure(let error):
      switch error {
      case .refused(let status, let problem) where Self.isFinal(status):
        return try await end(sending, intent, status, problem, error)
      case .usageCapped(let problem): return try await end(sending, intent, 429, problem, error)
      case .refused(let status, let problem): return .unsettled("X answers \(status): \(problem)")
      case .network(let error): return .unsettled("\(error)")
      case .unreadable: return .unsettled("\(error)")
      case .rateLimited, .noCredentials, .invalid, .cancelled: throw error
      }
    }
  }

  /// Has X post it. Each request is noted when it leaves: waits for X's leave may be long.
  private func request(_ sending: Sending) async -> (PostIntent, Result<JSON, XError>) {
    var intent = PostIntent(sending.draft, key: sending.key, started: clock.milliseconds)
    let create = XCall("POST", ["2", "tweets"], body: sending.draft.body, as: .user)
    do throws(XError) {
      let answer = try await call(create) { () throws(XError) in
        intent.started = clock.milliseconds
        intent.unsettledSince = sending.earlier ?? intent.started
        do { try sending.intents.keep(intent) } catch {
          throw .invalid("it was not sent, as that cannot be noted: \(error)")
        }
      }
      return (intent, .success(answer))
    } catch { return (intent, .failure(error)) }
  }

  /// What a refusal leaves behind.
  private func end(
    _ sending: Sending, _ intent: PostIntent, _ status: Int, _ problem: XProblem, _ error: XError
  ) async throws -> PostOutcome {
    if problem.isDuplicate {
      // What X has may be what a request before this one has led to.
      let since = sending.earlier ?? intent.started
      let account = try await ownAccount()
      if let id = try await trace(of: intent, sending.draft, since: since, by: account) {
        try sending.intents.keep(intent.ended(.sent(id: id)))
        return .wasSent(id: id)
      }
      if sending.earlier != nil {
        return .unsettled("X has this text of the account's already, and does not show it yet")
      }
    }
    try sending.intents.keep(
      intent.ended(.refused(status: status), unsettledSince: sending.earlier))
    throw error
  }

  /// Whether an answer of this status tells that nothing was posted.
  private static func isFinal(_ status: Int) -> Bool {
    (400..<500).contains(status) && status != 408
  }

  private func price(of draft: Draft) -> Double {
    if !Links.ranges(in: draft.text).isEmpty { return settings.prices.postWithLink }
    return draft.replyTo == nil ? settings.prices.post : settings.prices.summonedReply
  }

  /// The id of the post that an intent has led to, among the account's since then.
  private func trace(
    of intent: PostIntent, _ draft: Draft, since: Int64, by account: Account
  ) async throws(XError) -> String? {
    let start = max(since - Self.clockMargin, clock.milliseconds - Self.reach)
    var query = PostQuery.recent("from:\(account.name)", since: .time(start))
    query.asker = .user
    for try await page in pages(query) {
      let found = page.posts.first { intent.isTrace($0, answering: draft.answered) }
      if let found { return found["id"]?.text }
    }
    return nil
  }

  /// Deletes a post of the account's own.
  package func deletePost(_ id: String) async throws(XError) -> Bool {
    let answer = try await call(
      XCall("DELETE", ["2", "tweets", id], as: .user, kind: "/2/tweets/:id"))
    ledger.add("posts deleted", 1, at: settings.prices.deletion)
    return answer["data"]?["deleted"]?.boolean ?? false
  }
}

extension XProblem {
  /// Whether X has the same text of the account's already.
  fileprivate var isDuplicate: Bool { description.lowercased().contains("duplicate") }
}
