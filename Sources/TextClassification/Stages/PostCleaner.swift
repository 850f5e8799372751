/// Puts `URL` in the place of addresses and takes ASCII punctuation away, as the usual Spark stack
/// for tweets does before it tokenises.
public struct PostCleaner: StatelessStage {
  /// A cleaner.
  public init() {}

  /// The text, cleaned.
  public func transform(_ text: String) -> String {
    var cleaned: [UInt8] = []
    cleaned.reserveCapacity(text.utf8.count)
    text.withUTF8Bytes { bytes in
      var index = 0
      while index < bytes.count {
        if Self.beginsAddress(bytes, index) {
          cleaned += [85, 82, 76]
          while index < bytes.count, !Self.isSpace(bytes[index]) { index += 1 }
        } else {
          if !Self.isPunctuation(bytes[index]) { cleaned.append(bytes[index]) }
          index += 1
        }
      }
    }
    return String(decoding: cleaned, as: UTF8.self)
  }

  private static let beginnings = ["http://", "https://", "www."].map { Array($0.utf8) }

  private static func beginsAddress(_ bytes: UnsafeRawBufferPointer, _ index: Int) -> Bool {
    beginnings.contains { beginning in
      index + beginning.count <= bytes.count
        && beginning.indices.allSatisfy { bytes[index + $0] | 32 == beginning[$0] | 32 }
    }
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }

  /// The 32 characters of Python's `string.punctuation`.
  private static func isPunctuation(_ byte: UInt8) -> Bool {
    switch byte {
    case 33...47, 58...64, 91...96, 123...126: true
    default: false
    }
  }
}
