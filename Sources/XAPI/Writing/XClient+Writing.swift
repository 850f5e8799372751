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
  /// Milliseconds behind which a request that was cut off has had its effect, or never will.
  private static let settling: Int64 = 60_000

  /// Sends a draft once, whatever happens between: the intent is kept before, and where one is found
  /// whose end is not known, X is asked for what it led to. Thrown: `XError` where X refuses.
  package func post(
    _ draft: Draft, key: String, _ intents: any PostIntents
  ) async throws -> PostOutcome {
    if let known = try intents.find(key) {
      switch known.state {
      case .sent(let id): return .wasSent(id: id)
      case .refused: break
      case .sending:
        if let id = try await trace(of: known) {
          try intents.keep(known.changed(.sent(id: id)))
          return .wasSent(id: id)
        }
        guard clock.milliseconds - known.started > Self.settling else {
          return .unsettled("it was being sent a moment ago; ask again in a minute")
        }
      }
    }
    if let fault = draft.faults.first { throw XError.invalid("the post cannot be sent: \(fault)") }
    let intent = PostIntent(key: key, draft: draft, started: clock.milliseconds)
    try intents.keep(intent)
    return try await send(intent, intents)
  }

  private func send(_ intent: PostIntent, _ intents: any PostIntents) async throws -> PostOutcome {
    do throws(XError) {
      let answer = try await call(
        XCall("POST", ["2", "tweets"], body: intent.draft.body, as: .user))
      guard let id = answer["data"]?["id"]?.text else {
        return .unsettled("X's answer names no id")
      }
      try? intents.keep(intent.changed(.sent(id: id)))
      ledger.add("posts written", 1, at: price(of: intent.draft))
      return .sent(id: id)
    } catch .refused(let status, let problem) where (400..<500).contains(status) {
      // The same text twice: what X has may be what a request before this one has led to.
      if let id = try await traceOfDuplicate(problem, intent) {
        try intents.keep(intent.changed(.sent(id: id)))
        return .wasSent(id: id)
      }
      try intents.keep(intent.changed(.refused(problem.description)))
      throw XError.refused(status: status, problem)
    } catch .network(let error) {
      return .unsettled("\(error)")
    } catch .refused(let status, let problem) {
      return .unsettled("X answers \(status): \(problem)")
    }
  }

  private func price(of draft: Draft) -> Double {
    if !Links.ranges(in: draft.text).isEmpty { return settings.prices.postWithLink }
    return draft.replyTo == nil ? settings.prices.post : settings.prices.summonedReply
  }

  private func traceOfDuplicate(
    _ problem: XProblem, _ intent: PostIntent
  ) async throws -> String? {
    guard problem.description.lowercased().contains("duplicate") else { return nil }
    return try await trace(of: intent)
  }

  /// The id of the post that an intent has led to, among the account's latest.
  private func trace(of intent: PostIntent) async throws(XError) -> String? {
    let me = try await whoAmI()
    guard let name = me["username"]?.text else {
      throw .unreadable(path: "/2/users/me", reason: "there is no username in it")
    }
    // A little before, as its clock may be ahead of X's.
    let start = StreamPosition.Since.time(intent.started - Self.settling)
    var query = PostQuery.recent("from:\(name)", since: start)
    query.asker = .user
    for try await page in pages(query) {
      if let found = page.posts.first(where: { intent.isTrace($0) }) { return found["id"]?.text }
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

extension PostIntent {
  func changed(_ state: State) -> PostIntent {
    var changed = self
    changed.state = state
    return changed
  }

  /// Whether a post of the account's is what this has led to: an answer to the same post, whatever
  /// its words, as there is one a post; else the one of the same text, whose links X replaces.
  func isTrace(_ post: JSON) -> Bool {
    let references = (post["referenced_tweets"] ?? post["referenced_posts"])?.elements ?? []
    let answered = references.first { $0["type"]?.text == "replied_to" }?["id"]?.text
    guard answered == draft.replyTo else { return false }
    if answered != nil { return true }
    let full = (post["note_tweet"] ?? post["note_post"])?["text"]?.text ?? post["text"]?.text ?? ""
    return Self.words(full) == Self.words(draft.text)
  }

  /// The words but for links and for the mentions before an answer, which X adds.
  private static func words(_ text: String) -> [Substring] {
    let text = text.replacing("&amp;", with: "&").replacing("&lt;", with: "<")
      .replacing("&gt;", with: ">")
    var rest = text[...]
    var kept = ""
    for range in Links.ranges(in: text) {
      kept += text[rest.startIndex..<range.lowerBound]
      rest = text[range.upperBound...]
    }
    kept += rest
    let words = kept.split(whereSeparator: \.isWhitespace)
    return words.drop { $0.first == "@" }.map { Substring(String($0)) }
  }
}
