/// What a message of Bluesky's Jetstream says, told by one strict pass over its bytes.
package struct JetstreamEvent: Hashable, Sendable {
  /// What has been done to a record.
  package enum Operation: Hashable, Sendable {
    case create
    case update
    case delete
  }

  /// What a message is about.
  package enum Kind: Hashable, Sendable {
    /// Somebody's record.
    case commit(Operation)
    /// Somebody's account is deleted, or was taken down, and all that they have posted with it.
    case departure
    /// Somebody's handle, that their account rests, or what a later server may tell of.
    case other
  }

  package var kind = Kind.other
  /// Whose record it is.
  package var did = ""
  /// Microseconds since 1970, which is also the place in the stream.
  package var time: Int64 = 0
  package var collection = ""
  /// The record's key in its collection.
  package var recordKey = ""
  /// The version of its author's repository that the commit made.
  package var revision = ""
  /// The text of a post, in UTF-8.
  package var text: [UInt8] = []
  /// The record's address.
  package var address: String { "at://\(did)/\(collection)/\(recordKey)" }

  /// Reads a message. Thrown: where it is not one JSON object, or no event.
  package init(_ message: UnsafeRawBufferPointer) throws(PostError) {
    guard message.count <= Limits.recordBytes else {
      throw PostError(.recordTooLong, at: Limits.recordBytes)
    }
    guard var json = JSONScanner(message), try json.enterObject() else {
      throw PostError(.notAnObject)
    }
    var operation: Operation?
    var isGone = false
    while let key = try json.nextKey() {
      if key.spells("commit", in: json.base), try json.enterObject() {
        while let key = try json.nextKey() {
          try readPart(key, &json, &operation)
        }
        continue
      }
      if key.spells("account", in: json.base), try json.enterObject() {
        while let key = try json.nextKey() {
          let value = try json.readValue()
          if key.spells("status", in: json.base) { isGone = Self.isGone(value, in: json.base) }
        }
        continue
      }
      let value = try json.readValue()
      if key.spells("did", in: json.base) { did = Self.string(value, json.base) }
      if key.spells("time_us", in: json.base) {
        time = value.kind == .number ? Int64(Self.string(value, json.base)) ?? 0 : 0
      }
    }
    guard json.isAtEnd() else { throw PostError(.trailingBytes, at: json.position) }
    guard time > 0 else { throw PostError(.noID) }
    guard let operation else {
      if isGone, !did.isEmpty { kind = .departure }
      return
    }
    guard !did.isEmpty, !collection.isEmpty, !recordKey.isEmpty else { throw PostError(.noID) }
    kind = .commit(operation)
  }

  /// Whether an account's status is one that it does not come back from.
  static func isGone(_ status: RawField, in base: UnsafePointer<UInt8>) -> Bool {
    status.spells("deleted", in: base) || status.spells("takendown", in: base)
  }

  private mutating func readPart(
    _ key: RawField, _ json: inout JSONScanner, _ operation: inout Operation?
  ) throws(PostError) {
    if key.spells("record", in: json.base), try json.enterObject() {
      while let key = try json.nextKey() {
        if key.spells("text", in: json.base) {
          let value = try json.readValue()
          if value.isText { text = Self.bytes(value, json.base) }
        } else {
          try json.skipValue()
        }
      }
      return
    }
    let value = try json.readValue()
    guard value.isText else { return }
    if key.spells("operation", in: json.base) {
      if value.spells("create", in: json.base) { operation = .create }
      if value.spells("update", in: json.base) { operation = .update }
      if value.spells("delete", in: json.base) { operation = .delete }
    } else if key.spells("collection", in: json.base) {
      collection = Self.string(value, json.base)
    } else if key.spells("rkey", in: json.base) {
      recordKey = Self.string(value, json.base)
    } else if key.spells("rev", in: json.base) {
      revision = Self.string(value, json.base)
    }
  }

  private static func string(_ field: RawField, _ base: UnsafePointer<UInt8>) -> String {
    field.count == 0 ? "" : String(decoding: bytes(field, base), as: UTF8.self)
  }

  private static func bytes(_ field: RawField, _ base: UnsafePointer<UInt8>) -> [UInt8] {
    let count = Int(field.count)
    let start = base + Int(field.start)
    return [UInt8](unsafeUninitializedCapacity: count) { room, written in
      guard let target = room.baseAddress else { return }
      if field.kind == .escapedText {
        written = JSONText.unescape(start, count, into: target)
      } else {
        target.update(from: start, count: count)
        written = count
      }
    }
  }
}
