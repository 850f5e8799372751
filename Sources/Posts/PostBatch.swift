import Bytes

/// The posts of many records, in one piece of memory that is reused batch after batch.
///
/// Not thread-safe; owned by one task at a time.
package struct PostBatch: ~Copyable, Sendable {
  /// The posts, in the order of their records.
  package private(set) var posts: [Post] = []
  /// The posts that the records say were deleted.
  package private(set) var removals: [Removal] = []
  private var arena: ByteBuffer

  /// An empty batch with room for `bytes` bytes of text; it grows as needed.
  package init(capacity bytes: Int = 1 << 16) {
    arena = ByteBuffer(capacity: bytes)
  }

  /// How many posts.
  package var count: Int { posts.count }

  /// How many bytes of text; a caller may end a batch by it.
  package var byteCount: Int { arena.count }

  /// Forgets the posts; keeps the memory.
  package mutating func removeAll() {
    posts.removeAll(keepingCapacity: true)
    removals.removeAll(keepingCapacity: true)
    arena.removeAll()
  }

  /// A field's UTF-8. The pointer is valid until the batch is next changed.
  @inline(__always)
  package borrowing func bytes(_ range: ByteRange) -> UnsafeRawBufferPointer {
    arena.withBytes { all in
      let start = Int(range.start)
      let end = start + Int(range.count)
      guard start >= 0, end >= start, end <= all.count else {
        return UnsafeRawBufferPointer(start: nil, count: 0)
      }
      return UnsafeRawBufferPointer(rebasing: all[start..<end])
    }
  }

  /// All fields' bytes, of which their ranges are parts.
  package borrowing func copyOfBytes() -> [UInt8] { arena.toArray() }

  /// A field as a string.
  package borrowing func string(_ range: ByteRange) -> String {
    String(decoding: bytes(range), as: UTF8.self)
  }

  /// Where the batch ends now, to go back to with `rollBack`.
  var mark: (posts: Int, removals: Int, bytes: Int) { (posts.count, removals.count, arena.count) }

  /// Forgets what was appended since `mark`.
  mutating func rollBack(to mark: (posts: Int, removals: Int, bytes: Int)) {
    posts.removeLast(posts.count - mark.posts)
    removals.removeLast(removals.count - mark.removals)
    arena.truncate(to: mark.bytes)
  }

  /// Forgets the bytes stored last, from `range` on.
  mutating func discard(from range: ByteRange) { arena.truncate(to: Int(range.start)) }

  mutating func append(_ post: Post) { posts.append(post) }

  mutating func append(_ removal: Removal) { removals.append(removal) }

  /// Names the author of a post whose record does not.
  package mutating func setScreenName(_ name: [UInt8], ofPost number: Int) {
    guard posts.indices.contains(number), name.count <= Limits.fieldBytes else { return }
    let start = arena.count
    name.withUnsafeBytes { arena.append($0) }
    posts[number].screenName = ByteRange(start: Int32(start), count: Int32(name.count))
  }

  /// Stores the address of somebody's record: their id, its collection and its key.
  mutating func storeAddress(
    _ parts: [RawField], of source: UnsafePointer<UInt8>
  ) -> ByteRange {
    let start = arena.count
    arena.append(UInt8(ascii: "a"))
    for byte in "t:/".utf8 { arena.append(byte) }
    for part in parts {
      arena.append(UInt8(ascii: "/"))
      _ = store(part, of: source)
    }
    return ByteRange(start: Int32(start), count: Int32(arena.count - start))
  }

  /// Stores a field of the record at `source`, unescaped from JSON and, for a text, from HTML.
  mutating func store(
    _ field: RawField, of source: UnsafePointer<UInt8>, unescapingEntities: Bool = false
  ) -> ByteRange {
    let start = arena.count
    let length = Int(field.count)
    let from = source + Int(field.start)
    let written = arena.fill(upTo: length) { room in
      guard let target = room.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return 0 }
      var written = length
      if field.kind == .escapedText {
        written = JSONText.unescape(from, length, into: target)
      } else {
        target.update(from: from, count: length)
      }
      return unescapingEntities ? Entities.unescape(target, written) : written
    }
    return ByteRange(start: Int32(start), count: Int32(written))
  }

  /// Stores an id made of a hash of author and text, for a post that has none.
  ///
  /// The same post read twice gets the same id: MurmurHash3 x64 128-bit of author, NUL, text.
  mutating func storeHashID(author: ByteRange, text: ByteRange) -> ByteRange {
    let start = arena.count
    let length = Int(author.count) + 1 + Int(text.count)
    arena.reserve(length)
    arena.append(bytes(author))
    arena.append(UInt8(0))
    arena.append(bytes(text))
    let joined = ByteRange(start: Int32(start), count: Int32(length))
    let hash = Murmur.hash3x128(bytes(joined), signExtendedTail: false)
    arena.truncate(to: start)
    arena.append(UInt8(ascii: "h"))
    arena.append(UInt8(ascii: "-"))
    for half in [hash.0, hash.1] {
      for shift in stride(from: UInt64(60), through: 0, by: -4) {
        let digit = UInt8(half >> shift & 15)
        arena.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
      }
    }
    return ByteRange(start: Int32(start), count: 34)
  }
}
