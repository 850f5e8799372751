internal import Bytes

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
  private static let mark = "gone"

  private(set) var isAny = false
  private var isNew = false

  init() {}

  /// As they stand when a batch begins.
  init(_ transaction: any StateAccess) throws {
    isAny = try transaction.state(Self.mark) != nil
  }

  /// Whether one of these is to be forgotten: a post with its first version, or all that its author
  /// has written up to a time.
  func contains(
    _ id: [UInt8], _ root: [UInt8], by author: [UInt8], at time: Int64,
    _ transaction: any StateAccess
  ) throws -> Bool {
    guard isAny else { return false }
    if try transaction.state(Self.name(.post, id)) != nil { return true }
    if root != id, try transaction.state(Self.name(.post, root)) != nil { return true }
    guard !author.isEmpty, let since = try transaction.state(Self.name(.author, author)) else {
      return false
    }
    return time <= since.bigEndianInteger()
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
    let isKnown = try transaction.state(name) != nil
    if !isKnown || kind == .author { try transaction.setState(name, time) }
    guard again || !isKnown else { return }
    try transaction.setState(Self.pendingName(kind, id), time)
  }

  func finish(_ transaction: any StateAccess) throws {
    if isNew { try transaction.setState(Self.mark, [1]) }
  }

  static func pendingName(_ kind: Kind, _ id: [UInt8]) -> [UInt8] {
    Array(pendingPrefix.utf8) + [kind.rawValue] + id
  }

  private static func name(_ kind: Kind, _ id: [UInt8]) -> [UInt8] {
    let (high, low) = ([kind.rawValue] + id).withUnsafeBytes {
      Murmur.hash3x128($0, signExtendedTail: false)
    }
    return Array(gonePrefix.utf8)
      + withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { Array($0) }
  }
}
