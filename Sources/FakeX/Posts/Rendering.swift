internal import Bytes

/// Makes of what is known what was asked for.
extension Selection {
  /// A post with the wanted fields.
  func rendered(post data: JSON) -> JSON {
    let kept = data.keeping { post.contains($0) }
    return isSpeltNew ? Spellings.new(kept) : kept
  }

  /// A user with the wanted fields.
  func rendered(user data: JSON) -> JSON {
    let kept = data.keeping { user.contains($0) }
    return isSpeltNew ? Spellings.new(kept) : kept
  }

  /// What `includes` has for some posts; nil where it has nothing.
  func includes(for posts: [Template.Content]) -> JSON? {
    var found = Found()
    for post in posts { gather(post, &found) }
    let lists: [(String, [JSON])] = [
      ("users", found.users.values.map { rendered(user: $0) }),
      ("tweets", found.posts.values.map { $0.keeping { post.contains($0) } }),
      ("media", found.media.values.map { $0.keeping { media.contains($0) } }),
      ("places", found.places.values.map { $0.keeping { place.contains($0) } }),
      ("polls", found.polls.values.map { $0.keeping { poll.contains($0) } }),
    ]
    let fields = lists.filter { !$0.1.isEmpty }.map { JSON.Field($0.0, .array($0.1)) }
    if fields.isEmpty { return nil }
    return isSpeltNew ? Spellings.new(.object(fields)) : .object(fields)
  }

  /// Things by their ids, in the order found.
  private struct Things {
    private(set) var values: [JSON] = []
    private var ids: Set<String> = []

    mutating func add(_ things: JSON?, _ key: String, _ isWanted: (String) -> Bool) {
      for thing in things?.elements ?? [] {
        if let id = thing[key]?.text, isWanted(id), ids.insert(id).inserted {
          values.append(thing)
        }
      }
    }
  }

  private struct Found {
    var users = Things()
    var posts = Things()
    var media = Things()
    var places = Things()
    var polls = Things()
  }

  private func gather(_ content: Template.Content, _ found: inout Found) {
    let (data, includes) = (content.data, content.includes)
    func wants(_ name: String) -> Bool { expansions.contains(name) }
    var users: Set<String> = []
    if wants("author_id"), let id = data["author_id"]?.text { users.insert(id) }
    if wants("in_reply_to_user_id"), let id = data["in_reply_to_user_id"]?.text {
      users.insert(id)
    }
    let referenced = Set(
      (data["referenced_tweets"]?.elements ?? []).compactMap { $0["id"]?.text })
    if wants("referenced_tweets.id") || wants("referenced_tweets.id.author_id") {
      found.posts.add(includes["tweets"], "id") { referenced.contains($0) }
    }
    if wants("edit_history_tweet_ids") {
      let history = Set(data["edit_history_tweet_ids"]?.texts ?? [])
      found.posts.add(.array([data]), "id") { history.contains($0) }
    }
    if wants("referenced_tweets.id.author_id") {
      for post in includes["tweets"]?.elements ?? []
      where post["id"]?.text.map(referenced.contains) == true {
        if let id = post["author_id"]?.text { users.insert(id) }
      }
    }
    found.users.add(includes["users"], "id") { users.contains($0) }
    if wants("entities.mentions.username") || wants("entities.note.mentions.username") {
      let names = content.facts.mentions
      found.users.add(includes["users"], "username") { names.contains($0.lowercased()) }
    }
    if wants("attachments.media_keys") {
      let keys = Set(data["attachments"]?["media_keys"]?.texts ?? [])
      found.media.add(includes["media"], "media_key") { keys.contains($0) }
    }
    if wants("attachments.poll_ids") { found.polls.add(includes["polls"], "id") { _ in true } }
    if wants("geo.place_id") { found.places.add(includes["places"], "id") { _ in true } }
  }
}
