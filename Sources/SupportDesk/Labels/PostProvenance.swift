/// Whose a post is, by which it is found again when it or its author is to be forgotten.
package struct PostProvenance: Equatable, Sendable {
  /// The id of the first version of an edited post; nil: it was not edited, or nobody knows.
  package var root: String?
  /// The author's id.
  package var author: String?
  /// The author's handle, without `@`.
  package var handle: String?
  /// Milliseconds since 1970.
  package var createdAt: Int64?

  package init(
    root: String? = nil, author: String? = nil, handle: String? = nil, createdAt: Int64? = nil
  ) {
    self.root = root
    self.author = author
    self.handle = handle
    self.createdAt = createdAt
  }
}
