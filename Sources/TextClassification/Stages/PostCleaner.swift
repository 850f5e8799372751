/// Puts `URL` in the place of addresses and takes ASCII punctuation away, as the usual Spark stack
/// for tweets does before it tokenises.
public struct PostCleaner: StatelessStage {
  /// A cleaner.
  public init() {}

  /// The text, cleaned.
  public func transform(_ text: String) -> String {
    text.withUTF8Bytes { bytes in
      String(unsafeUninitializedCapacity: bytes.count) { Self.clean(bytes, into: $0) }
    }
  }

  /// Writes the cleaned text and returns how many bytes it has: no more than `bytes`, since an
  /// address has more than what takes its place.
  static func clean(
    _ bytes: UnsafeRawBufferPointer, into cleaned: UnsafeMutableBufferPointer<UInt8>
  ) -> Int {
    var (index, count) = (0, 0)
    while index < bytes.count {
      let byte = bytes[index]
      if beginsAddress(bytes, index) {
        for letter in [UInt8(ascii: "U"), UInt8(ascii: "R"), UInt8(ascii: "L")] {
          cleaned[count] = letter
          count += 1
        }
        while index < bytes.count, !ASCII.isBlank(bytes[index]) { index += 1 }
      } else {
        // Written in any case, so that there is no branch that is hard to foresee.
        cleaned[count] = byte
        count += isPunctuation(byte) ? 0 : 1
        index += 1
      }
    }
    return count
  }

  private static let beginnings = ["http://", "https://", "www."].map { Array($0.utf8) }

  @inline(__always) private static func beginsAddress(_ bytes: UnsafeRawBufferPointer, _ index: Int)
    -> Bool
  {
    guard index + 1 < bytes.count else { return false }
    let start = (bytes[index] | 32, bytes[index + 1] | 32)
    guard
      start == (UInt8(ascii: "h"), UInt8(ascii: "t"))
        || start == (UInt8(ascii: "w"), UInt8(ascii: "w"))
    else { return false }
    return isAddress(bytes, index)
  }

  private static func isAddress(_ bytes: UnsafeRawBufferPointer, _ index: Int) -> Bool {
    beginnings.contains { beginning in
      index + beginning.count <= bytes.count
        && beginning.indices.allSatisfy { bytes[index + $0] | 32 == beginning[$0] | 32 }
    }
  }

  /// The 32 characters of Python's `string.punctuation`.
  private static func isPunctuation(_ byte: UInt8) -> Bool {
    let set: UInt64 =
      byte < 64 ? 0xFC00_FFFE_0000_0000 : byte < 128 ? 0x7800_0001_F800_0001 : 0
    return set >> UInt64(byte & 63) & 1 == 1
  }
}
