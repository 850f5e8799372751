/// A run of bytes in the arena of a `PostBatch`.
package struct ByteRange: Equatable, Hashable, Sendable {
  /// The first byte's offset in the arena.
  package var start: Int32
  /// How many bytes.
  package var count: Int32

  /// The empty range: a field that the record does not have.
  package static let none = ByteRange(start: 0, count: 0)

  @inlinable package init(start: Int32, count: Int32) {
    self.start = start
    self.count = count
  }

  /// Whether the field is absent or empty.
  @inlinable package var isEmpty: Bool { count == 0 }
}

/// Word that a post, or all of an author's, was deleted; its texts stand in the batch that holds
/// it.
package struct Removal: Equatable, Sendable {
  /// The deleted post's id; empty where all that its author has posted is deleted.
  package var id = ByteRange.none
  /// Its author's id; empty where the notice does not tell.
  package var authorID = ByteRange.none

  package init() {}
}

/// One post, normalised from any of the formats; its texts stand in the batch that holds it.
package struct Post: Equatable, Sendable {
  /// The post's id; `h-` and 32 hex digits of a hash of author and text where the record has none.
  package var id = ByteRange.none
  /// The id of the first version of an edited post; `id` of a post never edited.
  package var rootID = ByteRange.none
  /// The author's id.
  package var authorID = ByteRange.none
  /// The author's handle, without `@`.
  package var screenName = ByteRange.none
  /// The whole text: of a retweet the original's where the record has it. HTML entities are
  /// unescaped once.
  package var text = ByteRange.none
  /// The language tag as received, such as `en`.
  package var language = ByteRange.none
  /// NAME of the first matching rule tagged `brand:NAME`, or a flat record's brand.
  package var brandTag = ByteRange.none
  /// The id of the post that this one answers.
  package var inReplyToID = ByteRange.none
  /// The id of the conversation's first post.
  package var conversationID = ByteRange.none
  /// Milliseconds since 1970; nil where neither the record nor its id says.
  package var createdAt: Int64?
  /// Whether the post only repeats another one.
  package var isRetweet = false
  /// Whether the post answers another post or user.
  package var isReply = false
  /// Whether the post quotes another one.
  package var isQuote = false
  /// Whether the record takes the place of one with the same id.
  package var isUpdate = false
  /// Whether the record says that the brand itself wrote it (`inbound` is false).
  package var isOutbound = false

  package init() {}
}
