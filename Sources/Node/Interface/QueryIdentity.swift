internal import Bytes
internal import Listeners

/// What identifies a query whichever run it is of, as Spark's `id`.
enum QueryIdentity {
  /// A UUID made of a text: the same for the same text.
  static func uuid(_ text: String) -> String {
    let hash = Array(text.utf8).withUnsafeBytes { Murmur.hash3x128($0) }
    return QueryMonitor.uuid(bigEndianBytes(hash.0) + bigEndianBytes(hash.1))
  }

  private static func bigEndianBytes(_ word: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: word.bigEndian) { Array($0) }
  }
}
