internal import Bytes
internal import Posts

/// Who and what is to be forgotten, kept beside the tables: `gone/` and a digest, so that a post
/// that comes again has no row, and until the log is rid of it `forget/` and the id itself.
struct ForgottenPosts {
  /// What an id is of.
  enum Kind: UInt8 {
    case post = 0x70
    case author = 0x75
    /// A handle, in lower case.
    case handle = 0x68
  }

  static let pendingPrefix = "forget/"
  private static let gonePrefix = "gone/"
  /// There once something was forgotten: where it is not, nobody looks for digests.
  static let mark = "gone"

  private(set) var isAny = false
  private var isNew = false

  init() {}

  /// As they stand when a batch begins.
  init(_ transaction: any StateAccess) throws {
    isAny = try transaction.state(Self.mark) != nil
  }

  /// Whether a post is to be forgotten: it or its first version, or all that its author has written
  /// up to a time.
  func contains(
    _ post: ClassifiedPost, _ id: [UInt8], at time: Int64, _ transaction: any StateAccess
  ) throws -> Bool {
    guard isAny else { return false }
    func has(_ kind: Kind, _ range: ByteRange) throws -> [UInt8]? {
      range.isEmpty
        ? nil : try transaction.state(Self.name(kind, Self.key(kind, post.bytes(range))))
    }
    if try transaction.state(Self.name(.post, id)) != nil { return true }
    if try has(.post, post.post.rootID) != nil { return true }
    if let until = try has(.author, post.post.authorID), time <= until.bigEndianInteger() {
      return true
    }
    guard let until = try has(.handle, post.post.screenName) else { return false }
    return time <= until.bigEndianInteger()
  }

  /// Handles are the same whatever their case.
  private static func key(_ kind: Kind, _ bytes: ArraySlice<UInt8>) -> [UInt8] {
    kind == .handle
      ? Array(String(decoding: bytes, as: UTF8.self).lowercased().utf8) : Array(bytes)
  }

  /// A post that is to be forgotten has come again: the log has to be rid of it once more.
  func note(_ id: [UInt8], _ now: Int64, _ transaction: any StateAccess) throws {
    let time = withUnsafeBytes(of: now.bigEndian) { Array($0) }
    try transaction.setState(Self.pendingName(.post, id), time)
  }

  /// Has something forgotten from now on. Its records are taken out of the log where it was not to
  /// be forgotten before, or `again`.
  mutating func insert(
    _ kind: Kind, _ id: [UInt8], _ now: Int64, again: Bool, _ transaction: any StateAccess
  ) throws {
    let time = withUnsafeBytes(of: now.bigEndian) { Array($0) }
    if !isAny { isNew = true }
    isAny = true
    let name = Self.name(kind, id)
    let known: Int64? = try transaction.state(name)?.bigEndianInteger()
    // Of people the latest time counts, in whatever order they are heard of.
    let isNews = known.map { kind != .post && $0 < now } ?? true
    if isNews { try transaction.setState(name, time) }
    guard again || isNews else { return }
    // What is noted already is not news to whoever works on it.
    let pending = Self.pendingName(kind, id)
    if !again, kind == .post, try transaction.state(pending) != nil { return }
    try transaction.setState(pending, time)
  }

  /// Keeps out, from now on, a post that the log is being rid of already.
  mutating func insertGone(_ id: [UInt8], _ now: Int64, _ transaction: any StateAccess) throws {
    if !isAny { isNew = true }
    isAny = true
    let name = Self.name(.post, id)
    guard try transaction.state(name) == nil else { return }
    try transaction.setState(name, withUnsafeBytes(of: now.bigEndian) { Array($0) })
  }

  func finish(_ transaction: any StateAccess) throws {
    if isNew { try transaction.setState(Self.mark, [1]) }
  }

  static func pendingName(_ kind: Kind, _ id: [UInt8]) -> [UInt8] {
    Array(pendingPrefix.utf8) + [kind.rawValue] + id
  }

  /// Under which it is kept that something is gone. A handle is in lower case.
  static func name(_ kind: Kind, _ id: [UInt8]) -> [UInt8] {
    let (high, low) = ([kind.rawValue] + id).withUnsafeBytes {
      Murmur.hash3x128($0, signExtendedTail: false)
    }
    return Array(gonePrefix.utf8)
      + withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { Array($0) }
  }
}
