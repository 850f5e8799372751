/// The brand's names and handles as the tokenizer meets them: folded, without "@" and "_".
struct BrandNames: Sendable {
  /// The spellings of a name's words; mostly there is only the last.
  struct Name: Sendable {
    var earlier: [UInt64]
    var last: UInt64
  }

  private(set) var names: [Name] = []
  /// A bit for each name's last word, by the spelling's lowest six bits: most words are told from
  /// all names by it.
  private var lastWords: UInt64 = 0
  /// Hashes of the names written as one word, for handles and hashtags.
  private(set) var joined: [UInt64] = []

  static let none = BrandNames()

  private init() {}

  /// Reads each name as the tokenizer would read it in a text. A name without letters or digits is
  /// passed over.
  init(_ list: [String]) {
    var scratch = Scratch()
    for name in list {
      var text = name
      text.unicodeScalars.removeAll { $0 == "@" || $0 == "_" || $0 == "#" }
      let words: [UInt64] = text.withUTF8Bytes { bytes in
        Tokenizer.scan(bytes, brands: .none, into: &scratch)
        return (0..<scratch.tokenCount).compactMap { index in
          let token = scratch.tokens.base[index]
          return token.spelling == 0 ? nil : token.spelling
        }
      }
      guard let last = words.last else { continue }
      add(Name(earlier: Array(words.dropLast()), last: last))
      let joinedText = text.filter { $0.isLetter || $0.isNumber }
      let one: UInt64? = joinedText.withUTF8Bytes { bytes in
        Tokenizer.scan(bytes, brands: .none, into: &scratch)
        return scratch.tokenCount == 1 ? scratch.tokens.base[0].spelling : nil
      }
      if let one {
        joined.append(one)
        if words.count > 1 { add(Name(earlier: [], last: one)) }
      }
    }
  }

  /// Whether a name may end with a word of this spelling; false is certain.
  @inline(__always) func mayEnd(with spelling: UInt64) -> Bool {
    lastWords >> (spelling & 63) & 1 == 1
  }

  private mutating func add(_ name: Name) {
    names.append(name)
    lastWords |= 1 << (name.last & 63)
  }
}

extension String {
  /// The text's UTF-8 bytes without a copy where it is stored so.
  func withUTF8Bytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    var text = self
    return text.withUTF8 { body(UnsafeRawBufferPointer($0)) }
  }
}
