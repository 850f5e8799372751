/// Every field of a record that we look at, in any of the formats.
///
/// The raw value is the field's place in a row of `CapturedFields`.
enum FieldName: UInt8, CaseIterable {
  case id, idString, tweetID, postID
  case text, fullText, content, body, tweet, message, tweetText
  case extendedTweet, noteTweet, notePost, retweetedStatus
  case createdAt, date, timestamp, time, tweetCreated, timestampMillis
  case screenName, username, user, author, handle, name, authorID, userID
  case lang, language, brand, airline, inbound
  case editHistoryTweets, editHistoryPosts, referencedTweets, referencedPosts, type
  case replyStatusString, replyStatus, replyUserString, replyUser, inResponseTo
  case conversation, isQuoteStatus
  case data, includes, users, tweets, posts, statuses, meta, matchingRules, tag
  case errors, title, detail
  case delete, limit, warning, disconnect, scrubGeo, statusWithheld, userWithheld
  case drop, undrop, tweetEdit, withheld
  case did, commit, account
  /// Found inside other fields.
  case collection, recordKey, operation, removedID, removedAuthorID
  case firstVersion, extendedText, noteText, retweetText, nestedUserName, nestedUserID
  case repliedToID, retweetedID, quotedID

  /// The names as they stand in records, of all that are not found inside other fields.
  static let spellings: [(name: FieldName, spelling: StaticString)] = [
    (.id, "id"), (.idString, "id_str"), (.tweetID, "tweet_id"), (.postID, "post_id"),
    (.text, "text"), (.fullText, "full_text"), (.content, "content"), (.body, "body"),
    (.tweet, "tweet"), (.message, "message"), (.tweetText, "tweet_text"),
    (.extendedTweet, "extended_tweet"), (.noteTweet, "note_tweet"), (.notePost, "note_post"),
    (.retweetedStatus, "retweeted_status"), (.createdAt, "created_at"), (.date, "date"),
    (.timestamp, "timestamp"), (.time, "time"), (.tweetCreated, "tweet_created"),
    (.timestampMillis, "timestamp_ms"), (.screenName, "screen_name"), (.username, "username"),
    (.user, "user"), (.author, "author"), (.handle, "handle"), (.name, "name"),
    (.authorID, "author_id"), (.userID, "user_id"), (.lang, "lang"), (.language, "language"),
    (.brand, "brand"), (.airline, "airline"), (.inbound, "inbound"),
    (.editHistoryTweets, "edit_history_tweet_ids"), (.editHistoryPosts, "edit_history_post_ids"),
    (.referencedTweets, "referenced_tweets"), (.referencedPosts, "referenced_posts"),
    (.type, "type"), (.replyStatusString, "in_reply_to_status_id_str"),
    (.replyStatus, "in_reply_to_status_id"), (.replyUserString, "in_reply_to_user_id_str"),
    (.replyUser, "in_reply_to_user_id"), (.inResponseTo, "in_response_to_tweet_id"),
    (.conversation, "conversation_id"), (.isQuoteStatus, "is_quote_status"), (.data, "data"),
    (.includes, "includes"), (.users, "users"), (.tweets, "tweets"), (.posts, "posts"),
    (.statuses, "statuses"), (.meta, "meta"), (.matchingRules, "matching_rules"), (.tag, "tag"),
    (.errors, "errors"), (.title, "title"), (.detail, "detail"), (.delete, "delete"),
    (.limit, "limit"), (.warning, "warning"), (.disconnect, "disconnect"),
    (.scrubGeo, "scrub_geo"), (.statusWithheld, "status_withheld"),
    (.userWithheld, "user_withheld"), (.drop, "drop"), (.undrop, "undrop"),
    (.tweetEdit, "tweet_edit"), (.withheld, "withheld"), (.did, "did"), (.commit, "commit"),
    (.account, "account"),
  ]
}

/// Finds a field by its name in a few nanoseconds: a hash table whose keys are compared as words.
struct FieldTable {
  /// A name of up to 32 bytes, told apart exactly by overlapping words and its length.
  private struct Key: Equatable {
    var words: (UInt64, UInt64, UInt64, UInt64)
    var count: Int

    @inline(__always)
    init?(_ base: UnsafePointer<UInt8>, _ count: Int) {
      guard count > 0, count <= 32 else { return nil }
      self.count = count
      let raw = UnsafeRawPointer(base)
      if count >= 8 {
        let (second, third) = count > 16 ? (8, count - 16) : (0, 0)
        words = (
          Words.load(base, 0), Words.load(base, second), Words.load(base, third),
          Words.load(base, count - 8)
        )
      } else if count >= 4 {
        let head = UInt64(raw.loadUnaligned(as: UInt32.self))
        let tail = UInt64(raw.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self))
        words = (head, 0, 0, tail)
      } else {
        let head = UInt64(base[0]) | UInt64(base[count / 2]) << 8
        words = (head, 0, 0, UInt64(base[count - 1]))
      }
    }

    @inline(__always) var slot: Int {
      let mixed =
        (words.0 ^ words.3 &* 31 ^ UInt64(truncatingIfNeeded: count)) &* 0x9E37_79B9_7F4A_7C15
      return Int(truncatingIfNeeded: mixed &>> 55)
    }

    @inline(__always) static func == (left: Key, right: Key) -> Bool {
      left.words == right.words && left.count == right.count
    }
  }

  /// The table's size, a power of two well above the number of names: 2^9, as `slot` yields 9 bits.
  private static let size = 512
  private var entries = [(key: Key, name: FieldName)?](repeating: nil, count: size)

  init() {
    for (name, spelling) in FieldName.spellings {
      guard let key = Key(spelling.utf8Start, spelling.utf8CodeUnitCount) else {
        continue
      }
      var slot = key.slot
      while entries[slot] != nil { slot = (slot + 1) % Self.size }
      entries[slot] = (key, name)
    }
  }

  /// The field that these bytes name, or nil.
  @inline(__always)
  func find(_ base: UnsafePointer<UInt8>, _ count: Int) -> FieldName? {
    guard let key = Key(base, count) else { return nil }
    var slot = key.slot
    while let entry = entries[slot] {
      if entry.key == key { return entry.name }
      slot = (slot &+ 1) & (Self.size &- 1)
    }
    return nil
  }

  /// The field that a JSON key names; a key may be written with escapes.
  @inline(__always)
  func find(_ key: RawField, in base: UnsafePointer<UInt8>) -> FieldName? {
    if key.kind == .escapedText { return findEscaped(key, in: base) }
    return find(base + Int(key.start), Int(key.count))
  }

  private func findEscaped(_ key: RawField, in base: UnsafePointer<UInt8>) -> FieldName? {
    // A name of 32 bytes written all in \u escapes has 192.
    guard key.count <= 192 else { return nil }
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Int(key.count)) { room in
      guard let target = room.baseAddress else { return nil }
      return find(target, JSONText.unescape(base + Int(key.start), Int(key.count), into: target))
    }
  }
}
