import Testing

@testable import TextClassification

/// Cohen's kappa against scikit-learn's numbers, and where it says nothing.
@Suite struct AgreementTests {
  private struct Content: Decodable {
    var cases: [Case]
  }

  private struct Case: Decodable {
    var pairs: [Pair]
    var kappa: Double
  }

  private struct Pair: Decodable {
    var first: String
    var second: String
    var count: Int
  }

  @Test func `kappa is scikit-learn's`() throws {
    let golden: Content = try Golden.read("kappa")
    #expect(golden.cases.count > 8)
    for given in golden.cases {
      let agreement = Agreement(given.pairs.map { ($0.first, $0.second, $0.count) })
      let kappa = try #require(agreement.kappa)
      #expect(abs(kappa - given.kappa) < 1e-12, "\(given)")
      // Which judge is the first one is no matter.
      let turned = try #require(
        Agreement(given.pairs.map { ($0.second, $0.first, $0.count) }).kappa)
      #expect(abs(turned - given.kappa) < 1e-12)
      let same = given.pairs.filter { $0.first == $0.second }.reduce(0) { $0 + $1.count }
      #expect(agreement.same == same)
      #expect(agreement.count == given.pairs.reduce(0) { $0 + $1.count })
    }
  }

  @Test func `where all is one value there is no kappa`() {
    #expect(Agreement([("other", "other", 12)]).kappa == nil)
    #expect(Agreement([("other", "other", 12)]).observed == 1)
    #expect(Agreement([]).kappa == nil && Agreement([]).observed == 0)
  }
}
