package import Bytes

/// One page of posts that X found.
package struct PostPage: Sendable {
  /// The posts as X gives them.
  package var posts: [JSON]
  package var users: [JSON]
  package var referred: [JSON]
  /// The page behind this one; nil: this is the last.
  package var next: String?
  /// Posts or users that were asked for and are not there, in X's words.
  package var problems: [XProblem]

  /// Reads an answer; `data` may be one post or many.
  package init(_ answer: JSON) {
    posts = answer["data"].map { $0.elements ?? ($0.fields == nil ? [] : [$0]) } ?? []
    let includes = answer["includes"]
    users = includes?["users"]?.elements ?? []
    referred = (includes?["tweets"] ?? includes?["posts"])?.elements ?? []
    next = answer["meta"]?["next_token"]?.text
    problems = (answer["errors"]?.elements ?? []).map { XProblem($0) }
    referredName = includes?["posts"] == nil ? "tweets" : "posts"
  }

  private let referredName: String

  /// Each post as the stream would have sent it: with the users and posts that it refers to, and
  /// the rule that found it.
  package func lines(tag: String? = nil, ruleID: String? = nil) -> [(id: UInt64?, line: [UInt8])] {
    let usersByID = Self.byID(users)
    let referredByID = Self.byID(referred)
    return posts.map { post in
      var names = Self.texts(post)
      let referred = names.compactMap { referredByID[$0] }
      for post in referred { names.formUnion(post["author_id"]?.text.map { [$0] } ?? []) }
      var includes: [JSON.Field] = []
      let users = names.sorted().compactMap { usersByID[$0] }
      if !users.isEmpty { includes.append(.init("users", .array(users))) }
      if !referred.isEmpty { includes.append(.init(referredName, .array(referred))) }
      var line = [JSON.Field("data", post)]
      if !includes.isEmpty { line.append(.init("includes", .object(includes))) }
      if let tag {
        var rule = ruleID.map { [JSON.Field("id", .text($0))] } ?? []
        rule.append(.init("tag", .text(tag)))
        line.append(.init("matching_rules", .array([.object(rule)])))
      }
      return (post["id"]?.text.flatMap { UInt64($0) }, Array(JSON.object(line).line.utf8))
    }
  }

  private static func byID(_ objects: [JSON]) -> [String: JSON] {
    Dictionary(
      objects.compactMap { object in object["id"]?.text.map { ($0, object) } },
      uniquingKeysWith: { first, _ in first })
  }

  /// The texts of a post that may be ids: short ones of digits, wherever they stand.
  private static func texts(_ json: JSON) -> Set<String> {
    switch json {
    case .text(let text):
      text.utf8.count <= 20 && text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? [text] : []
    case .array(let elements): elements.reduce(into: []) { $0.formUnion(texts($1)) }
    case .object(let fields): fields.reduce(into: []) { $0.formUnion(texts($1.value)) }
    case .null, .boolean, .number: []
    }
  }
}
