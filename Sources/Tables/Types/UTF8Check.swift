/// Whether bytes are UTF-8 as Unicode defines it (table 3-7): no overlong form, no surrogate,
/// nothing above U+10FFFF.
@inline(__always)
func isValidUTF8(_ bytes: UnsafeRawBufferPointer) -> Bool {
  isASCII(bytes) || isValidBeyondASCII(bytes)
}

/// The common case, eight bytes at a time; the last eight may overlap those before.
@inline(__always)
private func isASCII(_ bytes: UnsafeRawBufferPointer) -> Bool {
  func word(_ offset: Int) -> UInt64 {
    bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
  }
  var seen: UInt64 = 0
  if bytes.count < 8 {
    for byte in bytes { seen |= UInt64(byte) }
    return seen < 0x80
  }
  var offset = 0
  while offset + 8 < bytes.count {
    seen |= word(offset)
    offset += 8
  }
  return (seen | word(bytes.count - 8)) & 0x8080_8080_8080_8080 == 0
}

private func isValidBeyondASCII(_ bytes: UnsafeRawBufferPointer) -> Bool {
  var offset = 0
  while offset < bytes.count {
    while offset + 8 <= bytes.count,
      bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
    {
      offset += 8
    }
    guard offset < bytes.count else { return true }
    let lead = bytes[offset]
    offset += 1
    guard lead >= 0x80 else { continue }
    let length: Int
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch lead {
    case 0xC2...0xDF: length = 1
    case 0xE0: (length, second) = (2, 0xA0...0xBF)
    case 0xED: (length, second) = (2, 0x80...0x9F)
    case 0xE1...0xEF: length = 2
    case 0xF0: (length, second) = (3, 0x90...0xBF)
    case 0xF4: (length, second) = (3, 0x80...0x8F)
    case 0xF1...0xF3: length = 3
    default: return false
    }
    guard bytes.count - offset >= length, second.contains(bytes[offset]) else { return false }
    for index in (offset + 1)..<(offset + length) where bytes[index] & 0xC0 != 0x80 { return false }
    offset += length
  }
  return true
}
