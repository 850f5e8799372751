import Foundation
import Posts
import Testing

@Suite struct ForeignFormTests {
  private func form(_ bytes: [UInt8]) -> ForeignForm? {
    bytes.withUnsafeBytes { ForeignForm($0) }
  }

  @Test func `what is no UTF-8 is told by its first bytes`() throws {
    for (encoding, expected) in [
      (String.Encoding.utf16, ForeignForm.utf16), (.utf16LittleEndian, .utf16),
      (.utf16BigEndian, .utf16), (.utf32, .utf32), (.utf8, nil), (.isoLatin1, nil),
    ] {
      let data = try #require("text,label\n".data(using: encoding))
      #expect(form(Array(data)) == expected, "\(encoding)")
    }
    #expect(form([0x1F, 0x8B, 8]) == .gzip)
    #expect(form([0x28, 0xB5, 0x2F, 0xFD, 4]) == .zstd)
    #expect(form(Array("PK\u{3}\u{4}".utf8)) == .zip)
    #expect(form(Array("BZh9".utf8) + [0x31, 0x41, 0x59, 0x26, 0x53, 0x59]) == .bzip2)
    #expect(form([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0]) == .xz)
  }

  @Test(arguments: [
    "", "P", "BZh is how it starts", "{\"a\":1}", "\u{FEFF}text", "\u{0}\u{0}a\u{0}",
  ])
  func `text is text`(text: String) {
    #expect(form(Array(text.utf8)) == nil)
  }
}
