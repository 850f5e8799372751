/// Finds addresses: "https://…", "www.…" and a bare host with a path such as "t.co/AbC".
enum URLScanner {
  /// The end of the address that starts at `start` (a letter), or nil if it is a plain word.
  static func end(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
    let first = bytes[start] | 0x20
    if first == UInt8(ascii: "h"),
      starts("http://", bytes, start) || starts("https://", bytes, start)
    {
      return blank(in: bytes, from: start)
    }
    if first == UInt8(ascii: "w"), starts("www.", bytes, start) {
      return blank(in: bytes, from: start)
    }
    return bareHost(bytes, start).map { blank(in: bytes, from: $0) }
  }

  /// Bytes looked at for a host without a scheme, so that "a.b.c…" takes linear time.
  private static let longestHost = 64

  /// Where the path begins after a bare host.
  private static func bareHost(_ bytes: UnsafeRawBufferPointer, _ start: Int) -> Int? {
    let bytes = UnsafeRawBufferPointer(rebasing: bytes.prefix(start + longestHost))
    var position = start
    while position < bytes.count, ASCII.isLetter(bytes[position]) { position += 1 }
    guard position + 1 < bytes.count, bytes[position] == UInt8(ascii: "."),
      ASCII.isLetter(bytes[position + 1])
    else { return nil }
    var label = 0
    while position < bytes.count {
      let byte = bytes[position]
      if byte == UInt8(ascii: "/") {
        let hasPath = position + 1 < bytes.count && ASCII.isWord(bytes[position + 1])
        return label >= 2 && hasPath ? position : nil
      }
      guard ASCII.isLetter(byte) || byte == UInt8(ascii: ".") else { return nil }
      label = byte == UInt8(ascii: ".") ? 0 : label + 1
      position += 1
    }
    return nil
  }

  private static func blank(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
    var end = start
    while end < bytes.count, !ASCII.isBlank(bytes[end]) { end += 1 }
    return end
  }

  private static func starts(
    _ prefix: StaticString, _ bytes: UnsafeRawBufferPointer, _ start: Int
  ) -> Bool {
    prefix.withUTF8Buffer { prefix in
      guard bytes.count - start >= prefix.count else { return false }
      for index in 0..<prefix.count
      where ASCII.lowered(bytes[start + index]) != prefix[index] { return false }
      return true
    }
  }
}
