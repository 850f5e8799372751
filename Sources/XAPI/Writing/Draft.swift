package import Bytes

/// A post that is to be sent.
package struct Draft: Hashable, Sendable {
  package var text: String
  /// The post that it answers; nil: none.
  package var replyTo: String?
  package var isMadeWithAI = false

  package init(_ text: String, replyTo: String? = nil) {
    self.text = text
    self.replyTo = replyTo
  }

  /// The post that it answers, written as X writes ids.
  package var answered: String? {
    replyTo.map { id in UInt64(id).map { "\($0)" } ?? id }
  }

  /// What X would refuse; empty: nothing that can be seen from here.
  package var faults: [String] {
    var faults: [String] = []
    if text.allSatisfy(\.isWhitespace) { faults.append("it is empty") }
    let length = WeightedLength.of(text)
    if length > Limits.postCharacters {
      faults.append("it counts as \(length) characters, \(Limits.postCharacters) are allowed")
    }
    if cashtags > 1 { faults.append("it has \(cashtags) cashtags, one is allowed") }
    return faults
  }

  /// What the sender should know before it is sent.
  package func warnings(_ prices: Prices, isSummoned: Bool = true) -> [String] {
    let links = Links.ranges(in: text).count
    guard links > 0 else { return [] }
    let usual = replyTo != nil && isSummoned ? prices.summonedReply : prices.post
    return ["a link makes it cost $\(prices.postWithLink) instead of $\(usual)"]
  }

  private var cashtags: Int {
    text.split(whereSeparator: \.isWhitespace).count { word in
      word.first == "$" && word.dropFirst().first?.isLetter == true
    }
  }

  var body: JSON {
    var fields = [JSON.Field("text", .text(text))]
    if let answered {
      fields.append(.init("reply", ["in_reply_to_tweet_id": .text(answered)]))
    }
    if isMadeWithAI { fields.append(.init("made_with_ai", true)) }
    return .object(fields)
  }
}

/// Whether the author of a post has called us: X takes answers of apps to such posts only.
package enum Summons {
  /// Looks at a post with what it refers to, as a search or the stream gives it.
  package static func calls(_ line: JSON, account id: String, named name: String) -> Bool {
    guard let post = line["data"] else { return false }
    let mentions =
      (post["entities"]?["mentions"]?.elements ?? [])
      + ((post["note_tweet"] ?? post["note_post"])?["entities"]?["mentions"]?.elements ?? [])
    let name = name.drop { $0 == "@" }.lowercased()
    if mentions.contains(where: {
      $0["id"]?.text == id || (!name.isEmpty && $0["username"]?.text?.lowercased() == name)
    }) {
      return true
    }
    let references = (post["referenced_tweets"] ?? post["referenced_posts"])?.elements ?? []
    let quoted = references.filter { $0["type"]?.text == "quoted" }.compactMap { $0["id"]?.text }
    let includes = line["includes"]
    let posts = (includes?["tweets"] ?? includes?["posts"])?.elements ?? []
    return posts.contains { post in
      post["author_id"]?.text == id && post["id"]?.text.map(quoted.contains) == true
    }
  }
}
