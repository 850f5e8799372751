import Foundation
import Posts
import TestSupport
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

  @Test func `a program, a picture and noise are no text`() {
    var random = Seed.random()
    let noise = (0..<8_192).map { _ in UInt8.random(in: 0...255, using: &random) }
    #expect(form(noise) == .binary)
    let picture: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10, 0, 0, 0, 13, 0x49, 0x48, 0x44]
    #expect(form(picture + [0x52, 0, 0, 1, 0, 0, 0, 1, 0, 8, 6, 0, 0, 0, 0x1F]) == .binary)
    #expect(form([0x7F, 0x45, 0x4C, 0x46, 2, 1, 1] + [UInt8](repeating: 0, count: 9)) == .binary)
  }

  @Test(arguments: [
    "", "P", "BZh is how it starts", "{\"a\":1}", "\u{FEFF}text", "\u{0}\u{0}a\u{0}",
  ])
  func `text is text`(text: String) {
    #expect(form(Array(text.utf8)) == nil)
  }
}
