import Testing

@testable import TextClassification

@Suite struct WordStemTests {
  private func stem(_ word: String) -> String {
    let units = word.unicodeScalars.map(\.value)
    return units.withUnsafeBufferPointer { units in
      let stem = WordStem(of: units)
      return String(word.unicodeScalars.prefix(stem.length)) + (stem.endsInY ? "y" : "")
    }
  }

  @Test(
    arguments: [
      ["order", "orders", "ordered", "ordering"], ["deliver", "delivers", "delivered"],
      ["delivery", "deliveries"], ["try", "tries", "tried"], ["size", "sizes", "sized", "sizing"],
      ["stop", "stops", "stopped", "stopping"], ["call", "calls", "called", "calling"],
      ["miss", "misses", "missed", "missing"], ["dress", "dresses"], ["box", "boxes"],
      ["refund", "refunds", "refunded"], ["shoe", "shoes"], ["agree", "agreed", "agrees"],
      ["naive", "naives"], ["посылка"],
    ])
  func `inflections have one stem`(forms: [String]) {
    for form in forms { #expect(stem(form) == stem(forms[0]), "\(form)") }
  }

  @Test(
    arguments: [
      ("thing", "thing"), ("sing", "sing"), ("red", "red"), ("need", "need"), ("was", "was"),
      ("bus", "bus"), ("less", "less"), ("pass", "pass"), ("bored", "bor"), ("e", "e"), ("", ""),
      ("ииинг", "ииинг"), ("used", "used"), ("does", "doe"), ("bagging", "bag"),
    ])
  func `short words stay`(word: String, expected: String) {
    #expect(stem(word) == expected)
  }

  @Test func `a stem begins its word, and keeps two characters of it or more`() {
    var random = TestRandom()
    let letters = Array("inged sylp")
    for _ in 0..<5_000 {
      let word = String((0..<random.int(1..<9)).map { _ in letters[random.int(0..<10)] })
      let stem = stem(word)
      #expect(stem.count <= word.count && stem.count >= min(word.count, 3), "\(word)")
      #expect(
        word.hasPrefix(stem) || (stem.hasSuffix("y") && word.hasPrefix(stem.dropLast() + "i")),
        "\(word), seed \(random.seed)")
    }
  }

  private func hashes(_ text: String, stems: Bool) -> [UInt64] {
    var scratch = Scratch()
    text.withUTF8Bytes { Tokenizer.scan($0, brands: .none, stems: stems, into: &scratch) }
    return (0..<scratch.tokenCount).map { scratch.tokens.base[$0].hash }
  }

  @Test func `a short spelling is read as the long one`() {
    for (short, long) in ShortSpellings.list {
      #expect(hashes("\(short)", stems: true) == hashes("\(long)", stems: true), "\(short)")
      #expect(hashes("\(short)", stems: false) != hashes("\(long)", stems: false))
    }
  }

  @Test(
    arguments: [
      ("PLS refund my orders", "please refunded my order"), ("Don t stop", "don't stopping"),
      ("the shop s 20offs", "the shops 99off"), ("u replied", "you replies"),
    ])
  func `forms are told apart only without stems`(one: String, other: String) {
    #expect(hashes(one, stems: true) == hashes(other, stems: true))
    #expect(hashes(one, stems: false) != hashes(other, stems: false))
  }
}
