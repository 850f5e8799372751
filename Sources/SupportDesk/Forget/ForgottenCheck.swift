internal import Bytes

/// Asks the tables which posts are to be forgotten, for those who keep texts outside of them. It
/// asks anew each time: another process may be told to forget something at any moment.
package struct ForgottenCheck: Sendable {
  private let open: @Sendable () throws -> (any TableStore)?

  /// `open` gives the tables as they are when it is called; nil: there are none yet, so nothing was
  /// ever forgotten.
  package init(_ open: @escaping @Sendable () throws -> (any TableStore)?) { self.open = open }

  /// Of tables that are open already.
  package init(_ store: any TableStore) { open = { store } }

  /// Nothing is ever forgotten.
  package static let never = ForgottenCheck { nil }

  /// The tables, to ask for any number of posts; nil: nothing was forgotten so far.
  func look() throws -> Look? {
    guard let store = try open(), try store.state(ForgottenPosts.mark) != nil else { return nil }
    return Look(store: store)
  }

  /// Tables in which there is something forgotten.
  struct Look {
    fileprivate let store: any TableStore

    /// Whether a post is to be forgotten: it, its first version, or all that its author has written
    /// up to a time. One whose time nobody knows may have been written before.
    func contains(_ post: String, _ provenance: PostProvenance) throws -> Bool {
      func until(_ kind: ForgottenPosts.Kind, _ id: String?) throws -> Int64? {
        guard let id, !id.isEmpty else { return nil }
        return try store.state(ForgottenPosts.name(kind, Array(id.utf8)))?.bigEndianInteger()
      }
      if try until(.post, post) != nil { return true }
      if try until(.post, provenance.root) != nil { return true }
      let time = provenance.createdAt ?? .min
      if let last = try until(.author, provenance.author), time <= last { return true }
      guard let last = try until(.handle, provenance.handle?.lowercased()) else { return false }
      return time <= last
    }
  }
}
