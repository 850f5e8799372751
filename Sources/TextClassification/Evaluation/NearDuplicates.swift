/// Texts that say as good as the same: their sets of words have a Jaccard index of 0.7 or more, or
/// a chain of such texts joins them. Case, punctuation, emoji, endings of words, and which number,
/// handle or address it is make no difference.
///
/// The pairs are found by an exact join with a prefix filter (Chaudhuri, Ganti and Kaushik, A
/// Primitive Operator for Similarity Joins in Data Cleaning, 2006; Bayardo, Ma and Srikant, Scaling
/// Up All Pairs Similarity Search, 2007): two sets that are so alike share one of their rarest
/// words. Texts that a chain joins already are not compared again.
struct NearDuplicates {
  /// So many sets are looked at for one: posts come nowhere near that. Where very many texts share
  /// the words that are rare, it bounds the time, and a pair may be missed.
  static let lookLimit = 2_000
  /// Looks that finding a set's group counts for, and comparing two sets word by word.
  private static let looksOfGroup = 4
  private static let looksOfComparison = 16

  /// Each row's place among `sets`.
  private var setOfRow: [Int] = []
  /// Each set's words by rank, the rarest first.
  private var sets: [[Int32]] = []
  private var wordCount = 0

  /// Each text's group: equal numbers for near duplicates.
  static func groups(_ texts: [String], brands: BrandNames) -> [Int] {
    groups(
      Parts.map(texts.count) { part in
        var scratch = Scratch()
        return texts[part].map { words(of: $0, brands, &scratch) }
      }.flatMap(\.self))
  }

  /// Each set's group: equal numbers for near duplicates. The words of a set ascend.
  static func groups(_ sets: [[UInt64]]) -> [Int] {
    let found = NearDuplicates(sets)
    let groups = found.joined()
    return found.setOfRow.map { groups[$0] }
  }

  /// Groups of rows that either grouping holds together.
  static func joined(_ one: [Int], _ other: [Int]) -> [Int] {
    var groups = Groups(one.count)
    for grouping in [one, other] {
      var first: [Int: Int] = [:]
      for (row, group) in grouping.enumerated() {
        if let known = first[group] { groups.join(known, row) } else { first[group] = row }
      }
    }
    return one.indices.map { groups.root(of: $0) }
  }

  private static func words(
    of text: String, _ brands: BrandNames, _ scratch: inout Scratch
  ) -> [UInt64] {
    text.withUTF8Bytes { Tokenizer.scan($0, brands: brands, stems: true, into: &scratch) }
    var words: [UInt64] = []
    for index in 0..<scratch.tokenCount {
      let token = scratch.tokens.base[index]
      switch token.kind {
      case .punctuation, .emoji: continue
      case .reference, .price, .number: words.append(FeatureHash.sign(.number))
      case .word, .brand, .mention, .url: words.append(token.hash)
      }
    }
    words.sort()
    return words.indices.filter { $0 == 0 || words[$0] != words[$0 - 1] }.map { words[$0] }
  }

  private init(_ rows: [[UInt64]]) {
    var places: [[UInt64]: Int] = [:]
    var distinct: [[UInt64]] = []
    for row in rows {
      let place = places[row] ?? distinct.count
      if place == distinct.count {
        places[row] = place
        distinct.append(row)
      }
      setOfRow.append(place)
    }
    var frequency: [UInt64: Int] = [:]
    for set in distinct {
      for word in set { frequency[word, default: 0] += 1 }
    }
    let order = frequency.sorted { ($0.value, $0.key) < ($1.value, $1.key) }
    var ranks: [UInt64: Int32] = [:]
    for (rank, word) in order.enumerated() { ranks[word.key] = Int32(truncatingIfNeeded: rank) }
    wordCount = order.count
    sets = distinct.map { set in set.compactMap { ranks[$0] }.sorted() }
  }

  /// A set in the list of one of its rarest words.
  private struct Entry {
    var place: Int32
    var size: Int32
    /// A bit for each word, which others may share.
    var bits: UInt64

    init(_ place: Int, _ set: [Int32]) {
      self.place = Int32(truncatingIfNeeded: place)
      size = Int32(truncatingIfNeeded: set.count)
      bits = set.reduce(0) {
        // The product's highest bits: neighbours in rank get bits far apart.
        $0 | 1 << (UInt64(truncatingIfNeeded: $1) &* 0x9E37_79B9_7F4A_7C15 >> 58)
      }
    }

    /// Whether the bits leave it open that the Jaccard index is 0.7 or more.
    @inline(__always) func mayBeLike(_ other: Entry) -> Bool {
      // Each bit that the other has not is a word that it has not.
      let shared = min(
        size - Int32((bits & ~other.bits).nonzeroBitCount),
        other.size - Int32((other.bits & ~bits).nonzeroBitCount))
      return 17 * shared >= 7 * (size + other.size)
    }
  }

  /// The sets that have a word among their rarest, by rising size.
  private struct List {
    var entries: [Entry] = []
    /// Those before are too small for all that still come.
    var start = 0
  }

  /// Each set's group, by the place of one of its sets.
  private func joined() -> [Int] {
    var groups = Groups(sets.count)
    var lists = [List](repeating: List(), count: wordCount)
    // A set meets those that are not larger.
    for place in sets.indices.sorted(by: { (sets[$0].count, $0) < (sets[$1].count, $1) }) {
      let set = sets[place]
      let entry = Entry(place, set)
      var looks = Self.lookLimit
      // One of these words is among the rarest of each set that is like it: of a set that is not
      // larger, among so many as follow below.
      for word in set.prefix(set.count - (7 * set.count + 9) / 10 + 1) {
        join(entry, &lists[Int(word)], &groups, &looks)
      }
      for word in set.prefix(set.count - (14 * set.count + 16) / 17 + 1) {
        lists[Int(word)].entries.append(entry)
      }
    }
    return sets.indices.map { groups.root(of: $0) }
  }

  /// Joins a set with those of a list that are like it, the largest first.
  private func join(
    _ entry: Entry, _ list: inout List, _ groups: inout Groups, _ looks: inout Int
  ) {
    list.entries.withUnsafeBufferPointer { entries in
      var number = entries.count
      while number > list.start, looks > 0 {
        number -= 1
        looks -= 1
        let other = entries[number]
        if 10 * other.size < 7 * entry.size {
          list.start = number + 1
          return
        }
        guard entry.mayBeLike(other) else { continue }
        looks -= Self.looksOfGroup
        let (left, right) = (Int(entry.place), Int(other.place))
        guard groups.root(of: left) != groups.root(of: right) else { continue }
        looks -= Self.looksOfComparison
        if Self.areAlike(sets[left], sets[right]) { groups.join(left, right) }
      }
    }
  }

  /// Whether the Jaccard index is 0.7 or more: in whole numbers, so that no rounding decides.
  private static func areAlike(_ left: [Int32], _ right: [Int32]) -> Bool {
    let size = left.count + right.count
    var (first, second, shared) = (0, 0, 0)
    while first < left.count, second < right.count {
      if 17 * (shared + min(left.count - first, right.count - second)) < 7 * size { return false }
      if left[first] == right[second] {
        (first, second, shared) = (first + 1, second + 1, shared + 1)
      } else if left[first] < right[second] {
        first += 1
      } else {
        second += 1
      }
    }
    return 17 * shared >= 7 * size
  }
}

extension LabelledText {
  /// Those of `prior` that are no near duplicates of any of `own`: who learns from the others and
  /// is tested on `own` has not seen it.
  public static func unlike(
    _ own: [LabelledText], in prior: [LabelledText], brandNames: [String]
  ) -> [LabelledText] {
    let groups = NearDuplicates.groups(
      (own + prior).map(\.text), brands: BrandNames(brandNames))
    let taken = Set(groups[..<own.count])
    return prior.indices.filter { !taken.contains(groups[own.count + $0]) }.map { prior[$0] }
  }
}

/// Places that are joined, group by group.
private struct Groups {
  private var parents: [Int]

  init(_ count: Int) { parents = Array(0..<count) }

  mutating func root(of place: Int) -> Int {
    var place = place
    while parents[place] != place {
      parents[place] = parents[parents[place]]
      place = parents[place]
    }
    return place
  }

  /// The lower root leads, so that a group's number does not depend on the order.
  mutating func join(_ left: Int, _ right: Int) {
    let (first, second) = (root(of: left), root(of: right))
    parents[max(first, second)] = min(first, second)
  }
}
