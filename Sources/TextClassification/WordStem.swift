/// What the inflections of an English word have in common, so that an n-gram learnt of one holds
/// for the others: "order", "orders", "ordered" and "ordering" are one, and so are "try" and
/// "tries". The stem need not be a word ("size" and "sizes" are "siz"); no two n-grams are shown by
/// it. Suffixes alone are taken off that leave three characters; "ing" is not taken off "thing".
struct WordStem: Equatable {
  /// How many characters of the word begin the stem.
  var length: Int
  /// Whether a "y" follows them.
  var endsInY = false

  /// The stem of a word's folded characters.
  @inline(__always) init(of word: UnsafeBufferPointer<UInt32>) {
    length = word.count
    guard word.count > 3 else { return }
    switch word[word.count - 1] {
    case Self.e: length -= 1
    case Self.s: dropPlural(word)
    case Self.d where word[word.count - 2] == Self.e: dropPast(word)
    case Self.g where word.count > 5 && word[word.count - 2] == Self.n:
      if word[word.count - 3] == Self.i { length -= 3 }
    default: break
    }
    // "stopped", but not "called" nor "missed", whose stems end so.
    guard !endsInY, length > 3, word[length - 1] == word[length - 2] else { return }
    if word[length - 1] != Self.l, word[length - 1] != Self.s { length -= 1 }
  }

  /// The stem's hash, for the word whose own is `spelling`.
  @inline(__always) func hash(
    in word: UnsafeBufferPointer<UInt32>, _ spelling: UInt64
  ) -> UInt64 {
    if length == word.count { return spelling }
    var state = FeatureHash.token
    for index in 0..<length { state = FeatureHash.adding(UInt64(word[index]), to: state) }
    return FeatureHash.finish(endsInY ? FeatureHash.adding(UInt64(Self.y), to: state) : state)
  }

  private mutating func dropPlural(_ word: UnsafeBufferPointer<UInt32>) {
    switch word[word.count - 2] {
    case Self.s: break
    case Self.e where word.count > 4:
      endsInY = word[word.count - 3] == Self.i
      length -= endsInY ? 3 : 2
    default: length -= 1
    }
  }

  private mutating func dropPast(_ word: UnsafeBufferPointer<UInt32>) {
    guard word.count > 4 else { return }
    endsInY = word[word.count - 3] == Self.i
    length -= endsInY ? 3 : 2
  }

  private static let y = UInt32(UInt8(ascii: "y"))
  private static let (d, e, g) = (
    UInt32(UInt8(ascii: "d")), UInt32(UInt8(ascii: "e")), UInt32(UInt8(ascii: "g"))
  )
  private static let (i, l, n, s) = (
    UInt32(UInt8(ascii: "i")), UInt32(UInt8(ascii: "l")), UInt32(UInt8(ascii: "n")),
    UInt32(UInt8(ascii: "s"))
  )
}
