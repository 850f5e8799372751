import CAllocationCount
import Testing

@testable import TextClassification

@Suite(
  .enabled(
    if: grouse_allocation_count() >= 0,
    "memory is counted with the GNU C library alone, and not beside a sanitizer"))
struct AllocationTests {
  @Test func `a verdict on a post asks for no memory, nor do its topic and its drift`() throws {
    let scorer = try TopicFixtures.classifier().scorer(brandNames: Fixtures.brands)
    var scratch = Scratch()
    var tally = ScoreTally()
    let texts = (Fixtures.examples.map(\.text) + ["", "😡😡 café Ünïcode", "@a http://b.c £5.00"])
      .map { Array($0.utf8) }
    func score() -> Double {
      var sum = 0.0
      // By index: unless it is optimised, an iterator asks for memory.
      for place in texts.indices {
        texts[place].withUnsafeBytes { text in
          let probability = scorer.probability(of: text, scratch: &scratch)
          tally.add(probability, scorer, scratch: scratch)
          sum += probability + (scorer.topicOfLastText(scratch: &scratch)?.probability ?? 0)
        }
      }
      return sum
    }
    // The scratch grows to the longest text.
    let first = score()
    let before = grouse_allocation_count()
    let again = score()
    let asked = grouse_allocation_count() - before
    #expect(asked == 0 && again == first)
    // And it is counted at all.
    let memory = [UInt8](repeating: 1, count: texts.count * 1_000)
    #expect(grouse_allocation_count() > before && memory.count > 0)
  }
}
