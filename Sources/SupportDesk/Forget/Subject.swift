extension Forgetting {
  /// What is to be forgotten.
  package enum Subject: Hashable, Sendable {
    /// A post's id.
    case post(String)
    /// An author's id.
    case author(String)
    /// An author's handle, without `@`.
    case handle(String)

    /// Reads what people name posts and authors by: an id or an address of either network, or
    /// `@handle`; `user:ID` is an author's. Nil for what is none of these.
    package init?(_ text: String) {
      let isShort = !text.isEmpty && text.utf8.count <= Limits.postIDBytes
      guard isShort, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
      if text.hasPrefix("at://") || text.hasPrefix("did:") {
        guard let subject = Self.ofBluesky(text) else { return nil }
        self = subject
      } else if text.hasPrefix("@") {
        guard text.utf8.count > 1 else { return nil }
        self = .handle(String(text.dropFirst()))
      } else if text.hasPrefix("user:") {
        guard text.utf8.count > 5 else { return nil }
        self = .author(String(text.dropFirst(5)))
      } else if text.hasPrefix("post:") {
        guard text.utf8.count > 5 else { return nil }
        self = .post(String(text.dropFirst(5)))
      } else if let address = Self.ofAddress(text) {
        self = address
      } else {
        guard !text.contains("/") else { return nil }
        self = .post(text)
      }
    }

    /// `at://DID/COLLECTION/KEY` is a post; `at://DID`, `did:…` and `at://HANDLE` are its author. A
    /// post is kept by its author's DID: under a handle it would not be found.
    private static func ofBluesky(_ text: String) -> Subject? {
      let parts = (text.hasPrefix("at://") ? String(text.dropFirst(5)) : text)
        .split(separator: "/", omittingEmptySubsequences: false)
      guard let author = parts.first, !author.isEmpty, parts.allSatisfy({ !$0.isEmpty }) else {
        return nil
      }
      switch (parts.count, author.hasPrefix("did:")) {
      case (1, true): return .author(String(author))
      case (1, false): return .handle(String(author))
      case (3, true): return .post("at://" + parts.joined(separator: "/"))
      default: return nil
      }
    }

    /// `https://x.com/NAME/status/ID`, `https://x.com/i/web/status/ID`, and the same of Bluesky.
    private static func ofAddress(_ text: String) -> Subject? {
      guard text.hasPrefix("https://") else { return nil }
      let parts = text.dropFirst(8).prefix { $0 != "?" && $0 != "#" }.split(separator: "/")
        .map(String.init)
      guard let host = parts.first else { return nil }
      switch host {
      case "x.com", "twitter.com", "www.x.com", "www.twitter.com", "mobile.twitter.com":
        if let place = parts.firstIndex(of: "status"), place > 1, parts.count > place + 1 {
          return .post(parts[place + 1])
        }
        return parts.count == 2 ? .handle(parts[1]) : nil
      case "bsky.app":
        guard parts.count > 2, parts[1] == "profile" else { return nil }
        if parts.count == 3 { return ofBluesky("at://\(parts[2])") }
        guard parts.count == 5, parts[3] == "post" else { return nil }
        return ofBluesky("at://\(parts[2])/app.bsky.feed.post/\(parts[4])")
      default: return nil
      }
    }
  }
}
