/// Which fields of posts, and of what they refer to, are asked for.
package enum PostFields {
  /// In the older spelling; the newer one says post where this says tweet.
  static let fields = [
    "author_id", "conversation_id", "created_at", "edit_controls", "edit_history_tweet_ids",
    "entities", "in_reply_to_user_id", "lang", "note_tweet", "possibly_sensitive",
    "public_metrics", "referenced_tweets", "reply_settings", "withheld",
  ]
  static let expansions = [
    "author_id", "referenced_tweets.id", "referenced_tweets.id.author_id",
    "entities.mentions.username", "in_reply_to_user_id",
  ]
  static let userFields = [
    "created_at", "name", "protected", "public_metrics", "username", "verified",
  ]

  /// The parameters of a request in a spelling.
  package static func query(
    _ spelling: XClient.Settings.FieldSpelling
  ) -> [(name: String, value: String)] {
    switch spelling {
    case .tweet:
      [
        ("tweet.fields", fields.joined(separator: ",")),
        ("expansions", expansions.joined(separator: ",")),
        ("user.fields", userFields.joined(separator: ",")),
      ]
    case .post:
      // Here who wrote it and what it refers to are expansions only.
      [
        (
          "post.fields",
          fields.filter { !["author_id", "in_reply_to_user_id", "referenced_tweets"].contains($0) }
            .map(renamed).joined(separator: ",")
        ),
        (
          "expansions",
          ["author_id", "in_reply_to_user_id", "referenced_posts", "entities.mentions.username"]
            .joined(separator: ",")
        ),
        ("user.fields", userFields.joined(separator: ",")),
      ]
    }
  }

  private static func renamed(_ field: String) -> String { field.replacing("tweet", with: "post") }
}
