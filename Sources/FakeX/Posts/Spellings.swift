internal import Bytes

/// The two spellings of the fields of posts: X moved from `tweet` to `post`. Within this module all
/// is spelt the old way.
enum Spellings {
  private static let pairs = [
    ("note_tweet", "note_post"), ("referenced_tweets", "referenced_posts"),
    ("edit_history_tweet_ids", "edit_history_post_ids"), ("pinned_tweet_id", "pinned_post_id"),
    ("tweets", "posts"),
  ]
  private static let old = Dictionary(uniqueKeysWithValues: pairs.map { ($0.1, $0.0) })
  private static let new = Dictionary(uniqueKeysWithValues: pairs)

  /// A post, or `includes`, in the old spelling whatever it came in.
  static func old(_ json: JSON) -> JSON { scoped(json.renaming(old), "tweet") }

  /// The same in the new spelling.
  static func new(_ json: JSON) -> JSON { scoped(json.renaming(new), "post") }

  /// A field's or an expansion's name in the old spelling.
  static func old(name: String) -> String {
    // As an expansion it is called without `.id` now.
    if name == "referenced_posts" { return "referenced_tweets.id" }
    return name.split(separator: ".").map { old[String($0)] ?? String($0) }.joined(separator: ".")
  }

  /// The names `withheld.scope` has for a post.
  private static func scoped(_ json: JSON, _ scope: JSON) -> JSON {
    guard let withheld = json["withheld"], let written = withheld["scope"]?.text,
      written == "tweet" || written == "post"
    else { return json }
    return json.setting("withheld", withheld.setting("scope", scope))
  }
}
