/// What the client never exceeds, and what it assumes where X does not tell.
package enum Limits {
  /// Bytes of an answer to a request.
  package static let answerBytes = 32 << 20
  /// Bytes of a refusal that are read.
  package static let refusalBytes = 64 << 10
  /// Characters of a text of X's that stand in a message.
  package static let shownCharacters = 400
  /// Bytes of a line of the stream; a longer one is set aside.
  package static let lineBytes = 1 << 20
  /// Bytes that are kept of what is set aside.
  package static let keptLineBytes = 64 << 10
  /// Ids of posts kept to tell a post that comes again: a quarter of an hour at X's 250 a second.
  package static let recentIDs = 1 << 18
  /// The same of what a gap's search may find: more than the three million posts that X sells in a
  /// month.
  package static let gapIDs = 1 << 22
  /// Ids kept of a day, so that what X counts once is not counted again.
  package static let countedIDs = 1 << 20
  /// Gaps that wait for their searches; the oldest two become one where there are more.
  package static let gaps = 256
  /// Posts behind the latest one that a gap's search reaches back, as the stream has no order.
  package static let overlapPosts = 4_096
  /// Milliseconds that a wait may be that a server names: X's windows are a quarter of an hour.
  package static let namedWait = 16 * 60_000
  /// Waits that one request may take before it is given up.
  package static let waits = 5
  /// Pages of one search.
  package static let pages = 100_000
  /// Characters of a search's query, without an enterprise's contract.
  package static let queryCharacters = 512
  /// Characters of a rule.
  package static let ruleCharacters = 1_024
  /// Rules in one request.
  package static let rulesAtATime = 100
  /// Ids in one request.
  package static let idsAtATime = 100
  /// Weighted characters of a post.
  package static let postCharacters = 280

  /// Milliseconds that X's clock may be ahead of ours.
  static let clockDifference: Int64 = 3_600_000
}
