import Testing

@testable import Streams

@Suite struct BatchSizeTests {
  /// The size after a while, where a batch takes so long a record and so long by itself.
  private func settled(
    least: Int, most: Int = 100_000, target: Double, record: Double, batch: Double
  ) -> Int {
    var size = BatchSize(least: least, most: most, target: target)
    for _ in 0..<200 {
      size.took(Double(size.records) * record + batch, for: size.records)
    }
    return size.records
  }

  @Test(arguments: [1e-6, 1e-5, 1e-3, 0.5])
  func `a batch takes about as long as it should`(record: Double) {
    let records = settled(least: 1, target: 0.25, record: record, batch: 0)
    let expected = min(max(0.25 / record, 1), 100_000)
    #expect(abs(Double(records) - expected) <= max(expected / 100, 1))
  }

  @Test func `where a batch alone takes longer than it should, it has the least records`() {
    #expect(settled(least: 256, target: 0.01, record: 1e-5, batch: 0.012) == 256)
    #expect(settled(least: 1, target: 0.01, record: 1e-5, batch: 0.012) < 3)
  }

  @Test func `the least is never more than the most`() {
    #expect(settled(least: 500, most: 100, target: 0.01, record: 1, batch: 0) == 100)
  }
}
