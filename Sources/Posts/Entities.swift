/// The HTML entities with which X escapes the text of a post.
enum Entities {
  /// Replaces `&amp; &lt; &gt; &quot; &#39;` in place, once, and returns the new length.
  static func unescape(_ text: UnsafeMutablePointer<UInt8>, _ count: Int) -> Int {
    var read = Words.first(UInt8(ascii: "&"), in: text, from: 0, to: count)
    var written = read
    while read < count {
      if text[read] == UInt8(ascii: "&"),
        let (character, length) = entity(text + read, count - read)
      {
        text[written] = character
        read += length
      } else {
        text[written] = text[read]
        read += 1
      }
      written += 1
    }
    return written
  }

  private static func entity(
    _ text: UnsafePointer<UInt8>, _ count: Int
  ) -> (character: UInt8, length: Int)? {
    if starts(text, count, "&amp;") { return (UInt8(ascii: "&"), 5) }
    if starts(text, count, "&lt;") { return (UInt8(ascii: "<"), 4) }
    if starts(text, count, "&gt;") { return (UInt8(ascii: ">"), 4) }
    if starts(text, count, "&quot;") { return (UInt8(ascii: "\""), 6) }
    if starts(text, count, "&#39;") { return (UInt8(ascii: "'"), 5) }
    return nil
  }

  private static func starts(
    _ text: UnsafePointer<UInt8>, _ count: Int, _ prefix: StaticString
  ) -> Bool {
    guard count >= prefix.utf8CodeUnitCount else { return false }
    for index in 0..<prefix.utf8CodeUnitCount where text[index] != prefix.utf8Start[index] {
      return false
    }
    return true
  }
}
