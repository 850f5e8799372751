/// Why a post is not sent, before X is asked to take it.
package enum PostRefusal: Error, Hashable, CustomStringConvertible {
  /// The author of the post with this id has not called the account.
  case notSummoned(String)
  /// The post with this id is not there, or not for us to see.
  case noSuchPost(String)
  /// Another is sending the same.
  case beingSent(holder: String)

  package var description: String {
    switch self {
    case .notSummoned(let id):
      "the author of \(id) has not mentioned the account, nor quoted a post of its own: X takes no "
        + "answer of an app there (--unchecked sends it all the same)"
    case .noSuchPost(let id): "there is no post \(id) any more"
    case .beingSent(let holder):
      "the same is being sent by \(holder); give the command again when that has ended, to see "
        + "what came of it"
    }
  }
}
