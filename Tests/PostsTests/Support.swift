import Posts

/// SplitMix64: a generator whose seed a failing test can print.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
    return value ^ value >> 31
  }
}

/// A post with its fields as strings.
struct ReadPost: Equatable {
  var id = ""
  var rootID = ""
  var authorID = ""
  var screenName = ""
  var text = ""
  var language = ""
  var brandTag = ""
  var inReplyToID = ""
  var conversationID = ""
  var createdAt: Int64?
  var isRetweet = false
  var isReply = false
  var isQuote = false
  var isOutbound = false
}

/// What a record gives: its posts, or what else it is.
struct Parsed: Equatable {
  var kind: RecordKind
  var posts: [ReadPost]
}

func parse(_ bytes: [UInt8], as format: RecordFormat = .json) throws(PostError) -> Parsed {
  var parser = PostParser()
  var batch = PostBatch(capacity: 16)
  do throws(PostError) {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
    defer { buffer.deallocate() }
    buffer.copyBytes(from: bytes)
    let kind = try parser.parse(UnsafeRawBufferPointer(buffer), as: format, into: &batch)
    return Parsed(kind: kind, posts: read(batch))
  } catch {
    precondition(batch.count == 0 && batch.byteCount == 0, "a failed record leaves nothing")
    throw error
  }
}

func parse(_ text: String, as format: RecordFormat = .json) throws(PostError) -> Parsed {
  try parse(Array(text.utf8), as: format)
}

func post(_ text: String, as format: RecordFormat = .json) throws -> ReadPost {
  let parsed = try parse(text, as: format)
  guard let only = parsed.posts.first, parsed.kind == .posts(1) else {
    throw PostError(.noText)
  }
  return only
}

func read(_ batch: borrowing PostBatch) -> [ReadPost] {
  var all: [ReadPost] = []
  for post in batch.posts {
    all.append(
      ReadPost(
        id: batch.string(post.id), rootID: batch.string(post.rootID),
        authorID: batch.string(post.authorID), screenName: batch.string(post.screenName),
        text: batch.string(post.text), language: batch.string(post.language),
        brandTag: batch.string(post.brandTag), inReplyToID: batch.string(post.inReplyToID),
        conversationID: batch.string(post.conversationID), createdAt: post.createdAt,
        isRetweet: post.isRetweet, isReply: post.isReply, isQuote: post.isQuote,
        isOutbound: post.isOutbound))
  }
  return all
}

func reason(_ text: String, as format: RecordFormat = .json) -> PostError.Reason? {
  do throws(PostError) {
    _ = try parse(text, as: format)
    return nil
  } catch { return error.reason }
}

/// A filtered-stream line with everything in it.
let streamLine = #"""
  {"data":{"id":"1990000000000000123","text":"@PlumShop my order &amp; refund… https://t.co/x","note_tweet":{"text":"@PlumShop my order &amp; refund are \"lost\" \ud83d\ude21 since 9 days, d\u00e9j\u00e0 écrit deux fois","entities":{"mentions":[{"start":0,"end":9,"username":"PlumShop","id":"77"}]}},"author_id":"555","created_at":"2026-03-04T05:06:07.089Z","lang":"en","conversation_id":"1990000000000000100","in_reply_to_user_id":"77","referenced_tweets":[{"type":"quoted","id":"1980000000000000000"},{"type":"replied_to","id":"1990000000000000111"}],"edit_history_tweet_ids":["1990000000000000120","1990000000000000123"],"public_metrics":{"like_count":0,"rate":-1.5e-3},"withheld":{"copyright":false,"country_codes":["DE"]}},"includes":{"users":[{"id":"77","username":"PlumShop"},{"id":"555","name":"Kim \"K\" 木","username":"kim_k","protected":false,"x":null}],"tweets":[{"id":"1980000000000000000","text":"Sale!","author_id":"77"}]},"matching_rules":[{"id":"1","tag":""},{"id":"2","tag":"brand:plumshop"},{"id":"3","tag":"brand:other"}]}
  """#

let streamPost = ReadPost(
  id: "1990000000000000123", rootID: "1990000000000000120", authorID: "555", screenName: "kim_k",
  text: "@PlumShop my order & refund are \"lost\" 😡 since 9 days, déjà écrit deux fois",
  language: "en", brandTag: "plumshop", inReplyToID: "1990000000000000111",
  conversationID: "1990000000000000100", createdAt: 1_772_600_767_089, isReply: true,
  isQuote: true)
