/// Marks parts of a text: in colour on a terminal, between * elsewhere.
package enum Highlight {
  /// The text as `Shown.plain` shows it, with the parts at `ranges` of its UTF-8 bytes marked;
  /// parts that touch are one. Where `width` is given it is cut to so many terminal columns, for
  /// which marks do not count.
  package static func mark(_ text: String, _ ranges: [Range<Int>], width: Int? = nil) -> String {
    let whole = Shown.plain(text)
    let cut = width.map { Shown.cut(whole, to: $0) } ?? whole
    let isCut = cut != whole
    // Each scalar is shown as one, so that they can be counted.
    var left = cut.unicodeScalars.count - (isCut ? 1 : 0)
    var result = ""
    for (piece, isMarked) in pieces(text, ranges) where left > 0 {
      let scalars = Shown.plain(piece).unicodeScalars.prefix(left)
      left -= scalars.count
      let shown = String(String.UnicodeScalarView(scalars))
      result += !isMarked ? shown : Style.isOn ? Style.highlight(shown) : "*\(shown)*"
    }
    return result + (isCut ? "…" : "")
  }

  /// The text in pieces that are marked or not, none of them empty.
  private static func pieces(
    _ text: String, _ ranges: [Range<Int>]
  ) -> [(piece: String, isMarked: Bool)] {
    let bytes = Array(text.utf8)
    var found: [(String, Bool)] = []
    var end = 0
    func add(_ range: Range<Int>, _ isMarked: Bool) {
      if range.isEmpty { return }
      found.append((String(decoding: bytes[range], as: UTF8.self), isMarked))
    }
    for range in joined(ranges, upTo: bytes.count) {
      add(end..<range.lowerBound, false)
      add(range, true)
      end = range.upperBound
    }
    add(end..<bytes.count, false)
    return found
  }

  /// The ranges in their order, those that overlap or touch as one.
  private static func joined(_ ranges: [Range<Int>], upTo count: Int) -> [Range<Int>] {
    var found: [Range<Int>] = []
    let filled = ranges.map { $0.clamped(to: 0..<count) }.filter { !$0.isEmpty }
    for range in filled.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = found.last, range.lowerBound <= last.upperBound {
        found[found.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
      } else {
        found.append(range)
      }
    }
    return found
  }
}
