/// Base 64 (RFC 4648, section 4), for bytes that are no text where only text can stand.
public enum Base64 {
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// The bytes as text, padded.
  public static func encode(_ bytes: some Collection<UInt8>) -> String {
    var digits = BaseDigits.split(bytes, alphabet)
    while digits.count % 4 != 0 { digits.append(UInt8(ascii: "=")) }
    return String(decoding: digits, as: UTF8.self)
  }

  /// The bytes of a text; nil where it is none of this kind.
  public static func decode(_ text: String) -> [UInt8]? {
    let padding = text.utf8.reversed().prefix { $0 == UInt8(ascii: "=") }.count
    guard text.utf8.count % 4 == 0, padding <= 2 else { return nil }
    var bytes: [UInt8] = []
    var window: UInt32 = 0
    var bits = 0
    for digit in text.utf8.dropLast(padding) {
      guard let value = alphabet.firstIndex(of: digit) else { return nil }
      window = window << 6 | UInt32(value)
      bits += 6
      if bits >= 8 {
        bits -= 8
        bytes.append(UInt8(truncatingIfNeeded: window >> UInt32(bits)))
      }
    }
    return bytes
  }
}

/// Base 64 with the alphabet for names and addresses and without padding (RFC 4648, section 5).
public enum Base64URL {
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

  /// The bytes as text; 16 bytes are 22 characters.
  public static func encode(_ bytes: some Collection<UInt8>) -> String {
    String(decoding: BaseDigits.split(bytes, alphabet), as: UTF8.self)
  }
}

private enum BaseDigits {
  /// Six bits a digit.
  static func split(_ bytes: some Collection<UInt8>, _ alphabet: [UInt8]) -> [UInt8] {
    var digits: [UInt8] = []
    digits.reserveCapacity((bytes.count * 4 + 2) / 3)
    var window = 0
    var bits = 0
    for byte in bytes {
      window = (window << 8 | Int(byte)) & 0xFFFF
      bits += 8
      while bits >= 6 {
        bits -= 6
        digits.append(alphabet[window >> bits & 63])
      }
    }
    if bits > 0 { digits.append(alphabet[window << (6 - bits) & 63]) }
    return digits
  }
}
