/// Tells Swift's code from its comments and literals, byte by byte: nested comments, raw and
/// multi-line strings, and interpolations, whose insides are code again. Regex literals are not
/// known to it.
struct SwiftText {
  enum Kind { case code, comment, literal }

  static func kinds(of bytes: [UInt8]) -> [Kind] {
    var text = SwiftText(bytes)
    while text.position < bytes.count { text.readCode(inInterpolation: false) }
    return text.kinds
  }

  private let bytes: [UInt8]
  private var kinds: [Kind]
  private var position = 0

  private init(_ bytes: [UInt8]) {
    self.bytes = bytes
    kinds = Array(repeating: .code, count: bytes.count)
  }

  private func sees(_ wanted: StaticString, at place: Int) -> Bool {
    wanted.withUTF8Buffer { bytes[min(place, bytes.count)...].starts(with: $0) }
  }

  private mutating func take(_ count: Int, as kind: Kind) {
    let end = min(position + count, bytes.count)
    for index in position..<end { kinds[index] = kind }
    position = end
  }

  /// Reads to the end of the text or, in an interpolation, to the parenthesis that closes it.
  private mutating func readCode(inInterpolation: Bool) {
    var depth = 0
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "/") where sees("//", at: position):
        take((bytes[position...].firstIndex(of: 0x0A) ?? bytes.count) - position, as: .comment)
      case UInt8(ascii: "/") where sees("/*", at: position): readBlockComment()
      case UInt8(ascii: "`"): readRawIdentifier()
      case UInt8(ascii: "\""): readString(hashes: 0)
      case UInt8(ascii: "#"):
        let hashes = bytes[position...].prefix { $0 == UInt8(ascii: "#") }.count
        take(hashes, as: .code)
        if sees("\"", at: position) { readString(hashes: hashes) }
      case UInt8(ascii: "("):
        depth += 1
        position += 1
      case UInt8(ascii: ")"):
        if inInterpolation && depth == 0 { return }
        depth -= 1
        position += 1
      default: position += 1
      }
    }
  }

  private mutating func readBlockComment() {
    var depth = 0
    repeat {
      if sees("/*", at: position) {
        depth += 1
        take(2, as: .comment)
      } else if sees("*/", at: position) {
        depth -= 1
        take(2, as: .comment)
      } else {
        take(1, as: .comment)
      }
    } while depth > 0 && position < bytes.count
  }

  private mutating func readRawIdentifier() {
    take(1, as: .literal)
    while position < bytes.count, bytes[position] != 0x0A {
      let closes = bytes[position] == UInt8(ascii: "`")
      take(1, as: .literal)
      if closes { return }
    }
  }

  private mutating func readString(hashes: Int) {
    let quotes = sees("\"\"\"", at: position) ? 3 : 1
    // The quotes stay code, so that `""!` is still seen to be forced.
    position += quotes
    while position < bytes.count {
      if bytes[position] == 0x0A && quotes == 1 { return }
      if ends(quotes: quotes, hashes: hashes) {
        position += quotes + hashes
        return
      }
      if bytes[position] == UInt8(ascii: "\\"), hasHashes(hashes, at: position + 1) {
        take(1 + hashes, as: .literal)
        if sees("(", at: position) {
          position += 1
          readCode(inInterpolation: true)
          position = min(position + 1, bytes.count)
          continue
        }
      }
      take(1, as: .literal)
    }
  }

  private func ends(quotes: Int, hashes: Int) -> Bool {
    let quote = UInt8(ascii: "\"")
    return position + quotes + hashes <= bytes.count
      && bytes[position..<(position + quotes)].allSatisfy { $0 == quote }
      && hasHashes(hashes, at: position + quotes)
  }

  private func hasHashes(_ count: Int, at place: Int) -> Bool {
    place + count <= bytes.count
      && bytes[place..<(place + count)].allSatisfy { $0 == UInt8(ascii: "#") }
  }
}
