internal import Bytes
package import Machine

/// What is meant to be posted, kept before it is sent: after a crash it tells that something may
/// have been sent already.
package struct PostIntent: Hashable, Sendable {
  /// How far it has come.
  package enum State: Hashable, Sendable {
    /// It was sent, or was about to be; whether X has it is not known.
    case sending
    case sent(id: String)
    case refused(String)
  }

  /// One's own name for it: one intent of a key is sent once.
  package var key: String
  package var draft: Draft
  /// Milliseconds since 1970.
  package var started: Int64
  package var state: State

  package init(key: String, draft: Draft, started: Int64, state: State = .sending) {
    self.key = key
    self.draft = draft
    self.started = started
    self.state = state
  }
}

/// Where intents are kept.
package protocol PostIntents: Sendable {
  /// The intent of a key; nil: there is none.
  func find(_ key: String) throws -> PostIntent?
  /// Keeps an intent, in place of another of its key: on the disk when it returns.
  func keep(_ intent: PostIntent) throws
}

/// Intents as files of a folder, one each, for few.
package struct PostIntentFiles: PostIntents {
  private let folder: String
  private let disk: any FileSystem

  package init(_ folder: String, disk: any FileSystem = LocalDisk()) {
    self.folder = folder
    self.disk = disk
  }

  // A key may be any text; a file's name may not.
  private func path(_ key: String) -> String {
    Path.join(folder, Base64URL.encode(SHA256.digest(Array(key.utf8))) + ".json")
  }

  package func find(_ key: String) throws -> PostIntent? {
    let path = path(key)
    guard disk.exists(path) else { return nil }
    let json = try JSON(parsing: try disk.readAll(path, .readPlain, limit: 1 << 20))
    guard let text = json["text"]?.text, let started = json["started"]?.integer else {
      throw XError.unreadable(path: path, reason: "it is no intent of a post")
    }
    let state: PostIntent.State =
      if let id = json["sent"]?.text {
        .sent(id: id)
      } else if let reason = json["refused"]?.text {
        .refused(reason)
      } else {
        .sending
      }
    return PostIntent(
      key: key, draft: Draft(text, replyTo: json["reply_to"]?.text), started: Int64(started),
      state: state)
  }

  package func keep(_ intent: PostIntent) throws {
    var fields: [JSON.Field] = [
      .init("key", .text(intent.key)), .init("text", .text(intent.draft.text)),
      .init("started", JSON(intent.started)),
    ]
    if let id = intent.draft.replyTo { fields.append(.init("reply_to", .text(id))) }
    switch intent.state {
    case .sending: break
    case .sent(let id): fields.append(.init("sent", .text(id)))
    case .refused(let reason): fields.append(.init("refused", .text(reason)))
    }
    try disk.createDurableDirectory(folder)
    try disk.replace(path(intent.key), with: Array((JSON.object(fields).line + "\n").utf8))
  }
}
