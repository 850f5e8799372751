/// What a rule, or a search's query, asks for.
indirect enum Expression: Hashable, Sendable {
  case all([Expression])
  case any([Expression])
  case not(Expression)
  case keyword(String)
  /// Words in a row; with a distance, all of them with no more than so many others between.
  case phrase([String], distance: Int?)
  /// An emoji or a sign that is in the text.
  case text(String)
  case mention(String)
  case hashtag(String)
  case cashtag(String)
  case operation(Operator, String)

  /// Operators with a name and a value.
  enum Operator: String, Hashable, Sendable, CaseIterable {
    case from, to, url, context, entity, bio, place, has, lang, sample, source
    case `is`
    case retweetsOf = "retweets_of"
    case conversation = "conversation_id"
    case bioName = "bio_name"
    case bioLocation = "bio_location"
    case placeCountry = "place_country"
    case pointRadius = "point_radius"
    case boundingBox = "bounding_box"
    case fromAffiliate = "from_affiliate_of"
    case toAffiliate = "to_affiliate_of"
    case urlTitle = "url_title"
    case urlDescription = "url_description"
    case urlContains = "url_contains"
    case minFollowers = "min_followers"
    case followers = "followers_count"
    case tweets = "tweets_count"
    case following = "following_count"
    case listed = "listed_count"
    case inReplyTo = "in_reply_to_tweet_id"
    case retweetsOfPost = "retweets_of_tweet_id"

    /// Whether a rule may be made of it alone.
    var isStandalone: Bool {
      switch self {
      case .is, .has, .lang, .sample, .minFollowers, .followers, .tweets, .following, .listed,
        .source:
        false
      default: true
      }
    }
  }
}

extension Expression {
  /// Whether something in it picks posts by itself.
  var hasStandalone: Bool {
    switch self {
    case .all(let parts): parts.contains(where: \.hasStandalone)
    case .any(let parts): parts.allSatisfy(\.hasStandalone)
    case .not: false
    case .operation(let name, _): name.isStandalone
    default: true
    }
  }

  /// Whether everything in it is negated.
  var isNegative: Bool {
    switch self {
    case .all(let parts): parts.allSatisfy(\.isNegative)
    case .any(let parts): parts.contains(where: \.isNegative)
    case .not: true
    default: false
    }
  }
}

/// Why a text is no rule, in X's words.
struct RuleError: Error, Hashable {
  var detail: String
}
