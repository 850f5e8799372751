/// The few HTML entities that posts carry: "&amp;", "&lt;", "&gt;", "&quot;", "&#39;" and "&apos;".
enum HTMLEntity {
  /// Bytes of the entity at `start` (an "&"), or nil if it is only an "&".
  static func length(in bytes: UnsafeRawBufferPointer, at start: Int) -> Int? {
    let names: [StaticString] = ["&amp;", "&lt;", "&gt;", "&quot;", "&#39;", "&apos;"]
    return names.first { matches($0, bytes, start) }.map(\.utf8CodeUnitCount)
  }

  /// Bytes of an apostrophe written as an entity, 0 for anything else.
  static func apostropheLength(in bytes: UnsafeRawBufferPointer, at start: Int) -> Int {
    matches("&#39;", bytes, start) ? 5 : matches("&apos;", bytes, start) ? 6 : 0
  }

  private static func matches(
    _ name: StaticString, _ bytes: UnsafeRawBufferPointer, _ start: Int
  ) -> Bool {
    name.withUTF8Buffer { name in
      guard bytes.count - start >= name.count else { return false }
      for index in 0..<name.count where bytes[start + index] != name[index] { return false }
      return true
    }
  }
}
