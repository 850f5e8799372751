/// SHA-1 and HMAC over it (FIPS 180-4, RFC 2104), which OAuth 1.0a asks for. For nothing else:
/// SHA-1 no longer keeps anybody from making two texts of one digest.
package enum SHA1 {
  private static let blockBytes = 64

  /// The 20 bytes of a message's digest.
  package static func digest(_ message: [UInt8]) -> [UInt8] {
    var state: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0]
    let padded = MessagePadding.pad(message)
    for start in stride(from: 0, to: padded.count, by: blockBytes) {
      compress(padded[start..<(start + blockBytes)], into: &state)
    }
    return MessagePadding.bytes(of: state)
  }

  private static func compress(_ block: ArraySlice<UInt8>, into state: inout [UInt32]) {
    var words = MessagePadding.words(of: block)
    for index in 16..<80 {
      let mixed = words[index - 3] ^ words[index - 8] ^ words[index - 14] ^ words[index - 16]
      words.append(rotate(mixed, 1))
    }
    var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4])
    for (index, word) in words.enumerated() {
      let (function, constant): (UInt32, UInt32) =
        switch index / 20 {
        case 0: (b & c | ~b & d, 0x5A82_7999)
        case 1: (b ^ c ^ d, 0x6ED9_EBA1)
        case 2: (b & c | b & d | c & d, 0x8F1B_BCDC)
        default: (b ^ c ^ d, 0xCA62_C1D6)
        }
      let next = rotate(a, 5) &+ function &+ e &+ constant &+ word
      (e, d, c, b, a) = (d, c, rotate(b, 30), a, next)
    }
    for (index, value) in [a, b, c, d, e].enumerated() { state[index] &+= value }
  }

  private static func rotate(_ word: UInt32, _ bits: UInt32) -> UInt32 {
    word << bits | word >> (32 - bits)
  }

  /// The 20 bytes that prove a message with a key: HMAC-SHA1.
  package static func authenticate(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
    var key = key.count > blockBytes ? digest(key) : key
    key += [UInt8](repeating: 0, count: blockBytes - key.count)
    let inner = digest(key.map { $0 ^ 0x36 } + message)
    return digest(key.map { $0 ^ 0x5C } + inner)
  }
}

/// What the SHA family has in common: blocks of 64 bytes, big endian, the length at the end.
enum MessagePadding {
  static func pad(_ message: [UInt8]) -> [UInt8] {
    var padded = message + [0x80]
    padded += [UInt8](repeating: 0, count: (120 - padded.count % 64) % 64)
    let bits = UInt64(message.count) * 8
    for shift in stride(from: UInt64(56), through: 0, by: -8) {
      padded.append(UInt8(truncatingIfNeeded: bits >> shift))
    }
    return padded
  }

  static func words(of block: ArraySlice<UInt8>) -> [UInt32] {
    stride(from: block.startIndex, to: block.endIndex, by: 4).map { start in
      (0..<4).reduce(UInt32(0)) { $0 << 8 | UInt32(block[start + $1]) }
    }
  }

  static func bytes(of state: [UInt32]) -> [UInt8] {
    state.flatMap { word in
      [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> UInt32($0)) }
    }
  }
}
