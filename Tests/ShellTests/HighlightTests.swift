import Terminal
import Testing

/// What no terminal shows: marks are stars.
@Suite struct HighlightTests {
  private func range(_ part: String, in text: String, after: Int = 0) -> Range<Int> {
    let bytes = Array(text.utf8)
    let wanted = Array(part.utf8)
    let start = (after..<bytes.count).first { bytes[$0...].starts(with: wanted) } ?? bytes.count
    return start..<start + wanted.count
  }

  @Test func `what is meant is marked, and not what is spelled alike`() {
    let text = "can t find t shirt, t!"
    let shirt = range("t", in: text, after: 11)
    #expect(Highlight.mark(text, [shirt]) == "can t find *t* shirt, t!")
  }

  @Test func `signs, emoji, numbers and addresses are marked`() {
    let text = "LOVE it 😡😡 !!! £24.99 https://t.co/a"
    let ranges = ["😡😡", "!!!", "£24.99", "https://t.co/a"].map { range($0, in: text) }
    #expect(
      Highlight.mark(text, ranges) == "LOVE it *😡😡* *!!!* *£24.99* *https://t.co/a*")
  }

  @Test func `parts that touch or overlap are one, in any order`() {
    #expect(Highlight.mark("late!!! yes", [4..<7, 0..<4, 2..<5]) == "*late!!!* yes")
    #expect(Highlight.mark("late", [4..<9, 2..<2, 0..<90]) == "*late*")
    #expect(Highlight.mark("", [0..<1]).isEmpty)
    #expect(Highlight.mark("late", []) == "late")
  }

  @Test func `a text is cut where it was without marks, and control characters are gone`() {
    let text = "my\u{1B}[2J parcel\nis late, very late 😡"
    let late = [range("late", in: text, after: 25), range("parcel", in: text)]
    #expect(Highlight.mark(text, late) == "my\u{FFFD}[2J *parcel* is late, very *late* 😡")
    for width in 1..<40 {
      let marked = Highlight.mark(text, late, width: width)
      #expect(marked.replacing("*", with: "") == Shown.cut(Shown.plain(text), to: width))
    }
    #expect(Highlight.mark(text, late, width: 12) == "my\u{FFFD}[2J *parc*…")
  }
}
