import Testing

@testable import TextClassification

@Suite struct TokenizerTests {
  @Test(
    arguments: [
      ("Hello, World", ["hello", "world"]),
      ("Café NAÏVE straße Œuvre", ["cafe", "naive", "strasse", "oeuvre"]),
      ("cafe\u{301} co\u{AD}op", ["cafe", "coop"]),
      ("ПРИВЕТ мир ΣΟΦΟΣ 東京", ["привет", "мир", "σοφοσ", "東京"]),
      ("soooooo gooood", ["soo", "good"]),
      ("#Fail rock-hard a_b", ["fail", "rock", "hard", "a", "b"]),
      ("20off m64x 24038g51kt", ["0off", "m0x", "0g0kt"]),
      ("Tom &amp; Ann &lt;3", ["tom", "ann", "<number 3>"]),
      ("me@home.org", ["me", "home", "org"]),
      ("", []), ("   \t\n", []), (". , ; : - ' ’ & @ #", []),
    ] as [(String, [String])])
  func words(text: String, expected: [String]) {
    #expect(Fixtures.tokens(text) == expected)
  }

  @Test(
    arguments: [
      ["don't", "don’t", "dont", "don t", "DON'T", "don&#39;t", "don`t"],
      ["you're", "you’re", "youre", "you re"], ["i'm", "im", "i m", "I’M"],
      ["they'll", "theyll", "they ll"], ["could've", "couldve", "could ve"],
      ["she'd", "shed", "she d"], ["it's", "its", "it s"],
      ["customer's", "customers", "customer s"],
    ])
  func `a contraction is one token however it is written`(forms: [String]) {
    for form in forms {
      #expect(Fixtures.tokens(form) == [forms[0].filter { $0 != "'" }], "\(form)")
    }
  }

  @Test(
    arguments: [
      ("dm re my parcel", ["dm", "re", "my", "parcel"]),
      ("plan d is on", ["plan", "d", "is", "on"]),
      ("a t shirt", ["a", "t", "shirt"]), ("don  t", ["don", "t"]), ("don. t", ["don", "t"]),
      ("size m please", ["size", "m", "please"]), ("rock 'n' roll", ["rock", "n", "roll"]),
    ] as [(String, [String])])
  func `what only looks like a contraction stays apart`(text: String, expected: [String]) {
    #expect(Fixtures.tokens(text) == expected)
  }

  @Test(
    arguments: [
      "shoply", "SHOPLY", "Shoply's", "shoply’s", "shoply s", "@shoply", "@SHOPLY's",
      "@Shoply_Care",
      "shoplycare", "#shoply", "corner shop 24", "Corner Shop 24's", "#CornerShop24",
      "@corner_shop24",
    ])
  func `each of the brand's names is the brand token`(name: String) {
    #expect(
      Fixtures.tokens("ask \(name) now") == ["ask", "<brand \(name.drop { $0 == "#" })>", "now"])
  }

  @Test(arguments: ["shoplyy2", "shop", "corner shop 25", "@shoply2", "shoplyish"])
  func `another name is not`(name: String) {
    #expect(!Fixtures.tokens(name).contains { $0.hasPrefix("<brand") })
  }

  @Test(
    arguments: [
      ("@some_one hi", ["<mention @some_one>", "hi"]),
      ("see https://t.co/aB1?x=y now", ["see", "<url https://t.co/aB1?x=y>", "now"]),
      ("HTTP://X.ORG", ["<url HTTP://X.ORG>"]), ("www.x.org", ["<url www.x.org>"]),
      ("bit.ly/3abc", ["<url bit.ly/3abc>"]), ("end.Start and/or", ["end", "start", "and", "or"]),
      ("7 days", ["<number 7>", "days"]),
      ("1,234.5 12:30", ["<number 1,234.5>", "<number 12:30>"]),
      ("order #58213310", ["order", "<reference 58213310>"]),
      ("£24.99 $5 € 20€", ["<price 24.99>", "<price 5>", "<price 20€>"]),
      (
        "no!!! why?? hm... ok…",
        [
          "no", "<punctuation !!!>", "why", "<punctuation ??>", "hm", "<punctuation ...>", "ok",
          "<punctuation …>",
        ]
      ),
      ("😭😭😭", ["<emoji 😭😭😭>"]), ("👍🏽❤️", ["<emoji 👍>", "<emoji ❤>"]),
    ] as [(String, [String])])
  func `what is known by its kind`(text: String, expected: [String]) {
    #expect(Fixtures.tokens(text) == expected)
  }

  @Test func `bytes that are not UTF-8 part words`() {
    #expect(Fixtures.tokens([0x61, 0xFF, 0x62]) == ["a", "b"])
    #expect(Fixtures.tokens([0x61, 0xC3]) == ["a"])
    #expect(Fixtures.tokens([0xE2, 0x80, 0x61, 0xC0, 0x80, 0xED, 0xA0, 0x80]) == ["a"])
  }

  @Test func `scalars are decoded as the standard library decodes them`() {
    var random = TestRandom()
    for _ in 0..<20_000 {
      let bytes = random.bytes(4).map { random.int(0..<2) == 0 ? $0 : $0 | 0x80 }
      let decoded = bytes.withUnsafeBytes { Scalars.decode($0, at: 0) }
      let expected = (1...4).lazy.compactMap {
        String(validating: bytes.prefix($0), as: UTF8.self)?.unicodeScalars.first
      }.first
      #expect(decoded?.value == expected?.value, "\(bytes), seed \(random.seed)")
    }
  }

  @Test func `folding agrees with the standard library's case mapping`() {
    for value in 0xC0...0x17F as ClosedRange<UInt32> where value != 0xD7 && value != 0xF7 {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let lower = scalar.properties.lowercaseMapping.unicodeScalars.first?.value ?? value
      #expect(LatinFolding.fold(value) == LatinFolding.fold(lower), "\(scalar)")
      #expect(LatinFolding.fold(value).0 < 0x80)
    }
  }

  @Test func `plain words are read as those with a sign without trace in them`() {
    let words = [
      "parcel", "SOOO", "t", "s", "don", "you", "re", "shoply", "Shoplys", "Corner", "Shop", "24",
      "ll", "aaab", "x",
    ]
    let ends = [" ", ". ", ", ", "! ", " ' ", "-", "  ", ": ", "_", "\n"]
    var random = TestRandom()
    for _ in 0..<500 {
      var (plain, marked) = ("", "")
      for _ in 0..<random.int(1..<10) {
        let word = words[random.int(0..<words.count)]
        let end = ends[random.int(0..<ends.count)]
        plain += word + end
        marked += word.prefix(1) + "\u{AD}" + word.dropFirst() + end
      }
      let read = Fixtures.tokens(marked).map { $0.filter { $0 != "\u{AD}" } }
      #expect(Fixtures.tokens(plain) == read, "\(plain), seed \(random.seed)")
    }
  }

  @Test func `tokens stay inside the text and in order whatever the bytes`() {
    var random = TestRandom()
    let pieces = [
      "don", " t", "'", "’", "@", "_", "9", ".", "/", "é", "😭", "&#39;", "£", "shoply", " ",
    ]
    var scratch = Scratch()
    let brands = BrandNames(Fixtures.brands)
    for round in 0..<3_000 {
      var bytes: [UInt8] = []
      for _ in 0..<random.int(0..<40) {
        bytes += random.int(0..<4) == 0 ? random.bytes(3) : Array(pieces[random.int(0..<15)].utf8)
      }
      bytes.withUnsafeBytes { Tokenizer.scan($0, brands: brands, into: &scratch) }
      var last: Int32 = 0
      for index in 0..<scratch.tokenCount {
        let token = scratch.tokens.base[index]
        let inOrder = token.start >= last && token.end > token.start
        #expect(inOrder, "\(bytes), seed \(random.seed), round \(round)")
        last = token.end
      }
      let bound = 3 * bytes.count + 2
      #expect(Int(last) <= bytes.count)
      #expect(scratch.unitCount <= bound)
    }
  }
}
