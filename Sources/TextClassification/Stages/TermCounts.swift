/// How often terms stand in texts, and in how many.
struct TermCounts: Sendable {
  private(set) var table = TermTable()
  private(set) var terms: [Int] = []
  private(set) var texts: [Int] = []

  /// Counts on all processors.
  init(_ examples: [[String]]) {
    for part in Parts.map(examples.count, { TermCounts(examples[$0]) }) { add(part) }
  }

  private init(_ examples: ArraySlice<[String]>) {
    // The last text, by its place plus one, that each term was met in.
    var last: [Int] = []
    for (place, tokens) in examples.enumerated() {
      for token in tokens {
        let number: Int = token.withUTF8Bytes { take($0) }
        if number == last.count { last.append(0) }
        terms[number] += 1
        if last[number] == place + 1 { continue }
        last[number] = place + 1
        texts[number] += 1
      }
    }
  }

  private mutating func add(_ other: TermCounts) {
    for place in 0..<other.table.count {
      let number: Int = other.table.withBytes(of: place) { take($0) }
      terms[number] += other.terms[place]
      texts[number] += other.texts[place]
    }
  }

  private mutating func take(_ term: UnsafeRawBufferPointer) -> Int {
    if let number = table.number(of: term) { return number }
    terms.append(0)
    texts.append(0)
    return table.add(term)
  }
}
