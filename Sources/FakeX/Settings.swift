package import Machine

/// What a local X is like before its first request. Every duration is in the service's own
/// milliseconds, and `timeScale` says how long those are.
package struct Settings: Sendable {
  /// 0: any free port of 127.0.0.1.
  package var port = 0
  /// The app's bearer token.
  package var bearer = "fake-bearer"
  package var clock: Clock = .system
  /// What all durations are multiplied with, for clients that are to wait less.
  package var timeScale = 1.0

  package var stream = StreamSettings()
  package var credentials = Credentials()
  package var account = Account()
  package var caps = Caps()
  package var prices = Prices()
  /// Requests in a window by route, such as `GET /2/tweets/search/recent`, in place of X's own;
  /// one number for every kind of credentials.
  package var rateLimits: [String: Int] = [:]
  /// The length of a window of the rate limits.
  package var rateWindow: Int64 = 900_000
  /// How far back the recent search reaches, by the times that X's ids tell; nil: to the first
  /// post. It is no wait, and so not scaled.
  package var searchReach: Int64? = 7 * 86_400_000
  /// Which spelling of the fields' names answers have.
  package var spelling = Spelling.asAsked
  /// Whether requests that only large customers may make are answered: backfill, quotes.
  package var isEnterprise = false
  /// Whether answers and streams are compressed for clients that accept gzip. A stream's chunks are
  /// then what one write has, whatever its chunking.
  package var gzips = false
  /// How often a compliance job's state must be asked for until it is complete.
  package var compliancePolls = 1

  package init() {}

  /// How the fields of posts are called in answers.
  package enum Spelling: String, Sendable {
    /// As the request's parameters: `tweet.fields` or `post.fields`; streams as `tweet.fields`.
    case asAsked
    case tweet
    case post
  }
}

/// What streams are like.
package struct StreamSettings: Sendable {
  /// Between keep-alives; nil: only `FakeX.sendKeepAlive` sends any.
  package var keepAlive: Int64? = 20_000
  package var chunking = Chunking.lines
  /// Connections at a time.
  package var connections = 1
  /// How long the place of a connection stays taken after its end.
  package var ghost: Int64 = 0
  /// A reader that is so many posts behind is cut off; nil: never.
  package var slowReaderPosts: Int?
  /// Whether a post that no rule matches is sent all the same, with the first rule.
  package var ignoresRules = false
  /// Whether `matching_rules` have tags; without, as from some of X's servers.
  package var hasTags = true

  package init() {}
}

/// The keys that a local X accepts.
package struct Credentials: Sendable {
  package var consumerKey = "fake-consumer-key"
  package var consumerSecret = "fake-consumer-secret"
  package var accessToken = "90210009-fake-access-token"
  package var accessSecret = "fake-access-secret"
  /// What stands before the path in an OAuth 1.0a signature, whatever address the request came to.
  /// A request is good if it is signed for one of them.
  package var canonicalBases = ["https://api.x.com", "https://api.twitter.com"]
  package var clientID = "fake-client-id"
  /// Nil: a public client, which has none.
  package var clientSecret: String?
  /// How long a code, and an access token, are good.
  package var codeLife: Int64 = 30_000
  package var accessLife: Int64 = 7_200_000
  /// Whether whoever is sent to authorize agrees.
  package var agrees = true

  package init() {}
}

/// The account that posts.
package struct Account: Sendable {
  package var id = "90210009"
  package var username = "GrouseDesk"
  package var name = "Grouse Desk"

  package init() {}
}

/// How much a customer may have.
package struct Caps: Sendable {
  package var rules = 1_000
  package var projectRules = 1_000
  package var ruleLength = 1_024
  package var queryLength = 512
  /// Posts read in a month.
  package var posts = 3_000_000

  package init() {}
}

/// What things cost, in thousandths of a US dollar.
package struct Prices: Sendable {
  package var postRead = 5
  package var ownedRead = 1
  package var userRead = 10
  package var create = 15
  package var createWithLink = 200
  package var summonedReply = 10
  package var delete = 10

  package init() {}
}
