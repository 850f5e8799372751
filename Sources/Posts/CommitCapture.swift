/// Captures the fields of Jetstream's commits and of notices that a post was deleted.
extension CapturedFields {
  /// Reads a commit of Bluesky's Jetstream: what somebody has done to one of their records.
  mutating func readCommit(_ json: inout JSONScanner) throws(PostError) {
    guard try json.enterObject() else {
      self[0, .commit] = try json.readValue()
      return
    }
    var isRemoval = false
    while let key = try json.nextKey() {
      if key.spells("record", in: json.base), try json.enterObject() {
        try readCommittedRecord(&json)
        continue
      }
      let value = try json.readValue()
      if key.spells("operation", in: json.base) {
        self[0, .operation] = value
        isRemoval = value.spells("delete", in: json.base)
      } else if key.spells("collection", in: json.base) {
        self[0, .collection] = value
      } else if key.spells("rkey", in: json.base) {
        self[0, .recordKey] = value
      }
    }
    self[0, .commit].kind = .container
    if isRemoval { self[0, .delete].kind = .container }
  }

  /// Reads what has become of somebody's account: all that a deleted one has posted goes with it.
  mutating func readAccount(_ json: inout JSONScanner) throws(PostError) {
    guard try json.enterObject() else {
      self[0, .account] = try json.readValue()
      return
    }
    var isGone = false
    while let key = try json.nextKey() {
      let value = try json.readValue()
      if key.spells("status", in: json.base) {
        isGone = JetstreamEvent.isGone(value, in: json.base)
      }
    }
    self[0, .account].kind = .container
    if isGone { self[0, .delete].kind = .container }
  }

  private mutating func readCommittedRecord(_ json: inout JSONScanner) throws(PostError) {
    while let key = try json.nextKey() {
      if key.spells("text", in: json.base) {
        self[0, .text] = try json.readValue()
      } else if key.spells("createdAt", in: json.base) {
        self[0, .createdAt] = try json.readValue()
      } else if key.spells("langs", in: json.base), try json.enterArray() {
        while try json.nextElement() {
          let language = try json.readValue()
          if filled(0, .lang) == nil { self[0, .lang] = language }
        }
      } else if key.spells("reply", in: json.base), try json.enterObject() {
        while let end = try json.nextKey() {
          let uri = try readAddress(&json)
          if end.spells("root", in: json.base) { self[0, .conversation] = uri }
          if end.spells("parent", in: json.base) { self[0, .repliedToID] = uri }
        }
      } else if key.spells("embed", in: json.base), try json.enterObject() {
        while let part = try json.nextKey() {
          if part.spells("record", in: json.base) {
            self[0, .quotedID] = try readAddress(&json)
          } else {
            try json.skipValue()
          }
        }
      } else {
        try json.skipValue()
      }
    }
  }

  /// The `uri` of an object, or of the `record` in it.
  private func readAddress(_ json: inout JSONScanner) throws(PostError) -> RawField {
    var uri = RawField()
    guard try json.enterObject() else {
      try json.skipValue()
      return uri
    }
    while let key = try json.nextKey() {
      if key.spells("uri", in: json.base) {
        uri = try json.readValue()
      } else if key.spells("record", in: json.base), try json.enterObject() {
        while let key = try json.nextKey() {
          let value = try json.readValue()
          if key.spells("uri", in: json.base) { uri = value }
        }
      } else {
        try json.skipValue()
      }
    }
    return uri
  }

  /// Reads which post a `delete` speaks of, as X's streams of either version have it.
  mutating func readRemoval(row: Int, _ json: inout JSONScanner) throws(PostError) {
    guard try json.enterObject() else {
      self[row, .delete] = try json.readValue()
      return
    }
    while let key = try json.nextKey() {
      let isPost =
        key.spells("status", in: json.base) || key.spells("tweet", in: json.base)
        || key.spells("post", in: json.base)
      guard isPost, try json.enterObject() else {
        try json.skipValue()
        continue
      }
      var number = RawField()
      while let key = try json.nextKey() {
        switch table.find(key, in: json.base) {
        case .idString: self[row, .removedID] = try json.readValue()
        case .id: number = try json.readValue()
        case .authorID, .userID: self[row, .removedAuthorID] = try json.readValue()
        default: try json.skipValue()
        }
      }
      if filled(row, .removedID) == nil { self[row, .removedID] = number }
    }
    self[row, .delete].kind = .container
  }

  /// Puts down which post a notice of deletion speaks of, where it says so.
  func appendRemoval(
    row: Int, of source: UnsafePointer<UInt8>, to batch: inout PostBatch
  ) throws(PostError) {
    var removal = Removal()
    if self[row, .account].kind == .container {
      removal.authorID = try store(filled(row, .did), source, &batch)
      if !removal.authorID.isEmpty { batch.append(removal) }
      return
    }
    if self[row, .commit].kind == .container {
      guard let did = filled(row, .did) else { return }
      removal.id = try storeAddress(row, source, &batch) ?? .none
      removal.authorID = try store(did, source, &batch)
    } else {
      removal.id = try store(filled(row, .removedID), source, &batch)
      removal.authorID = try store(filled(row, .removedAuthorID), source, &batch)
    }
    if !removal.id.isEmpty { batch.append(removal) }
  }

  /// The address of a Jetstream commit's record, `at://DID/COLLECTION/KEY`; nil for what is none.
  func storeAddress(
    _ row: Int, _ source: UnsafePointer<UInt8>, _ batch: inout PostBatch
  ) throws(PostError) -> ByteRange? {
    guard self[row, .commit].kind == .container, let did = filled(row, .did),
      let collection = filled(row, .collection), let key = filled(row, .recordKey)
    else { return nil }
    for field in [did, collection, key] where field.count > Limits.fieldBytes {
      throw PostError(.fieldTooLong, at: Int(field.start))
    }
    let range = batch.storeAddress([did, collection, key], of: source)
    guard range.count <= Limits.fieldBytes else {
      throw PostError(.fieldTooLong, at: Int(key.start))
    }
    return range
  }
}
