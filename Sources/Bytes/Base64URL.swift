/// Base 64 with the alphabet for names and addresses and without padding (RFC 4648, section 5).
public enum Base64URL {
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

  /// The bytes as text; 16 bytes are 22 characters.
  public static func encode(_ bytes: [UInt8]) -> String {
    var digits: [UInt8] = []
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
    return String(decoding: digits, as: UTF8.self)
  }
}
