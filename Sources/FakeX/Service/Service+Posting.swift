internal import Bytes
internal import Machine

/// Writing and deleting posts.
extension Service {
  private static let known: Set = [
    "text", "reply", "media", "made_with_ai", "quote_tweet_id", "quote_post_id", "reply_settings",
    "for_super_followers_only", "nullcast", "geo", "poll", "community_id", "paid_partnership",
    "direct_message_deep_link", "card_uri", "share_with_followers", "edit_options",
  ]

  /// `POST /2/tweets`.
  mutating func create(_ request: Request) throws(Problem) -> Answer {
    let body = try Self.body(request)
    if let unknown = body.fields?.first(where: { !Self.known.contains($0.name) }) {
      throw .invalid(
        unknown.name, [unknown.value.line],
        "$.\(unknown.name): is not defined in the schema and the schema does not allow"
          + " additional properties")
    }
    let text = body["text"]?.text ?? ""
    try check(text, body)
    let answered = try answeredPost(body["reply"])
    if people.written.contains(where: { archive.post($0)?.data["text"]?.text == text }) {
      throw .forbidden("You are not allowed to create a Tweet with duplicate content.")
    }
    let hasLink = WeightedText(text).hasLink
    let isCalled = answered.map { isSummoned(by: $0) } ?? false
    if hasLink {
      ledger.book("create_with_link", settings.prices.createWithLink)
    } else if isCalled {
      ledger.book("summoned_reply", settings.prices.summonedReply)
    } else {
      ledger.book("create", settings.prices.create)
    }
    let content = write(text, answered)
    return Answer(
      status: 201,
      [
        "data": [
          "id": .text("\(content.id)"), "text": .text(text),
          "edit_history_tweet_ids": [.text("\(content.id)")],
        ]
      ])
  }

  private func check(_ text: String, _ body: JSON) throws(Problem) {
    let media = body["media"]?["media_ids"]?.elements ?? []
    if text.isEmpty, media.isEmpty {
      throw .invalid("text", [text], "Text or media is required.")
    }
    if media.count > 4 { throw .invalid("media_ids", [], "media_ids must be 4 at most") }
    if body["quote_tweet_id"] != nil || body["quote_post_id"] != nil, !settings.isEnterprise {
      throw .forbidden("Quoting posts is not available to this account.")
    }
    let weighted = WeightedText(text)
    if weighted.length > 280 {
      throw .invalid(
        "text", [text],
        "The text is too long: its weighted length is \(weighted.length), and 280 is allowed.")
    }
    if weighted.cashtags > 1 {
      throw .forbidden("A post may have one cashtag at most.")
    }
  }

  private func answeredPost(_ reply: JSON?) throws(Problem) -> Template.Content? {
    guard let reply else { return nil }
    guard let id = reply["in_reply_to_tweet_id"]?.text ?? reply["in_reply_to_post_id"]?.text,
      let number = UInt64(id)
    else {
      throw .invalid("in_reply_to_tweet_id", [], "in_reply_to_tweet_id must be the id of a post")
    }
    guard let post = archive.post(number) else {
      throw .forbidden(
        "You attempted to reply to a Tweet that is deleted or not visible to you.")
    }
    let isOwn = post.data["author_id"]?.text == settings.account.id
    guard isOwn || settings.isEnterprise || isSummoned(by: post) else {
      throw .forbidden(
        "Reply to this conversation is not allowed because you have not been mentioned or"
          + " otherwise engaged by the author of the post you are replying to.")
    }
    return post
  }

  /// Whether a post's author has called for the account: named it, or quoted one of its posts.
  private func isSummoned(by post: Template.Content) -> Bool {
    let account = settings.account
    if post.facts.mentions.contains(account.username.lowercased()) { return true }
    return post.facts.references.contains { reference in
      guard reference.type == "quoted", let id = UInt64(reference.id) else { return false }
      let own = archive.post(id)?.data["author_id"]?.text
      let included = post.includes["tweets"]?.elements?.first { $0["id"]?.text == reference.id }
      return own == account.id || included?["author_id"]?.text == account.id
    }
  }

  /// Publishes a post of the account.
  private mutating func write(_ text: String, _ answered: Template.Content?) -> Template.Content {
    let time = now
    // Newer than everything there is, whatever time the posts of a file are from.
    let newest = archive.entries.last?.id ?? 0
    let id = max(Snowflake.first(at: time), newest + 1)
    var data: JSON = [
      "id": .text("\(id)"), "text": .text(text), "author_id": .text(settings.account.id),
      "created_at": .text(UTCTime.text(milliseconds: time)),
      "conversation_id": answered?.data["conversation_id"] ?? .text("\(id)"),
      "edit_history_tweet_ids": [.text("\(id)")],
    ]
    var includes: JSON = [
      "users": .array([people.user(id: settings.account.id)].compactMap(\.self))
    ]
    if let answered {
      data = data.setting(
        "referenced_tweets", [["type": "replied_to", "id": .text("\(answered.id)")]])
      if let author = answered.data["author_id"] {
        data = data.setting("in_reply_to_user_id", author)
      }
      includes = includes.setting("tweets", [answered.data])
        .setting(
          "users",
          .array(
            (includes["users"]?.elements ?? []) + (answered.includes["users"]?.elements ?? [])))
    }
    let content = Template.Content(id, data, includes)
    archive.publish(archive.add(Template(content)), at: time)
    people.written.append(id)
    return content
  }

  /// `DELETE /2/tweets/{id}`.
  mutating func delete(_ id: String) throws(Problem) -> Answer {
    guard let number = UInt64(id), let post = archive.post(number) else {
      throw .plain(404, "Not Found", "Could not find tweet with id: [\(id)].")
    }
    guard post.data["author_id"]?.text == settings.account.id else {
      throw .forbidden("You are not authorized to delete this Tweet.")
    }
    archive.delete(number)
    ledger.book("delete", settings.prices.delete)
    return Answer(["data": ["deleted": true]])
  }
}
