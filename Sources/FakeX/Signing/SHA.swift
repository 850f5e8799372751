/// SHA-1 (RFC 3174), which OAuth 1.0a demands, and SHA-256 (RFC 6234), which PKCE does.
enum SHA {
  /// 20 bytes.
  static func sha1(_ message: [UInt8]) -> [UInt8] {
    var state: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0]
    for block in blocks(message) {
      var words = block
      for index in 16..<80 {
        words.append(
          rotate(
            words[index - 3] ^ words[index - 8] ^ words[index - 14] ^ words[index - 16], 1))
      }
      var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4])
      for index in 0..<80 {
        let (mixed, constant): (UInt32, UInt32) =
          switch index {
          case ..<20: ((b & c) | (~b & d), 0x5A82_7999)
          case ..<40: (b ^ c ^ d, 0x6ED9_EBA1)
          case ..<60: ((b & c) | (b & d) | (c & d), 0x8F1B_BCDC)
          default: (b ^ c ^ d, 0xCA62_C1D6)
          }
        let next = rotate(a, 5) &+ mixed &+ e &+ constant &+ words[index]
        (a, b, c, d, e) = (next, a, rotate(b, 30), c, d)
      }
      for (index, value) in [a, b, c, d, e].enumerated() { state[index] &+= value }
    }
    return bytes(state)
  }

  /// 32 bytes.
  static func sha256(_ message: [UInt8]) -> [UInt8] {
    var state: [UInt32] = [
      0x6A09_E667, 0xBB67_AE85, 0x3C6E_F372, 0xA54F_F53A, 0x510E_527F, 0x9B05_688C, 0x1F83_D9AB,
      0x5BE0_CD19,
    ]
    for block in blocks(message) {
      var words = block
      for index in 16..<64 {
        let (low, high) = (words[index - 15], words[index - 2])
        let first = rotate(low, 25) ^ rotate(low, 14) ^ (low >> 3)
        let second = rotate(high, 15) ^ rotate(high, 13) ^ (high >> 10)
        words.append(words[index - 16] &+ first &+ words[index - 7] &+ second)
      }
      var work = state
      for index in 0..<64 {
        let e = work[4]
        let first = rotate(e, 26) ^ rotate(e, 21) ^ rotate(e, 7)
        let choice = (e & work[5]) ^ (~e & work[6])
        let sum = work[7] &+ first &+ choice &+ cubes[index] &+ words[index]
        let a = work[0]
        let second = rotate(a, 30) ^ rotate(a, 19) ^ rotate(a, 10)
        let majority = (a & work[1]) ^ (a & work[2]) ^ (work[1] & work[2])
        work = [
          sum &+ second &+ majority, a, work[1], work[2], work[3] &+ sum, e, work[5], work[6],
        ]
      }
      for index in 0..<8 { state[index] &+= work[index] }
    }
    return bytes(state)
  }

  /// HMAC with SHA-1 (RFC 2104).
  static func authentication(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
    var key = key.count > 64 ? sha1(key) : key
    key += [UInt8](repeating: 0, count: 64 - key.count)
    return sha1(key.map { $0 ^ 0x5C } + sha1(key.map { $0 ^ 0x36 } + message))
  }

  private static func rotate(_ word: UInt32, _ bits: UInt32) -> UInt32 {
    word << bits | word >> (32 - bits)
  }

  /// The message with its padding, 16 words a block.
  private static func blocks(_ message: [UInt8]) -> [[UInt32]] {
    var bytes = message + [0x80]
    while bytes.count % 64 != 56 { bytes.append(0) }
    let bits = UInt64(message.count) * 8
    for shift in stride(from: UInt64(56), through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: bits >> shift))
    }
    return stride(from: 0, to: bytes.count, by: 64).map { start in
      (0..<16).map { word in
        (0..<4).reduce(UInt32(0)) { $0 << 8 | UInt32(bytes[start + word * 4 + $1]) }
      }
    }
  }

  private static func bytes(_ state: [UInt32]) -> [UInt8] {
    state.flatMap { word in
      [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> UInt32($0)) }
    }
  }

  private static let cubes: [UInt32] = [
    0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4,
    0xab1c_5ed5, 0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe,
    0x9bdc_06a7, 0xc19b_f174, 0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f,
    0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da, 0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7,
    0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967, 0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc,
    0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85, 0xa2bf_e8a1, 0xa81a_664b,
    0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070, 0x19a4_c116,
    0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
    0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7,
    0xc671_78f2,
  ]
}
