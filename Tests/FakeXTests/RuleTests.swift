import Bytes
import Machine
import TestSupport
import Testing

@testable import FakeX

/// The language of rules, and what each says of a post.
@Suite struct RuleTests {
  private static let facts: PostFacts = {
    let data: JSON = [
      "id": "2051837460012345642", "text": "RT cut", "author_id": "7", "lang": "en",
      "conversation_id": "99", "in_reply_to_user_id": "90",
      "note_tweet": ["text": "@ASOS my coca-cola parcel is Late AGAIN 😡 #Fail $ASC café"],
      "entities": [
        "urls": [["url": "https://t.co/x", "expanded_url": "https://Shop.example/Bag"]]
      ],
      "referenced_tweets": [
        ["type": "quoted", "id": "5"], ["type": "replied_to", "id": "6"],
      ],
      "attachments": ["media_keys": ["3_1"]],
    ]
    let includes: JSON = [
      "users": [
        [
          "id": "7", "name": "Mara T", "username": "mara", "verified": true,
          "description": "Loves bags", "public_metrics": ["followers_count": 212],
        ], ["id": "90", "username": "ASOS"],
      ],
      "tweets": [["id": "5", "text": "New season drop", "author_id": "90"]],
      "media": [["media_key": "3_1", "type": "photo"]],
    ]
    return PostFacts(data, includes)
  }()

  @Test(arguments: [
    "late", "LATE", "asos", "cola", "coca-cola", "\"is late again\"", "\"parcel again\"~2",
    "\"again parcel\"~2", "😡", "@asos", "#fail", "$asc", "from:mara", "from:7", "from:@Mara",
    "to:asos", "to:90", "url:shop.example", "conversation_id:99", "in_reply_to_tweet_id:6",
    "season", "late lang:en", "late has:links has:images has:mentions has:hashtags has:cashtags",
    "late is:reply is:quote is:verified -is:retweet -is:nullcast", "nothing OR late",
    "nothing OR (late -early)", "late -(early OR soon)", "late (nothing OR again)",
    "nothing late OR again", "bio:bags", "bio_name:mara", "late followers_count:100..300",
    "late min_followers:212", "café", "late sample:43",
  ])
  func `matches`(_ rule: String) throws {
    #expect(try RuleParser.parse(rule).matches(Self.facts))
  }

  @Test(arguments: [
    "lat", "cafe", "\"late is\"", "\"parcel again\"~1", "😊", "@aso", "#fai", "$as", "from:asos",
    "to:mara", "url:other.example", "late lang:fr", "late has:videos", "late is:retweet",
    "late -again", "nothing (late OR again)", "nothing OR again missing", "late min_followers:213",
    "retweets_of:asos", "late sample:42", "\"again 😡 fail asc café new\"", "place:london",
  ])
  func `does not match`(_ rule: String) throws {
    #expect(try !RuleParser.parse(rule).matches(Self.facts))
  }

  @Test(arguments: [
    ("--b", "Rules must contain a non-negation term (at position 1)"),
    ("-late", "Rules must contain a non-negation term (at position 1)"),
    ("late OR -early", "Rules must contain a non-negation term (at position 1)"),
    ("lang:en", "positive, standalone operator"), ("late OR has:links", "standalone operator"),
    ("is:retweet lang:en", "standalone operator"), ("asos \"late", "missing closing quote"),
    ("(asos late", "missing ')'"), ("asos) late", "extraneous input ')'"), ("", "empty"),
    ("   ", "empty"), ("()", "no viable alternative"), ("asos OR", "no viable alternative"),
    ("OR asos", "no viable alternative"), ("asos -", "no viable alternative"),
    ("foo:bar", "invalid operator 'foo'"), ("asos is:tired", "invalid value 'tired'"),
    ("asos has:luck", "invalid value 'luck'"), ("from:", "needs a value"),
    ("asos sample:0", "percentage"), ("\"a b\"~9", "up to 6"),
  ])
  func `is no rule`(_ text: String, _ reason: String) {
    let error = #expect(throws: RuleError.self) { try RuleParser.parse(text) }
    #expect(error?.detail.contains(reason) == true, "\(error?.detail ?? "")")
  }

  @Test func `parentheses nest only so deep`() {
    let deep = String(repeating: "(", count: 100_000) + "a"
    #expect(throws: RuleError.self) { try RuleParser.parse(deep) }
    let negated = String(repeating: "-", count: 100_000) + "a"
    #expect(throws: RuleError.self) { try RuleParser.parse(negated) }
  }

  /// A rule drawn at random, with a judge that knows how it was made.
  private struct Drawn {
    var text: String
    var isTrue: Bool

    static func make(_ depth: Int, _ random: inout SeededRandom) -> Drawn {
      let kind = depth == 0 ? 0 : Int.random(in: 0..<4, using: &random)
      switch kind {
      case 0:
        let words = ["late", "again", "parcel", "early", "soon", "@asos", "from:mara", "from:x"]
        let word = words.randomElement(using: &random) ?? "late"
        return Drawn(
          text: word, isTrue: ["late", "again", "parcel", "@asos", "from:mara"].contains(word))
      case 1:
        let inner = make(depth - 1, &random)
        return Drawn(text: "-(\(inner.text))", isTrue: !inner.isTrue)
      default:
        let parts = (0..<Int.random(in: 2...3, using: &random)).map { _ in
          make(depth - 1, &random)
        }
        let isAny = kind == 2
        return Drawn(
          text: "(" + parts.map(\.text).joined(separator: isAny ? " OR " : " ") + ")",
          isTrue: isAny ? parts.contains(where: \.isTrue) : parts.allSatisfy(\.isTrue))
      }
    }
  }

  @Test func `however they are put together, rules mean what they say`() throws {
    var random = Seed.random()
    var (yes, no) = (0, 0)
    for _ in 0..<2_000 {
      let drawn = Drawn.make(4, &random)
      // The first word makes it a rule, whatever is negated behind it.
      let expression = try RuleParser.parse("parcel " + drawn.text)
      #expect(expression.matches(Self.facts) == drawn.isTrue, "\(drawn.text)")
      if drawn.isTrue { yes += 1 } else { no += 1 }
    }
    #expect(yes > 200 && no > 200)
  }
}
