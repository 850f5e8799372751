/// A field of posts, by its name in the older spelling.
package enum PostField: String, CaseIterable, Sendable {
  case author = "author_id"
  case conversation = "conversation_id"
  case createdAt = "created_at"
  case editControls = "edit_controls"
  case editHistory = "edit_history_tweet_ids"
  case entities
  case inReplyToUser = "in_reply_to_user_id"
  case language = "lang"
  case noteText = "note_tweet"
  case possiblySensitive = "possibly_sensitive"
  case publicMetrics = "public_metrics"
  case referencedPosts = "referenced_tweets"
  case replySettings = "reply_settings"
  case withheld
}

/// What a post refers to that is to come along with it, by its name in the older spelling.
package enum PostExpansion: String, CaseIterable, Sendable {
  case author = "author_id"
  case referencedPosts = "referenced_tweets.id"
  case authorsOfReferencedPosts = "referenced_tweets.id.author_id"
  case mentionedUsers = "entities.mentions.username"
  case inReplyToUser = "in_reply_to_user_id"
}

/// A field of users.
package enum UserField: String, CaseIterable, Sendable {
  case createdAt = "created_at"
  case name
  case protected
  case publicMetrics = "public_metrics"
  case username
  case verified
}

/// The parameters that ask for all fields there are, of posts and of what they refer to.
package enum PostFields {
  /// Those of a request in a spelling.
  package static func query(
    _ spelling: XClient.Settings.FieldSpelling
  ) -> [(name: String, value: String)] {
    switch spelling {
    case .tweet:
      [
        ("tweet.fields", list(PostField.allCases.map(\.rawValue))),
        ("expansions", list(PostExpansion.allCases.map(\.rawValue))), users,
      ]
    case .post:
      [
        ("post.fields", list(PostField.allCases.compactMap(\.newerName))),
        ("expansions", list(PostExpansion.allCases.compactMap(\.newerName))), users,
      ]
    }
  }

  /// The fields of users alone.
  static var users: (name: String, value: String) {
    ("user.fields", list(UserField.allCases.map(\.rawValue)))
  }

  private static func list(_ names: [String]) -> String { names.joined(separator: ",") }
}

extension PostField {
  /// The name in the newer spelling; nil for what is an expansion alone there.
  var newerName: String? {
    switch self {
    case .author, .inReplyToUser, .referencedPosts: nil
    default: rawValue.replacing("tweet", with: "post")
    }
  }
}

extension PostExpansion {
  /// The name in the newer spelling; nil where another one brings the same.
  var newerName: String? {
    switch self {
    case .author, .mentionedUsers, .inReplyToUser: rawValue
    case .referencedPosts: "referenced_posts"
    case .authorsOfReferencedPosts: nil
    }
  }
}
