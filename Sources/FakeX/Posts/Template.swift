internal import Bytes

/// A post as it was handed in: everything that is known of it, whatever is asked for later. In a
/// supply that goes round, each round's posts are shifted copies of it.
final class Template: Sendable {
  /// Nil: a line that is no post, to be sent as it is.
  let post: Content?
  /// The line as it was handed in, without its end.
  let line: [UInt8]

  struct Content: Sendable {
    var id: UInt64
    /// The post's own object.
    var data: JSON
    /// Users, tweets, media, places, polls.
    var includes: JSON
    var facts: PostFacts
  }

  /// A line of a stream: `{"data": …, "includes": …}`, a post alone, or anything else.
  init(line: [UInt8]) {
    self.line = line
    guard let json = try? JSON(parsing: line) else {
      post = nil
      return
    }
    let object = json["data"] ?? json
    guard let id = object["id"]?.text.flatMap(UInt64.init), object["text"]?.text != nil else {
      post = nil
      return
    }
    post = Content(id, object, json["includes"] ?? .object([]))
  }

  init(_ content: Content) {
    post = content
    line = []
  }
}

extension Template.Content {
  init(_ id: UInt64, _ object: JSON, _ includes: JSON) {
    self.id = id
    var data = Spellings.old(object)
    if data["edit_history_tweet_ids"] == nil {
      data = data.setting("edit_history_tweet_ids", .array([.text("\(id)")]))
    }
    self.data = data
    self.includes = Spellings.old(includes)
    facts = PostFacts(data, self.includes)
  }
}
