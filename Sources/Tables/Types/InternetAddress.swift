/// An `inet`: the 4 or 16 bytes of an address, and how it is written.
enum InternetAddress {
  /// The bytes of an address in dots or colons; nil where the text is none. An IPv4 address mapped
  /// into IPv6 is the IPv4 address, as in Java.
  static func parse(_ text: String) -> [UInt8]? {
    guard text.contains(":") else { return dotted(text[...], isAlone: true) }
    var parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count >= 3, parts.count <= 9 else { return nil }
    // A colon at either end can only be half of a `::`.
    if parts[0].isEmpty {
      guard parts[1].isEmpty else { return nil }
      parts.removeFirst()
    }
    if parts[parts.count - 1].isEmpty {
      guard parts[parts.count - 2].isEmpty else { return nil }
      parts.removeLast()
    }
    var before: [UInt8] = []
    var after: [UInt8]?
    for (index, part) in parts.enumerated() {
      var bytes: [UInt8] = []
      if part.isEmpty {
        guard after == nil else { return nil }
        after = []
        continue
      }
      if part.contains(".") {
        guard index == parts.count - 1, let address = dotted(part) else { return nil }
        bytes = address
      } else {
        guard part.utf8.count <= 4, part.utf8.allSatisfy({ $0 != UInt8(ascii: "+") }),
          let group = UInt16(part, radix: 16)
        else { return nil }
        bytes = bigEndian(group)
      }
      if after == nil { before += bytes } else { after?.append(contentsOf: bytes) }
    }
    let known = before.count + (after?.count ?? 0)
    guard after == nil ? known == 16 : known <= 14 else { return nil }
    let address = before + [UInt8](repeating: 0, count: 16 - known) + (after ?? [])
    return isMapped(address) ? Array(address[12...]) : address
  }

  /// As Java's `getHostAddress` writes it: every group of an IPv6 address.
  static func full(_ bytes: UnsafeRawBufferPointer) -> String {
    if bytes.count == 4 { return dots(bytes) }
    if isMapped(bytes) { return dots(UnsafeRawBufferPointer(rebasing: bytes[12...])) }
    return groups(bytes).map { String($0, radix: 16) }.joined(separator: ":")
  }

  /// As `inet_ntop` writes it, and so cqlsh: the longest run of zeros as `::`.
  static func short(_ bytes: UnsafeRawBufferPointer) -> String {
    if bytes.count == 4 { return dots(bytes) }
    if isMapped(bytes) {
      return "::ffff:" + dots(UnsafeRawBufferPointer(rebasing: bytes[12...]))
    }
    let groups = groups(bytes)
    var longest = 0..<0
    var start = 0
    for index in 0...groups.count where index == groups.count || groups[index] != 0 {
      if index - start > longest.count { longest = start..<index }
      start = index + 1
    }
    func text(_ part: ArraySlice<UInt16>) -> String {
      part.map { String($0, radix: 16) }.joined(separator: ":")
    }
    guard longest.count > 1 else { return text(groups[...]) }
    return text(groups[..<longest.lowerBound]) + "::" + text(groups[longest.upperBound...])
  }

  /// Of fewer than four parts the last one is all bytes that are left, as in Java: 127.1 is
  /// 127.0.0.1. An address at an IPv6 one's end has four.
  private static func dotted(_ text: Substring, isAlone: Bool = false) -> [UInt8]? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    let isWritten = parts.allSatisfy { part in
      !part.isEmpty && part.utf8.allSatisfy { $0 >= 48 && $0 <= 57 }
    }
    guard isWritten, parts.count == 4 || isAlone && parts.count < 4 else { return nil }
    let first = parts.dropLast().compactMap { $0.utf8.count <= 3 ? UInt8($0) : nil }
    guard first.count == parts.count - 1, let last = parts.last, last.utf8.count <= 10,
      let rest = UInt32(last), UInt64(rest) < 1 << UInt64((4 - first.count) * 8)
    else { return nil }
    return first + bigEndian(rest).suffix(4 - first.count)
  }

  private static func dots(_ bytes: UnsafeRawBufferPointer) -> String {
    bytes.map { "\($0)" }.joined(separator: ".")
  }

  private static func groups(_ bytes: UnsafeRawBufferPointer) -> [UInt16] {
    stride(from: 0, to: bytes.count - 1, by: 2).map { index in
      UInt16(bytes[index]) << 8 | UInt16(bytes[index + 1])
    }
  }

  private static func isMapped(_ bytes: some Collection<UInt8>) -> Bool {
    bytes.count == 16 && bytes.prefix(10).allSatisfy { $0 == 0 }
      && bytes.dropFirst(10).prefix(2).allSatisfy { $0 == 0xFF }
  }
}
