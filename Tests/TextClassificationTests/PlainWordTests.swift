import Testing

@testable import TextClassification

/// Words of ASCII letters, which are read eight bytes at a time, against reading letter by letter.
@Suite struct PlainWordTests {
  @Test func `words are read as letter by letter`() {
    var random = TestRandom()
    // Few letters, so that three in a row are met; those that no ending of a contraction has.
    let letters = Array("abAB".utf8) + Array("zZ".utf8)
    for _ in 0..<2_000 {
      let words = (0..<random.int(1..<6)).map { _ in
        (0..<random.int(1..<20)).map { _ in letters[random.int(0..<letters.count)] }
      }
      let text = String(decoding: Array(words.joined(separator: [0x20])), as: UTF8.self)
      #expect(Fixtures.tokens(text) == words.map(slowly), "seed \(random.seed): \(text)")
    }
  }

  private func slowly(_ word: [UInt8]) -> String {
    var read: [Character] = []
    for letter in String(decoding: word, as: UTF8.self).lowercased()
    where read.suffix(2) != [letter, letter] { read.append(letter) }
    return String(read)
  }

  @Test func `the first bytes that are letters are counted, of all bytes and at any text's end`() {
    for byte in UInt8.min...UInt8.max {
      let isLetter = (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
      for place in 0..<8 {
        var bytes = [UInt8](repeating: 0x6D, count: 8)
        bytes[place] = byte
        let found = bytes.withUnsafeBytes { EightBytes($0, at: 0).letters }
        #expect(found == (isLetter ? 8 : place), "\(byte) at \(place)")
      }
    }
    for count in 1..<20 {
      let bytes = [UInt8](repeating: 0x6D, count: count)
      for start in 0..<count {
        let found = bytes.withUnsafeBytes { EightBytes($0, at: start).letters }
        #expect(found == min(count - start, 8))
      }
    }
  }

  @Test func `what may join is all that joins`() {
    let letters = (0x61...0x7A).map { UInt32($0) }
    let words = ["i", "you", "we", "don", "it", "order"].map { $0.unicodeScalars.map(\.value) }
    let endings = letters.map { [$0] } + letters.flatMap { first in letters.map { [first, $0] } }
    for ending in endings {
      ending.withUnsafeBufferPointer { ending in
        let joins = words.contains { $0.withUnsafeBufferPointer { Contractions.joins($0, ending) } }
        #expect(!joins || Contractions.mayJoin(ending))
      }
    }
  }
}
