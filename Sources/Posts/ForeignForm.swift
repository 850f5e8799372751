/// What a file is that holds no UTF-8, told by its first bytes: a compressed one, text in another
/// encoding, or no text at all.
package enum ForeignForm: CustomStringConvertible, CaseIterable {
  case gzip, zstd, xz, bzip2, zip, utf32, utf16, binary

  /// Nil: nothing is known to be wrong.
  package init?(_ firstBytes: UnsafeRawBufferPointer) {
    let found = Self.allCases.first { form in
      form.beginnings.contains { firstBytes.starts(with: $0) }
    }
    if let found {
      self = found
    } else if Self.isUnmarkedUTF16(firstBytes) {
      self = .utf16
    } else if firstBytes.prefix(Self.looked).count(where: { $0 == 0 }) > Self.strayNULs {
      self = .binary
    } else {
      return nil
    }
  }

  /// What it is and what to do.
  package var description: String {
    switch self {
    case .gzip: "compressed with gzip: unpack it first (gunzip)"
    case .zstd: "compressed with zstd: unpack it first (unzstd)"
    case .xz: "compressed with xz: unpack it first (unxz)"
    case .bzip2: "compressed with bzip2: unpack it first (bunzip2)"
    case .zip: "a zip archive: unpack it first (unzip)"
    case .utf32: "UTF-32 text: make it UTF-8 first (iconv -f UTF-32 -t UTF-8)"
    case .utf16: "UTF-16 text: make it UTF-8 first (iconv -f UTF-16 -t UTF-8)"
    case .binary: "no text, but a program, a picture or the like"
    }
  }

  private var beginnings: [[UInt8]] {
    switch self {
    case .gzip: [[0x1F, 0x8B]]
    case .zstd: [[0x28, 0xB5, 0x2F, 0xFD]]
    case .xz: [[0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]]
    case .bzip2: (1...9).map { Array("BZh\($0)".utf8) + [0x31, 0x41, 0x59, 0x26, 0x53, 0x59] }
    case .zip: [[0x50, 0x4B, 0x03, 0x04]]
    // Before UTF-16, whose mark is its beginning.
    case .utf32: [[0xFF, 0xFE, 0, 0], [0, 0, 0xFE, 0xFF]]
    case .utf16: [[0xFF, 0xFE], [0xFE, 0xFF]]
    case .binary: []
    }
  }

  /// Bytes that are looked at, and how many of them may be NUL in a text.
  private static let (looked, strayNULs) = (8_192, 7)

  /// Whether every other one of the first bytes is 0, as in Latin letters without a mark.
  private static func isUnmarkedUTF16(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let first = bytes.prefix(8)
    guard first.count == 8 else { return false }
    return [0, 1].contains { zero in
      first.indices.allSatisfy { (first[$0] == 0) == ($0 % 2 == zero) }
    }
  }
}
