internal import Machine

/// Texts as the usual Spark pipeline for tweets takes them for words (`TermModel.words(of:)`), each
/// word a number: texts are read once, and no word becomes a String of its own.
package struct TermTexts: Sendable {
  /// The words by number.
  private(set) var table = TermTable()
  private var starts: [Int] = [0]
  private var numbers: [UInt32] = []

  /// Reads texts on all processors.
  package init(_ texts: [String]) {
    // Few parts, since their words are put together one part after the other.
    let ranges = Parts.of(texts.count, upTo: min(texts.count >> 12, 16))
    let parts = Parallel.map(ranges.count) { TermTexts(reading: texts[ranges[$0]]) }
    let stop = Self.stopWords.count
    for part in parts {
      let places = (0..<part.table.count).map { place in
        place < stop ? 0 : part.table.withBytes(of: place) { table.find($0) }
      }
      let before = numbers.count
      numbers += part.numbers.lazy.map { places[Int($0)] }
      starts += part.starts.dropFirst().lazy.map { before + $0 }
    }
  }

  /// The words that are left out.
  private static let stopWords = TermTable(StopWordsRemover.english)

  /// Reads texts; the stop words are in the table, too, before all others.
  private init(reading texts: ArraySlice<String>) {
    table = Self.stopWords
    let stop = UInt32(table.count)
    var reader = TermReader()
    starts.reserveCapacity(texts.count + 1)
    for text in texts {
      text.withUTF8Bytes { bytes in
        reader.read(bytes) { word in
          let number = table.find(word)
          if number >= stop { numbers.append(number) }
        }
      }
      starts.append(numbers.count)
    }
  }

  /// How many texts there are.
  package var count: Int { starts.count - 1 }

  /// The words of a text.
  func strings(of row: Int) -> [String] { words(of: row).map { table.term(Int($0)) } }

  private func words(of row: Int) -> ArraySlice<UInt32> { numbers[starts[row]..<starts[row + 1]] }

  /// The words of `rows` counted and weighted by how rare they are, as `CountVectorizer` and `IDF`
  /// do one after the other.
  package func weighted(
    _ rows: [Int], labels: [Int]
  ) throws(TrainingError) -> (terms: [String], rarity: IDFModel, vectors: Examples<SparseVector>) {
    var counts = [(terms: Int, texts: Int, last: Int)](repeating: (0, 0, -1), count: table.count)
    for (place, row) in rows.enumerated() {
      for number in words(of: row) {
        counts[Int(number)].terms += 1
        if counts[Int(number)].last == place { continue }
        counts[Int(number)].last = place
        counts[Int(number)].texts += 1
      }
    }
    let terms = CountVectorizer.ordered(
      counts.indices.filter { counts[$0].terms > 0 }.map { (table.term($0), counts[$0].terms, $0) }
    ).prefix(CountVectorizer().vocabularySize)
    guard !terms.isEmpty else { throw .noExamples }
    let rarity = IDF(minDocFreq: 3).model(
      texts: terms.map { counts[$0.number].texts }, of: rows.count)
    var places = [UInt32](repeating: .max, count: table.count)
    for (place, term) in terms.enumerated() { places[term.number] = UInt32(place) }
    let vectors = Parts.map(rows.count) { [places] part in
      var found: [UInt32] = []
      return rows[part].map { row in
        found.removeAll(keepingCapacity: true)
        for number in words(of: row) where places[Int(number)] < .max {
          found.append(places[Int(number)])
        }
        return rarity.counted(&found)
      }
    }
    return (terms.map(\.term), rarity, Examples(Array(vectors.joined()), labels: labels))
  }
}

extension IDFModel {
  /// How often each of `places` comes, weighted; sorts them.
  fileprivate func counted(_ places: inout [UInt32]) -> SparseVector {
    places.sort()
    var indices: [UInt32] = []
    var values: [Double] = []
    indices.reserveCapacity(places.count)
    values.reserveCapacity(places.count)
    var start = 0
    while start < places.count {
      var end = start + 1
      while end < places.count, places[end] == places[start] { end += 1 }
      indices.append(places[start])
      values.append(Double(end - start) * idf[Int(places[start])])
      start = end
    }
    return SparseVector(size: idf.count, indices: indices, values: values)
  }
}

/// Cleans a text, lowers it and cuts it into words, as `PostCleaner` and `RegexTokenizer` do one
/// after the other.
struct TermReader {
  private var cleaned: [UInt8] = []

  /// Calls `body` with each word's bytes.
  mutating func read(_ text: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void) {
    if cleaned.count < text.count {
      cleaned = [UInt8](repeating: 0, count: 2 * text.count)
    }
    cleaned.withUnsafeMutableBufferPointer { buffer in
      let cleaned = UnsafeMutableBufferPointer(rebasing: buffer[..<text.count])
      let count = PostCleaner.clean(text, into: cleaned)
      var all: UInt8 = 0
      for index in 0..<count {
        all |= cleaned[index]
        cleaned[index] = ASCII.lowered(cleaned[index])
      }
      let bytes = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(cleaned)[..<count])
      if all < 0x80 {
        RegexTokenizer.forEachWord(of: bytes, body)
      } else {
        // Letters above ASCII are lowered by what is around them.
        String(decoding: bytes, as: UTF8.self).lowercased().withUTF8Bytes {
          RegexTokenizer.forEachWord(of: $0, body)
        }
      }
    }
  }
}
