import Machine
import Posts
import TestSupport
import Testing

@Suite struct RecentKeysTests {
  @Test func `the latest are known, and no others`() {
    var random = Seed.random()
    var recent = RecentKeys<UInt64>(capacity: 50)
    var order: [UInt64] = []
    for _ in 0..<5_000 {
      let id = UInt64.random(in: 0..<120, using: &random)
      let isNew = !order.suffix(50).contains(id)
      #expect(recent.insert(id) == isNew)
      if isNew { order.append(id) }
      #expect(recent.contains(id))
    }
    #expect(recent.count == 50)
    #expect(recent.all == order.suffix(50))
    #expect(!recent.contains(200))
  }
}
