import Testing

@testable import XAPI

@Suite struct RuleTests {
  @Test func `a brand makes a rule`() {
    let rules = StreamRule.defaults(
      names: ["asos"], handles: ["@ASOS", "@ASOS_HeresToHelp"], languages: ["en"])
    #expect(
      rules == [
        StreamRule(
          "(@ASOS OR @ASOS_HeresToHelp OR asos) lang:en -is:retweet -from:ASOS "
            + "-from:ASOS_HeresToHelp", tag: "brand:asos")
      ])
    #expect(
      StreamRule.defaults(names: ["two words"], handles: [], languages: ["en", "de"])[0].value
        == "\"two words\" (lang:en OR lang:de) -is:retweet")
    #expect(StreamRule.defaults(names: [], handles: [], languages: []).isEmpty)
    for rule in rules { #expect(RuleLint.faults(of: rule.value).isEmpty) }
  }

  @Test func `rules are read as configured`() {
    #expect(StreamRule(configured: " a b => tag ") == StreamRule("a b", tag: "tag"))
    #expect(StreamRule(configured: "a => b => c") == StreamRule("a => b", tag: "c"))
    #expect(StreamRule(configured: "a, b") == StreamRule("a, b"))
  }

  @Test func `a plan adds, keeps and deletes`() {
    let present = [
      StreamRule("kept  one", tag: "t", id: "1"), StreamRule("gone", id: "2"),
      StreamRule("retagged", tag: "old", id: "3"), StreamRule("kept one", tag: "t", id: "4"),
    ]
    let wished = [
      StreamRule("kept one", tag: "t"), StreamRule("retagged", tag: "new"), StreamRule("fresh"),
      StreamRule("fresh"),
    ]
    let plan = RulePlan(wished: wished, present: present)
    #expect(plan.keep.map(\.id) == ["1"])
    #expect(plan.delete.map(\.id) == ["2", "3", "4"])
    #expect(plan.add == [StreamRule("retagged", tag: "new"), StreamRule("fresh")])
    // What a plan leads to needs no other.
    #expect(RulePlan(wished: wished, present: plan.keep + plan.add).isEmpty)
  }

  @Test(arguments: [
    "asos", "@ASOS -is:retweet", "(a OR b) lang:en", "\"as is\" -\"not this\"", "from:x has:links",
    "point_radius:[2.3 48.8 16km] coffee", "#late OR $ASOS", "-a b", "-is:nullcast cat",
    "\"a: quoted colon\"", "😀",
  ])
  func `good rules have no faults`(_ rule: String) { #expect(RuleLint.faults(of: rule) == []) }

  @Test(arguments: [
    ("", "empty"), ("  ", "empty"), ("(a", "not closed"), ("a)", "not opened"),
    ("\"a", "quotation"), ("-a", "only excludes"), ("-a -is:retweet", "only excludes"),
    ("is:retweet", "only narrow"), ("lang:en has:links", "only narrow"), ("frm:x", "no operator"),
    ("a is:happy", "no is:happy"), ("a -(b c)", "as a whole"), ("from:", "lacks"),
    ("a is:nullcast", "-is:nullcast"), ("a - b", "minus"),
    (String(repeating: "a", count: 1_025), "1024 are allowed"),
  ])
  func `faults are found before X is asked`(_ rule: String, _ word: String) {
    let faults = RuleLint.faults(of: rule)
    #expect(faults.count == 1)
    #expect(faults.first?.contains(word) == true, "\(faults)")
  }

  @Test func `gaps are searched with the fewest queries`() {
    let rules = [
      StreamRule("a", tag: "t", id: "1"), StreamRule("b", tag: "u", id: "2"),
      StreamRule("c d", tag: "t", id: "3"), StreamRule(String(repeating: "x", count: 30), tag: "t"),
      StreamRule(String(repeating: "y", count: 41)),
    ]
    let searches = GapSearch.searches(for: rules, limit: 40)
    #expect(searches.possible.map(\.query) == ["(a) OR (c d)", "b", rules[3].value])
    #expect(searches.possible.map(\.tag) == ["t", "u", "t"])
    #expect(searches.possible.map(\.ruleID) == [nil, "2", nil])
    #expect(searches.tooLong == [rules[4].value])
  }
}
