import Machine
import SupportDesk
import Tables
import TestSupport
import Testing
import TextClassification

@Suite struct StreamDriftTests {
  private let desk: Desk
  private let training = ScoreDistribution(bins: [40, 9, 4, 3, 2, 2, 3, 4, 9, 24], unseen: 0.1)

  init() throws { desk = try Desk() }

  /// What is scored in hour `hour` of the clock; returns how.
  private func score(_ texts: [String], from first: Int, in hour: Int64) throws -> ScoreTally {
    desk.settings.clock = Clock(microseconds: { (hour * 3_600 + 1_234) * 1_000_000 })
    try desk.append(texts.enumerated().map { post(first + $0, $1) })
    var last = ScoreTally()
    try ClassifyQuery(
      desk.log, desk.store, desk.settings, classifier: Desk.angry, model: "m@1", training: training
    ).run(until: .caughtUp) { last = $0.scores }
    return last
  }

  private func stored() throws -> [ScoreTally] {
    let select = try desk.tables.prepare(
      "SELECT bins, looked, unseen FROM grouse.scores_by_hour WHERE model = 'm@1'")
    return try desk.tables.execute(select, .init()).rows.compactMap { HourlyScores.tally($0) }
  }

  /// The bins of texts as they are scored one by one.
  private func bins(_ texts: [String]) -> [Int] {
    let scorer = Desk.angry.scorer(brandNames: desk.settings.brand.allNames)
    var bins = [Int](repeating: 0, count: 10)
    for text in texts { bins[min(Int(scorer.probability(of: text) * 10), 9)] += 1 }
    return bins
  }

  private static let words = ["angry", "late", "my", "parcel", "dress", "xyzzy", "coat", "app"]

  @Test func `every post that is scored counts in its hour, batch by batch`() throws {
    var random = Seed.random()
    let texts = (0..<150).map { _ in
      (0..<4).map { _ in Self.words.randomElement(using: &random) ?? "" }.joined(separator: " ")
    }
    let first = try score(Array(texts[..<100]), from: 0, in: 7)
    #expect(first.bins == bins(Array(texts[..<100])))
    #expect(try stored() == [first])
    let second = try score(Array(texts[100..<130]), from: 100, in: 8)
    let third = try score(Array(texts[130...]), from: 130, in: 8)
    var both = second
    both += third
    // The latest hour comes first.
    let found = try stored()
    #expect(found.map(\.bins) == [both.bins, first.bins])
    #expect(found.map(\.looked) == [both.looked, first.looked])
    #expect(found.map(\.count) == [50, 100])
    let index = try #require(found.first?.distribution).stabilityIndex(against: training)
    let select = try desk.tables.prepare("SELECT hour, posts, psi FROM grouse.scores_by_hour")
    let row = try #require(try desk.tables.execute(select, .init()).rows.first)
    let numbers = row.map { $0?.reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
    #expect(numbers == [8 * 3_600_000, 50, index.bitPattern])
  }

  @Test func `what training did not meet is looked for in one post of eight`() throws {
    let known = try score(
      [String](repeating: "angry blue dress big day", count: 64), from: 0, in: 1)
    let strange = try score([String](repeating: "zyxwvu qwrtzp", count: 64), from: 64, in: 2)
    #expect(known.looked >= 8 && known.looked < 64 && strange.looked >= 8)
    #expect(try #require(known.distribution.unseen) < 0.05)
    let unseen = try #require(strange.distribution.unseen)
    #expect(unseen > 0.5)
    let scorer = Desk.angry.scorer(brandNames: desk.settings.brand.allNames)
    var scratch = Scratch()
    let text = Array("zyxwvu qwrtzp".utf8)
    text.withUnsafeBytes { _ = scorer.probability(of: $0, scratch: &scratch) }
    let found = scorer.unseenPartOfLastText(scratch: scratch)
    let part = try #require(found)
    #expect(abs(unseen - part) < 1e-9)
  }

  @Test func `records that are no posts, or are dropped, count for nothing`() throws {
    try desk.append(["", "{", post(1, "rt", retweet: true), post(2, "hallo", language: "de")])
    try desk.classify()
    #expect(try stored() == [])
  }
}
