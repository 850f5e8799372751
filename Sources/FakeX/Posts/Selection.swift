internal import Bytes

/// Which fields of what are wanted: the parameters `tweet.fields`, `expansions` and so on.
struct Selection: Hashable, Sendable {
  private(set) var post: Set<String> = ["id", "text", "edit_history_tweet_ids"]
  private(set) var user: Set<String> = ["id", "name", "username"]
  private(set) var media: Set<String> = ["media_key", "type"]
  private(set) var place: Set<String> = ["id", "full_name"]
  private(set) var poll: Set<String> = ["id", "options"]
  private(set) var expansions: Set<String> = []
  var isSpeltNew = false

  /// The three fields that come unasked.
  init() {}

  /// Everything there is.
  static let everything: Selection = {
    var selection = Selection()
    selection.post = postFields
    selection.user = userFields
    selection.media = mediaFields
    selection.place = placeFields
    selection.poll = pollFields
    selection.expansions = knownExpansions
    return selection
  }()

  /// What a request asks for. `isUser`: it asks for users, whose pinned posts it may expand.
  init(_ request: Request, _ spelling: Settings.Spelling, isStream: Bool = false) throws(Problem) {
    if isStream, request.value("post.fields") != nil, spelling != .post {
      throw Parameters.unknown("post.fields", "", Parameters.fields)
    }
    for name in ["tweet.fields", "post.fields"] {
      post.formUnion(try Self.read(request, name, Self.postFields))
    }
    user.formUnion(try Self.read(request, "user.fields", Self.userFields))
    media.formUnion(try Self.read(request, "media.fields", Self.mediaFields))
    place.formUnion(try Self.read(request, "place.fields", Self.placeFields))
    poll.formUnion(try Self.read(request, "poll.fields", Self.pollFields))
    expansions = Set(try Self.read(request, "expansions", Self.knownExpansions))
    for expansion in expansions {
      if let root = expansion.split(separator: ".").first { post.insert(String(root)) }
    }
    isSpeltNew =
      switch spelling {
      case .asAsked: request.value("post.fields") != nil && !isStream
      case .tweet: false
      case .post: true
      }
  }

  private static func read(
    _ request: Request, _ name: String, _ known: Set<String>
  ) throws(Problem) -> [String] {
    guard let list = request.value(name) else { return [] }
    let wanted = list.split(separator: ",").map { Spellings.old(name: String($0)) }
    if let unknown = wanted.first(where: { !known.contains($0) }) {
      throw .invalid(
        name, [list],
        "The `\(name)` query parameter value [\(unknown)] is not one of"
          + " [\(known.sorted().joined(separator: ","))]")
    }
    return wanted
  }

  private static let postFields: Set = [
    "article", "attachments", "author_id", "card_uri", "community_id", "context_annotations",
    "conversation_id", "created_at", "display_text_range", "edit_controls",
    "edit_history_tweet_ids", "entities", "geo", "id", "in_reply_to_user_id", "lang",
    "media_metadata", "non_public_metrics", "note_tweet", "organic_metrics", "paid_partnership",
    "possibly_sensitive", "promoted_metrics", "public_metrics", "referenced_tweets",
    "reply_settings", "scopes", "source", "text", "withheld",
  ]
  private static let userFields: Set = [
    "affiliation", "confirmed_email", "connection_status", "created_at", "description",
    "entities", "id", "is_identity_verified", "location", "most_recent_tweet_id", "name",
    "parody", "pinned_tweet_id", "profile_banner_url", "profile_image_url", "protected",
    "public_metrics", "receives_your_dm", "subscription", "subscription_type", "url",
    "username", "verified", "verified_followers_count", "verified_type", "withheld",
  ]
  private static let mediaFields: Set = [
    "alt_text", "duration_ms", "height", "media_key", "non_public_metrics", "organic_metrics",
    "preview_image_url", "promoted_metrics", "public_metrics", "type", "url", "variants", "width",
  ]
  private static let placeFields: Set = [
    "contained_within", "country", "country_code", "full_name", "geo", "id", "name", "place_type",
  ]
  private static let pollFields: Set = [
    "duration_minutes", "end_datetime", "id", "options", "voting_status",
  ]
  private static let knownExpansions: Set = [
    "article.cover_media", "article.media_entities", "attachments.media_keys",
    "attachments.media_source_tweet", "attachments.poll_ids", "author_id",
    "edit_history_tweet_ids", "entities.mentions.username", "geo.place_id",
    "in_reply_to_user_id", "entities.note.mentions.username", "referenced_tweets.id",
    "referenced_tweets.id.author_id", "referenced_tweets.id.attachments.media_keys",
    "pinned_tweet_id", "most_recent_tweet_id", "affiliation.user_id",
  ]
}
