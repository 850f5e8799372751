/// Checks UTF-8 strictly (RFC 3629): no overlong form, no surrogate, nothing above U+10FFFF.
enum UTF8Check {
  /// The length of the well-formed sequence of a non-ASCII scalar at `offset`, or 0.
  @inline(__always)
  static func length(_ base: UnsafePointer<UInt8>, _ offset: Int, _ end: Int) -> Int {
    let lead = base[offset]
    let left = end &- offset
    if lead < 0xE0 {
      return lead >= 0xC2 && left >= 2 && isContinuation(base[offset &+ 1]) ? 2 : 0
    }
    guard left >= 3, isContinuation(base[offset &+ 2]) else { return 0 }
    let second = base[offset &+ 1]
    if lead < 0xF0 {
      let lowest: UInt8 = lead == 0xE0 ? 0xA0 : 0x80
      let highest: UInt8 = lead == 0xED ? 0x9F : 0xBF
      return second >= lowest && second <= highest ? 3 : 0
    }
    guard lead <= 0xF4, left >= 4, isContinuation(base[offset &+ 3]) else { return 0 }
    let lowest: UInt8 = lead == 0xF0 ? 0x90 : 0x80
    let highest: UInt8 = lead == 0xF4 ? 0x8F : 0xBF
    return second >= lowest && second <= highest ? 4 : 0
  }

  /// Throws where the first ill-formed byte stands.
  static func validate(_ bytes: UnsafeRawBufferPointer) throws(PostError) {
    guard let base = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
    var offset = 0
    while offset < bytes.count {
      if offset &+ 8 <= bytes.count, Words.load(base, offset) & Words.highBits == 0 {
        offset &+= 8
      } else if base[offset] < 0x80 {
        offset &+= 1
      } else {
        let length = length(base, offset, bytes.count)
        guard length > 0 else { throw PostError(.invalidUTF8, at: offset) }
        offset &+= length
      }
    }
  }

  @inline(__always) private static func isContinuation(_ byte: UInt8) -> Bool {
    byte & 0xC0 == 0x80
  }
}
