internal import Bytes

/// What texts have in common that were pasted: the same words in the same order, whatever the case,
/// the punctuation, the mentions and the links between them.
struct PastedText: Hashable, Sendable {
  /// Words that a text has at least; many people say the same few by themselves.
  static let leastWords = 8

  let high, low: UInt64

  /// Nil where the UTF-8 `text` has too few words.
  init?(_ text: UnsafeRawBufferPointer) {
    var words = [UInt8]()
    words.reserveCapacity(text.count + 1)
    var count = 0
    var start = 0
    while start < text.count {
      let end = text[start...].firstIndex(where: Self.isSpace) ?? text.count
      let before = words.count
      if end > start, !Self.isReference(text[start..<end]) {
        for byte in text[start..<end] where Self.isWord(byte) {
          words.append((0x41...0x5A).contains(byte) ? byte | 0x20 : byte)
        }
      }
      if words.count > before {
        words.append(UInt8(ascii: " "))
        count += 1
      }
      start = end + 1
    }
    guard count >= Self.leastWords else { return nil }
    (high, low) = words.withUnsafeBytes { Murmur.hash3x128($0, signExtendedTail: false) }
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte <= 0x20 }

  private static func isWord(_ byte: UInt8) -> Bool {
    byte >= 0x80 || (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
      || (0x61...0x7A).contains(byte)
  }

  private static func isReference(_ word: Slice<UnsafeRawBufferPointer>) -> Bool {
    word.first == UInt8(ascii: "@") || word.starts(with: "http://".utf8)
      || word.starts(with: "https://".utf8)
  }

  /// Its sixteen bytes.
  var bytes: [UInt8] {
    withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { Array($0) }
  }
}
