internal import Bytes

/// What texts have in common that were pasted: the same words in the same order, whatever the case,
/// the punctuation, the mentions and the links between them.
struct PastedText: Hashable, Sendable {
  /// Words that a text has at least; many people say the same few by themselves.
  static let leastWords = 8

  let high, low: UInt64

  /// Nil where the UTF-8 `text` has too few words.
  init?(_ text: UnsafeRawBufferPointer) {
    let hash = withUnsafeTemporaryAllocation(byteCount: text.count + 1, alignment: 1) { words in
      let (length, count) = Self.copyWords(of: text, to: words)
      return count < Self.leastWords
        ? nil
        : Murmur.hash3x128(
          UnsafeRawBufferPointer(rebasing: words[..<length]), signExtendedTail: false)
    }
    guard let hash else { return nil }
    (high, low) = hash
  }

  /// Writes the words that count in lower case, a blank behind each: one byte more than the text
  /// has, at most. Returns the bytes written and the number of words.
  private static func copyWords(
    of text: UnsafeRawBufferPointer, to words: UnsafeMutableRawBufferPointer
  ) -> (length: Int, count: Int) {
    var (length, count, place) = (0, 0, 0)
    while place < text.count {
      let before = length
      let isKept = !isReference(text, at: place)
      while place < text.count, !isSpace(text[place]) {
        let byte = text[place]
        if isKept, isWord(byte) {
          words[length] = (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
          length += 1
        }
        place += 1
      }
      if length > before {
        words[length] = UInt8(ascii: " ")
        length += 1
        count += 1
      }
      place += 1
    }
    return (length, count)
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte <= 0x20 }

  private static func isWord(_ byte: UInt8) -> Bool {
    byte >= 0x80 || (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
  }

  private static func isReference(_ text: UnsafeRawBufferPointer, at place: Int) -> Bool {
    switch text[place] {
    case UInt8(ascii: "@"): true
    case UInt8(ascii: "h"): stands("http://", text, place) || stands("https://", text, place)
    default: false
    }
  }

  private static func stands(
    _ prefix: StaticString, _ text: UnsafeRawBufferPointer, _ place: Int
  ) -> Bool {
    let prefix = UnsafeBufferPointer(start: prefix.utf8Start, count: prefix.utf8CodeUnitCount)
    return text.count - place >= prefix.count
      && prefix.indices.allSatisfy { prefix[$0] == text[place + $0] }
  }

  /// Its sixteen bytes.
  var bytes: [UInt8] {
    withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { Array($0) }
  }
}
