extension Expression {
  /// Whether a post is one of those meant.
  func matches(_ post: PostFacts) -> Bool {
    switch self {
    case .all(let parts): parts.allSatisfy { $0.matches(post) }
    case .any(let parts): parts.contains { $0.matches(post) }
    case .not(let part): !part.matches(post)
    case .keyword(let word): post.words.contains(word)
    case .phrase(let words, nil): Self.contains(post.words, words)
    case .phrase(let words, let distance?): Self.isNear(post.words, words, distance)
    case .text(let text): post.text.contains(text)
    case .mention(let name): post.mentions.contains(name)
    case .hashtag(let tag): post.hashtags.contains(tag)
    case .cashtag(let sign): post.cashtags.contains(sign)
    case .operation(let name, let value): name.matches(post, value)
    }
  }

  private static func contains(_ words: [String], _ phrase: [String]) -> Bool {
    guard let first = phrase.first else { return false }
    return words.indices.contains { index in
      words[index] == first && words[index...].starts(with: phrase)
    }
  }

  /// Whether all words of the phrase are there, with at most `distance` others between.
  private static func isNear(_ words: [String], _ phrase: [String], _ distance: Int) -> Bool {
    let length = phrase.count + distance
    return words.indices.contains { start in
      let window = words[start...].prefix(length)
      return phrase.contains(words[start]) && phrase.allSatisfy(window.contains)
    }
  }
}

extension Expression.Operator {
  fileprivate func matches(_ post: PostFacts, _ value: String) -> Bool {
    switch self {
    case .from: post.author.contains(value)
    case .to: post.answered.contains(value)
    case .retweetsOf: post.repeated.contains(value)
    case .retweetsOfPost: post.references.contains { $0.type == "retweeted" && $0.id == value }
    case .inReplyTo: post.references.contains { $0.type == "replied_to" && $0.id == value }
    case .conversation: post.conversation == value
    case .url, .urlContains: post.urls.contains { $0.contains(value) }
    case .lang: post.language == value
    case .source: post.source == value
    case .bio: post.authorText.contains(value)
    case .bioName: post.authorName.contains(value)
    case .minFollowers: Self.isAtLeast(post.followers, value)
    case .followers: Self.isWithin(post.followers, value)
    case .sample: Int((UInt64(post.id) ?? 0) % 100) < Int(value) ?? 0
    case .is: Self.isKind(post, value)
    case .has: Self.has(post, value)
    // What posts here do not have.
    case .context, .entity, .place, .bioLocation, .placeCountry, .pointRadius, .boundingBox,
      .fromAffiliate, .toAffiliate, .urlTitle, .urlDescription, .tweets, .following, .listed:
      false
    }
  }

  private static func isAtLeast(_ number: Int, _ value: String) -> Bool {
    Int(value).map { number >= $0 } ?? false
  }

  /// `100` or more, or `100..200`.
  private static func isWithin(_ number: Int, _ value: String) -> Bool {
    let bounds = value.split(separator: ".").compactMap { Int($0) }
    guard let low = bounds.first else { return false }
    return number >= low && (bounds.count < 2 || number <= bounds[1])
  }

  private static func isKind(_ post: PostFacts, _ kind: String) -> Bool {
    switch kind {
    case "retweet": post.references.contains { $0.type == "retweeted" }
    case "reply": post.references.contains { $0.type == "replied_to" }
    case "quote": post.references.contains { $0.type == "quoted" }
    case "verified": post.isVerified
    default: false
    }
  }

  private static func has(_ post: PostFacts, _ what: String) -> Bool {
    switch what {
    case "hashtags": !post.hashtags.isEmpty
    case "cashtags": !post.cashtags.isEmpty
    case "links": !post.urls.isEmpty
    case "mentions": !post.mentions.isEmpty
    case "media", "media_link": !post.media.isEmpty
    case "images": post.media.contains("photo")
    case "videos", "video_link": post.media.contains("video")
    case "geo": post.hasGeo
    default: false
    }
  }
}
