/// Makes posts of captured fields: the one place that knows which field means what.
extension CapturedFields {
  /// Appends the post of `row`; `source` is where the fields' offsets count from.
  func appendPost(
    row: Int, of source: UnsafePointer<UInt8>, to batch: inout PostBatch
  ) throws(PostError) {
    let original = retweetOriginal(row, source)
    guard let textField = bestText(row, original) else { throw PostError(.noText) }
    var post = Post()
    post.text = batch.store(textField, of: source, unescapingEntities: true)
    guard post.text.count <= Limits.textBytes else {
      throw PostError(.fieldTooLong, at: Int(textField.start))
    }
    let text = batch.bytes(post.text)
    guard !BlankText.isBlank(text) else { throw PostError(.blankText, at: Int(textField.start)) }
    let startsAsRetweet = text.starts(with: "RT @".utf8)

    try setAuthor(&post, row, source, &batch)
    try setIdentity(&post, row, source, &batch)
    post.language = try store(filled(row, .lang) ?? filled(row, .language), source, &batch)
    post.brandTag = try store(
      brandTag.isText ? brandTag : filled(row, .brand) ?? filled(row, .airline), source, &batch)
    post.conversationID = try store(filled(row, .conversation), source, &batch)
    post.inReplyToID = try store(
      id(row, .repliedToID, source) ?? id(row, .replyStatusString, source)
        ?? id(row, .replyStatus, source) ?? id(row, .inResponseTo, source), source, &batch)

    post.isRetweet =
      startsAsRetweet || self[row, .retweetedID].isPresent
      || self[row, .retweetedStatus].kind == .container
    post.isReply =
      !post.inReplyToID.isEmpty || filled(row, .replyUserString) != nil
      || filled(row, .replyUser) != nil
    post.isQuote = self[row, .quotedID].isPresent || self[row, .isQuoteStatus].kind == .yes
    post.isOutbound = isFalse(self[row, .inbound], source)
    post.createdAt = createdAt(row, source, &batch) ?? PostTime.ofSnowflake(batch.bytes(post.id))
    batch.append(post)
  }

  /// The included post that a v2 retweet repeats.
  private func retweetOriginal(_ row: Int, _ source: UnsafePointer<UInt8>) -> IncludedPost? {
    guard let id = filled(row, .retweetedID) else { return nil }
    return originals.first { $0.id.equals(id, in: source) }
  }

  private func bestText(_ row: Int, _ original: IncludedPost?) -> RawField? {
    if let original {
      if original.noteText.isText { return original.noteText }
      if original.text.isText { return original.text }
    }
    return text(row, .retweetText) ?? text(row, .extendedText) ?? text(row, .noteText)
      ?? text(row, .fullText) ?? text(row, .text) ?? text(row, .content) ?? text(row, .body)
      ?? text(row, .tweetText) ?? text(row, .tweet) ?? text(row, .message)
  }

  /// Whether the row has a text at all.
  func hasText(_ row: Int) -> Bool { bestText(row, nil) != nil }

  private func setAuthor(
    _ post: inout Post, _ row: Int, _ source: UnsafePointer<UInt8>, _ batch: inout PostBatch
  ) throws(PostError) {
    let authorID =
      id(row, .authorID, source) ?? id(row, .nestedUserID, source) ?? id(row, .userID, source)
      ?? (self[row, .commit].kind == .container ? filled(row, .did) : nil)
    post.authorID = try store(authorID, source, &batch)
    var name =
      filled(row, .nestedUserName) ?? filled(row, .screenName) ?? filled(row, .username)
      ?? filled(row, .handle) ?? filled(row, .user) ?? filled(row, .author)
    if name == nil, let authorID {
      name = users.first { $0.id.equals(authorID, in: source) }?.username
    }
    if let found = name ?? filled(row, .name), found.isPresent {
      let isMarked = found.starts(with: "@", in: source)
      post.screenName = try store(isMarked ? found.droppingFirst(1) : found, source, &batch)
    }
  }

  private func setIdentity(
    _ post: inout Post, _ row: Int, _ source: UnsafePointer<UInt8>, _ batch: inout PostBatch
  ) throws(PostError) {
    let own =
      id(row, .idString, source) ?? id(row, .tweetID, source) ?? id(row, .postID, source)
      ?? id(row, .id, source)
    if let address = try storeAddress(row, source, &batch) {
      post.id = address
      post.isUpdate = filled(row, .operation)?.spells("update", in: source) ?? false
    } else if let own {
      post.id = try store(own, source, &batch)
    } else if row > 0 {
      throw PostError(.noID)
    } else {
      let author = post.authorID.isEmpty ? post.screenName : post.authorID
      post.id = batch.storeHashID(author: author, text: post.text)
    }
    let first = id(row, .firstVersion, source)
    post.rootID = first == nil ? post.id : try store(first, source, &batch)
  }

  func store(
    _ field: RawField?, _ source: UnsafePointer<UInt8>, _ batch: inout PostBatch
  ) throws(PostError) -> ByteRange {
    guard let field, field.count > 0 else { return .none }
    let range = batch.store(field, of: source)
    guard range.count <= Limits.fieldBytes else {
      throw PostError(.fieldTooLong, at: Int(field.start))
    }
    return range
  }

  /// An id, without the `.0` of a spreadsheet; nil where a spreadsheet's rounding has lost it.
  private func id(_ row: Int, _ name: FieldName, _ source: UnsafePointer<UInt8>) -> RawField? {
    guard var field = filled(row, name) else { return nil }
    let bytes = UnsafeBufferPointer(start: source + Int(field.start), count: Int(field.count))
    guard let digits = bytes.firstIndex(where: { $0 &- UInt8(ascii: "0") >= 10 }) else {
      return field
    }
    if digits > 0, bytes[digits] == UInt8(ascii: "."), digits + 1 < bytes.count {
      let rest = bytes[(digits + 1)...]
      if rest.allSatisfy({ $0 == UInt8(ascii: "0") }) {
        field.count = Int32(digits)
      } else if rest.allSatisfy(isPartOfNumber) {
        return nil
      }
    } else if field.kind == .number, bytes[0] != UInt8(ascii: "-") {
      return nil
    }
    return field
  }

  private func isPartOfNumber(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"),
      UInt8(ascii: "e"), UInt8(ascii: "E"):
      true
    default: false
    }
  }

  private func isFalse(_ field: RawField, _ source: UnsafePointer<UInt8>) -> Bool {
    field.kind == .no || field.spells("False", in: source) || field.spells("false", in: source)
      || field.spells("FALSE", in: source)
  }

  private func createdAt(
    _ row: Int, _ source: UnsafePointer<UInt8>, _ batch: inout PostBatch
  ) -> Int64? {
    let field =
      filled(row, .createdAt) ?? filled(row, .tweetCreated) ?? filled(row, .timestampMillis)
      ?? filled(row, .timestamp) ?? filled(row, .date) ?? filled(row, .time)
    guard let field, field.count <= Limits.fieldBytes else { return nil }
    guard field.kind == .escapedText else {
      return PostTime.parse(
        UnsafeRawBufferPointer(start: source + Int(field.start), count: Int(field.count)))
    }
    let unescaped = batch.store(field, of: source)
    defer { batch.discard(from: unescaped) }
    return PostTime.parse(batch.bytes(unescaped))
  }
}

/// Tells whether a text has anything to read in it.
enum BlankText {
  /// Whether there is nothing but white space and invisible marks.
  static func isBlank(_ text: UnsafeRawBufferPointer) -> Bool {
    guard let first = text.first else { return true }
    if first > 0x20, first < 0x7F { return false }
    return String(decoding: text, as: UTF8.self).unicodeScalars.allSatisfy { scalar in
      scalar.properties.isWhitespace || scalar.value == 0x200B || scalar.value == 0xFEFF
    }
  }
}
