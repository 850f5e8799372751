import Testing

@testable import TextClassification

@Suite struct NearDuplicatesTests {
  /// The definition: every pair is compared, and who is alike joined until nothing changes.
  private func slowGroups(_ sets: [[UInt64]]) -> [Int] {
    var groups = Array(sets.indices)
    func areAlike(_ left: Set<UInt64>, _ right: Set<UInt64>) -> Bool {
      if left.isEmpty && right.isEmpty { return true }
      return Double(left.intersection(right).count) / Double(left.union(right).count) >= 0.7
    }
    for left in sets.indices {
      for right in 0..<left where areAlike(Set(sets[left]), Set(sets[right])) {
        let (old, new) = (groups[left], groups[right])
        for place in groups.indices where groups[place] == old { groups[place] = new }
      }
    }
    return groups
  }

  /// Whether two lists of groups part the rows alike, whatever the groups' numbers.
  private func areEqual(_ left: [Int], _ right: [Int]) -> Bool {
    let pairs = Set(zip(left, right).map { [$0, $1] })
    return left.count == right.count && pairs.count == Set(left).count
      && pairs.count == Set(right).count
  }

  @Test func `they are those of the definition`() {
    var random = TestRandom()
    var joined = 0
    for _ in 0..<300 {
      let words = random.int(2..<30)
      let longest = random.int(1..<24)
      var sets: [[UInt64]] = []
      for _ in 0..<random.int(0..<90) {
        var set = Set((0..<random.int(0..<longest)).map { _ in UInt64(random.int(0..<words)) })
        // Some are an earlier one with a word more, less or instead.
        if let base = sets.randomElement(using: &random), random.int(0..<2) == 0 {
          set = Set(base)
          if random.int(0..<2) == 0 { set.remove(UInt64(random.int(0..<words))) }
          if random.int(0..<2) == 0 { set.insert(UInt64(random.int(0..<words))) }
        }
        sets.append(set.sorted())
      }
      let expected = slowGroups(sets)
      joined += sets.count - Set(expected).count
      #expect(areEqual(NearDuplicates.groups(sets), expected), "seed \(random.seed)")
    }
    #expect(joined > 500)
  }

  @Test func `a word behind, a number or a handle makes no difference, other words do`() {
    let text = "@shoply where is my order 5531 it said tuesday"
    let alike = [
      text, "@SHOPLY Where is my order 99, it said TUESDAY!!", text + " today", text + " honestly",
      "@other_shop where is my orders 5531 it said tuesday 😡", text + " anyway, right",
    ]
    let others = ["where is my refund @shoply", "love my order", "", "tuesday it is"]
    let groups = NearDuplicates.groups(alike + others, brands: .none)
    #expect(Set(groups.prefix(alike.count)).count == 1)
    #expect(Set(groups).count == 1 + others.count)
    #expect(Set(NearDuplicates.groups(["", "!!", "😡"], brands: .none)).count == 1)
    #expect(NearDuplicates.groups([] as [String], brands: .none).isEmpty)
  }

  /// Each step of the search would be one of a billion, were all pairs compared.
  @Test func `many that are all alike, or of few words, are joined in the end`() {
    let template = (0..<14).map { UInt64($0) }
    let alike = (0..<20_000).map { template + [UInt64(100 + $0)] }
    #expect(Set(NearDuplicates.groups(alike)).count == 1)
    var random = TestRandom()
    let fewWords = (0..<5_000).map { _ in
      Set((0..<6).map { _ in UInt64(random.int(0..<60)) }).sorted()
    }
    let found = NearDuplicates.groups(fewWords)
    // No two in a group that are equal fall apart, whatever is missed.
    var groupOf: [[UInt64]: Int] = [:]
    for (set, group) in zip(fewWords, found) {
      #expect(groupOf.updateValue(group, forKey: set) ?? group == group)
    }
  }

  @Test func `two groupings are joined where either holds rows together`() {
    var random = TestRandom()
    for _ in 0..<50 {
      let count = random.int(0..<31)
      let groupings = (0..<2).map { _ in
        (0..<count).map { _ in random.int(0..<12) }
      }
      let joined = NearDuplicates.joined(groupings[0], groupings[1])
      // Floyd and Warshall's closure.
      var together = (0..<count).map { row in
        (0..<count).map { other in groupings.contains { $0[row] == $0[other] } }
      }
      for middle in 0..<count {
        for row in 0..<count where together[row][middle] {
          for other in 0..<count where together[middle][other] { together[row][other] = true }
        }
      }
      for row in 0..<count {
        for other in 0..<count { #expect((joined[row] == joined[other]) == together[row][other]) }
      }
    }
  }

  @Test func `what is nearly one's own is left out of the posts learnt from first`() {
    func text(_ text: String) -> LabelledText { LabelledText(text: text, isPositive: true) }
    let own = [text("where is my parcel that was due on monday"), text("love it")]
    let prior = [
      text("WHERE is my parcel that was due on Monday!!"), text("where is the parcel of my aunt"),
      text("love it"), text("hate it"),
    ]
    let left = LabelledText.unlike(own, in: prior, brandNames: [])
    #expect(left.map(\.text) == [prior[1].text, prior[3].text])
  }
}
