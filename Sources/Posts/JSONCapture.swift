/// Captures the fields of JSON records: the one place that knows how posts are nested.
extension CapturedFields {
  /// Reads a whole object: a post, or an envelope with posts in `data` or `statuses`.
  ///
  /// The scanner stands behind the object's opening brace.
  mutating func readRecord(_ json: inout JSONScanner) throws(PostError) {
    begin()
    while let key = try json.nextKey() {
      guard let name = table.find(key, in: json.base) else {
        try json.skipValue()
        continue
      }
      switch name {
      case .data, .statuses: try readPosts(name, &json)
      case .includes: try readIncludes(&json)
      case .matchingRules: try readRules(&json)
      case .commit: try readCommit(&json)
      case .account: try readAccount(&json)
      default: try readField(name, row: 0, &json)
      }
    }
  }

  private mutating func readPosts(
    _ name: FieldName, _ json: inout JSONScanner
  ) throws(PostError) {
    closeRows()
    if try json.enterObject() {
      try readPost(&json)
    } else if try json.enterArray() {
      isPage = true
      while try json.nextElement() {
        guard try json.enterObject() else { throw PostError(.notAnObject, at: json.position) }
        guard rowCount <= Limits.pagePosts else {
          throw PostError(.tooManyPosts, at: json.position)
        }
        try readPost(&json)
      }
    } else {
      self[0, name] = try json.readValue()
    }
  }

  private mutating func readPost(_ json: inout JSONScanner) throws(PostError) {
    openRow()
    let row = rowCount - 1
    while let key = try json.nextKey() {
      if let name = table.find(key, in: json.base) {
        try readField(name, row: row, &json)
      } else {
        try json.skipValue()
      }
    }
  }

  /// Reads one field of a post, of either API and either spelling.
  private mutating func readField(
    _ name: FieldName, row: Int, _ json: inout JSONScanner
  ) throws(PostError) {
    switch name {
    case .extendedTweet:
      let inner = try readTexts(&json)
      self[row, .extendedText] = inner.fullText.isText ? inner.fullText : inner.text
    case .noteTweet, .notePost:
      let inner = try readTexts(&json)
      if inner.text.isText { self[row, .noteText] = inner.text }
    case .retweetedStatus:
      let inner = try readTexts(&json)
      self[row, name].kind = inner.isObject ? .container : .null
      self[row, .retweetText] = inner.best
    case .user, .author:
      if try json.enterObject() {
        try readUser(row: row, &json)
      } else {
        self[row, name] = try json.readValue()
      }
    case .delete: try readRemoval(row: row, &json)
    case .editHistoryTweets, .editHistoryPosts: try readFirstVersion(row: row, &json)
    case .referencedTweets, .referencedPosts: try readReferences(row: row, &json)
    default: self[row, name] = try json.readValue()
    }
  }

  /// The texts of a `retweeted_status`, `extended_tweet` or `note_tweet`.
  private struct InnerTexts {
    var isObject = false
    var text = RawField()
    var fullText = RawField()
    var extendedText = RawField()

    var best: RawField {
      extendedText.isText ? extendedText : fullText.isText ? fullText : text
    }
  }

  private func readTexts(
    _ json: inout JSONScanner, isExtension: Bool = false
  ) throws(PostError) -> InnerTexts {
    var inner = InnerTexts()
    guard try json.enterObject() else {
      try json.skipValue()
      return inner
    }
    inner.isObject = true
    while let key = try json.nextKey() {
      switch table.find(key, in: json.base) {
      case .text: inner.text = try json.readValue()
      case .fullText: inner.fullText = try json.readValue()
      case .extendedTweet where !isExtension:
        inner.extendedText = try readTexts(&json, isExtension: true).best
      default: try json.skipValue()
      }
    }
    return inner
  }

  private mutating func readUser(row: Int, _ json: inout JSONScanner) throws(PostError) {
    var number = RawField()
    while let key = try json.nextKey() {
      switch table.find(key, in: json.base) {
      case .screenName, .username: self[row, .nestedUserName] = try json.readValue()
      case .idString: self[row, .nestedUserID] = try json.readValue()
      case .id: number = try json.readValue()
      default: try json.skipValue()
      }
    }
    if !self[row, .nestedUserID].isPresent { self[row, .nestedUserID] = number }
  }

  private mutating func readFirstVersion(
    row: Int, _ json: inout JSONScanner
  ) throws(PostError) {
    guard try json.enterArray() else { return try json.skipValue() }
    var isFirst = true
    while try json.nextElement() {
      let version = try json.readValue()
      if isFirst { self[row, .firstVersion] = version }
      isFirst = false
    }
  }

  private mutating func readReferences(row: Int, _ json: inout JSONScanner) throws(PostError) {
    guard try json.enterArray() else { return try json.skipValue() }
    while try json.nextElement() {
      guard try json.enterObject() else {
        try json.skipValue()
        continue
      }
      var type = RawField()
      var id = RawField()
      while let key = try json.nextKey() {
        switch table.find(key, in: json.base) {
        case .type: type = try json.readValue()
        case .id: id = try json.readValue()
        default: try json.skipValue()
        }
      }
      if type.spells("replied_to", in: json.base) { self[row, .repliedToID] = id }
      if type.spells("retweeted", in: json.base) { self[row, .retweetedID] = id }
      if type.spells("quoted", in: json.base) { self[row, .quotedID] = id }
    }
  }

  private mutating func readIncludes(_ json: inout JSONScanner) throws(PostError) {
    guard try json.enterObject() else { return try json.skipValue() }
    while let key = try json.nextKey() {
      let name = table.find(key, in: json.base)
      guard name == .users || name == .tweets || name == .posts, try json.enterArray() else {
        try json.skipValue()
        continue
      }
      while try json.nextElement() {
        if try !json.enterObject() {
          try json.skipValue()
        } else if name == .users {
          try readIncludedUser(&json)
        } else {
          try readIncludedPost(&json)
        }
      }
    }
  }

  private mutating func readIncludedUser(_ json: inout JSONScanner) throws(PostError) {
    var user = IncludedUser()
    while let key = try json.nextKey() {
      switch table.find(key, in: json.base) {
      case .id: user.id = try json.readValue()
      case .username: user.username = try json.readValue()
      default: try json.skipValue()
      }
    }
    users.append(user)
  }

  private mutating func readIncludedPost(_ json: inout JSONScanner) throws(PostError) {
    var post = IncludedPost()
    while let key = try json.nextKey() {
      switch table.find(key, in: json.base) {
      case .id: post.id = try json.readValue()
      case .text: post.text = try json.readValue()
      case .noteTweet, .notePost: post.noteText = try readTexts(&json).text
      default: try json.skipValue()
      }
    }
    originals.append(post)
  }

  private mutating func readRules(_ json: inout JSONScanner) throws(PostError) {
    guard try json.enterArray() else { return try json.skipValue() }
    while try json.nextElement() {
      guard try json.enterObject() else {
        try json.skipValue()
        continue
      }
      while let key = try json.nextKey() {
        guard table.find(key, in: json.base) == .tag else {
          try json.skipValue()
          continue
        }
        let tag = try json.readValue()
        if !brandTag.isText, tag.starts(with: "brand:", in: json.base) {
          brandTag = tag.droppingFirst(6)
        }
      }
    }
  }
}

/// Comparing a field as it stands.
extension RawField {
  /// Whether the field is exactly `word`.
  func spells(_ word: StaticString, in base: UnsafePointer<UInt8>) -> Bool {
    count == word.utf8CodeUnitCount && starts(with: word, in: base)
  }

  /// Whether the field is a text that begins with `prefix`.
  func starts(with prefix: StaticString, in base: UnsafePointer<UInt8>) -> Bool {
    guard isText, count >= prefix.utf8CodeUnitCount else { return false }
    for index in 0..<prefix.utf8CodeUnitCount
    where base[Int(start) + index] != prefix.utf8Start[index] {
      return false
    }
    return true
  }

  /// Whether two fields have the same bytes.
  func equals(_ other: RawField, in base: UnsafePointer<UInt8>) -> Bool {
    guard count == other.count else { return false }
    for index in 0..<Int(count) where base[Int(start) + index] != base[Int(other.start) + index] {
      return false
    }
    return true
  }

  /// The field without its first `length` bytes.
  func droppingFirst(_ length: Int32) -> RawField {
    RawField(start: start + length, count: count - length, kind: kind)
  }
}
