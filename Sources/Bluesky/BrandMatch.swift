/// Tells which texts name a brand: any of its names or handles as whole words, whatever the case.
package struct BrandMatch: Sendable {
  /// In lower case, as UTF-8.
  private let names: [[UInt8]]

  /// Names and handles, these with or without `@`.
  package init(_ names: [String]) {
    self.names = names.map { name in
      let bare = name.hasPrefix("@") || name.hasPrefix("#") ? String(name.dropFirst()) : name
      return Array(bare.lowercased().utf8)
    }.filter { !$0.isEmpty }
  }

  /// Whether there is nothing to look for.
  package var isEmpty: Bool { names.isEmpty }

  /// Whether a text, in UTF-8, names the brand.
  package func matches(_ text: [UInt8]) -> Bool {
    let folded =
      text.allSatisfy { $0 < 0x80 }
      ? text.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
      : Array(String(decoding: text, as: UTF8.self).lowercased().utf8)
    return folded.withUnsafeBufferPointer { folded in names.contains { Self.has($0, in: folded) } }
  }

  private static func has(_ name: [UInt8], in text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard text.count >= name.count else { return false }
    let first = name[0]
    for start in 0...(text.count - name.count) where text[start] == first {
      let end = start + name.count
      if UnsafeBufferPointer(rebasing: text[start..<end]).elementsEqual(name),
        !isWord(text, start - 1, name[0]), !isWord(text, end, name[name.count - 1])
      {
        return true
      }
    }
    return false
  }

  /// Whether the byte at `place` goes on with the word that `edge` is at the end of. Scripts that
  /// part no words by spaces go on beside Latin letters without a space, too.
  private static func isWord(
    _ text: UnsafeBufferPointer<UInt8>, _ place: Int, _ edge: UInt8
  ) -> Bool {
    guard text.indices.contains(place), edge < 0x80, isLetterOrDigit(edge) else { return false }
    return isLetterOrDigit(text[place])
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte)
  }
}
