internal import Bytes
package import Machine

/// Where intents are kept.
package protocol PostIntents: Sendable {
  /// Keeps others from sending for a key while what is returned is there. Thrown, at once:
  /// `PostRefusal.beingSent`.
  func claim(_ key: String) throws -> any PostClaim
  /// The intent of a key; nil: there is none.
  func find(_ key: String) throws -> PostIntent?
  /// Keeps an intent, in place of another of its key: on the disk when it returns.
  func keep(_ intent: PostIntent) throws
}

/// The right to send for one key, which one has at a time: given back with its last reference, or
/// by the end of the process, however it ends.
package protocol PostClaim: AnyObject, Sendable {}

extension DirectoryLock: PostClaim {}

/// Intents as files of a folder, one each with a lock beside it, for few.
package struct PostIntentFiles: PostIntents {
  private let folder: String
  private let disk: any FileSystem

  package init(_ folder: String, disk: any FileSystem = LocalDisk()) {
    self.folder = folder
    self.disk = disk
  }

  // A key may be any text; a file's name may not, nor should it tell what was posted.
  private func path(_ key: String) -> String {
    Path.join(folder, Base64URL.encode(SHA256.digest(Array(key.utf8))) + ".json")
  }

  package func claim(_ key: String) throws -> any PostClaim {
    try disk.createDurableDirectory(folder)
    do throws(LockError) {
      return try DirectoryLock(path(key) + ".lock", purpose: "grouse x post")
    } catch .held(_, let holder) { throw PostRefusal.beingSent(holder: holder) }
  }

  package func find(_ key: String) throws -> PostIntent? {
    let path = path(key)
    guard disk.exists(path) else { return nil }
    let json = try? JSON(parsing: try disk.readAll(path, .readPlain, limit: 1 << 20))
    guard let json, let words = json["words"]?.text, let started = json["started"]?.integer else {
      throw XError.unreadable(path: path, reason: "it is no intent of a post")
    }
    let state: PostIntent.State =
      if let id = json["sent"]?.text {
        .sent(id: id)
      } else if let status = json["refused"]?.integer {
        .refused(status: status)
      } else {
        .sending
      }
    return PostIntent(
      key: key, words: words, started: Int64(started),
      unsettledSince: json["unsettled_since"]?.integer.map { Int64($0) }, state: state)
  }

  package func keep(_ intent: PostIntent) throws {
    var fields: [JSON.Field] = [
      .init("words", .text(intent.words)), .init("started", JSON(intent.started)),
    ]
    if let since = intent.unsettledSince { fields.append(.init("unsettled_since", JSON(since))) }
    switch intent.state {
    case .sending: break
    case .sent(let id): fields.append(.init("sent", .text(id)))
    case .refused(let status): fields.append(.init("refused", JSON(status)))
    }
    try disk.createDurableDirectory(folder)
    try disk.replace(path(intent.key), with: Array((JSON.object(fields).line + "\n").utf8))
  }
}
