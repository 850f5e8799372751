internal import Bytes

/// What rules ask about a post, in lower case.
struct PostFacts: Sendable {
  /// Words of the text, of a retweeted and of a quoted post, each with an empty one behind its end.
  var words: [String] = []
  /// The text itself, for what is no word.
  var text = ""
  /// Id, and where it is known the name.
  var author: [String] = []
  var authorText = ""
  var authorName = ""
  var isVerified = false
  var followers = 0
  var language = ""
  var mentions: Set<String> = []
  var hashtags: Set<String> = []
  var cashtags: Set<String> = []
  var urls: [String] = []
  /// Whom it answers: id and name.
  var answered: [String] = []
  /// Whose post it repeats: id and name.
  var repeated: [String] = []
  /// `replied_to`, `quoted`, `retweeted`, each with the post's id.
  var references: [(type: String, id: String)] = []
  var conversation = ""
  var id = ""
  var media: Set<String> = []
  var hasGeo = false
  var source = ""

  init(_ data: JSON, _ includes: JSON) {
    let users = includes["users"]?.elements ?? []
    let posts = includes["tweets"]?.elements ?? []
    id = data["id"]?.text ?? ""
    let author = Self.user(data["author_id"]?.text, users)
    self.author = author.names
    authorName = author.user?["name"]?.text?.lowercased() ?? ""
    authorText = author.user?["description"]?.text?.lowercased() ?? ""
    isVerified = author.user?["verified"]?.boolean ?? false
    followers = author.user?["public_metrics"]?["followers_count"]?.integer ?? 0
    language = data["lang"]?.text?.lowercased() ?? ""
    conversation = data["conversation_id"]?.text ?? ""
    source = data["source"]?.text?.lowercased() ?? ""
    hasGeo = data["geo"] != nil
    answered = Self.user(data["in_reply_to_user_id"]?.text, users).names
    take(data)
    for reference in data["referenced_tweets"]?.elements ?? [] {
      guard let type = reference["type"]?.text, let id = reference["id"]?.text else { continue }
      references.append((type, id))
      guard type != "replied_to", let post = posts.first(where: { $0["id"]?.text == id }) else {
        continue
      }
      take(post)
      if type == "retweeted" { repeated += Self.user(post["author_id"]?.text, users).names }
    }
    let keys = data["attachments"]?["media_keys"]?.texts ?? []
    media = Set(
      (includes["media"]?.elements ?? []).compactMap { item in
        item["media_key"]?.text.map(keys.contains) == true ? item["type"]?.text : nil
      })
    if media.isEmpty, !keys.isEmpty { media = ["media"] }
  }

  private static func user(_ id: String?, _ users: [JSON]) -> (names: [String], user: JSON?) {
    guard let id else { return ([], nil) }
    let user = users.first { $0["id"]?.text == id }
    return ([id, user?["username"]?.text?.lowercased()].compactMap(\.self), user)
  }

  private mutating func take(_ post: JSON) {
    let whole = post["note_tweet"]?["text"]?.text ?? post["text"]?.text ?? ""
    let text = whole.lowercased()
    self.text += text + "\n"
    words += Words.split(text) + [""]
    for sign in Words.signs(text) {
      switch sign.first {
      case "@": mentions.insert(String(sign.dropFirst()))
      case "#": hashtags.insert(String(sign.dropFirst()))
      default: cashtags.insert(String(sign.dropFirst()))
      }
    }
    for entities in [post["entities"], post["note_tweet"]?["entities"]] {
      mentions.formUnion(Self.names(entities?["mentions"], "username"))
      hashtags.formUnion(Self.names(entities?["hashtags"], "tag"))
      cashtags.formUnion(Self.names(entities?["cashtags"], "tag"))
      for name in ["url", "expanded_url", "unwound_url", "display_url"] {
        urls += Self.names(entities?["urls"], name)
      }
    }
  }

  private static func names(_ list: JSON?, _ name: String) -> [String] {
    (list?.elements ?? []).compactMap { $0[name]?.text?.lowercased() }
  }
}

/// Texts as rules see them.
enum Words {
  /// The runs of letters, digits and `_`, and each emoji for itself.
  static func split(_ text: String) -> [String] {
    var words: [String] = []
    var word = ""
    for character in text {
      if isPart(character) {
        word.append(character)
        continue
      }
      if !word.isEmpty { words.append(word) }
      word = ""
      if isEmoji(character) { words.append(String(character)) }
    }
    return word.isEmpty ? words : words + [word]
  }

  /// `@name`, `#tag` and `$SIGN` within a text.
  static func signs(_ text: String) -> [String] {
    var signs: [String] = []
    var sign = ""
    var before: Character = " "
    for character in text + " " {
      if !sign.isEmpty, isPart(character) {
        sign.append(character)
      } else {
        if sign.count > 1 { signs.append(sign) }
        sign = "@#$".contains(character) && !isPart(before) ? String(character) : ""
      }
      before = character
    }
    // A price is no sign.
    return signs.filter { $0.first != "$" || $0.dropFirst().allSatisfy(\.isLetter) }
  }

  static func isPart(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || character == "_"
  }

  static func isEmoji(_ character: Character) -> Bool {
    character.unicodeScalars.first.map {
      $0.properties.isEmoji && $0.value > 0xFF
    } ?? false
  }
}
