import Testing

/// The style that a compiler and a formatter do not see, held over the whole repository.
@Suite struct TidyTests {
  private static let ownExamples = "Tests/TidyTests/"
  private let sources = Repository.files(under: "Sources").filter(\.isSwift)
  private let code = Repository.files(under: "Sources", "Tests")
  private let everything = Repository.files.filter { !$0.path.hasPrefix(ownExamples) }

  @Test func `the repository is found`() {
    #expect(sources.count > 100)
    #expect(Repository.manifest.uses["Tables"]?.contains("LMDB") == true)
    #expect(Repository.files.contains { $0.path == "Tools/test" })
  }

  @Test func `every target stands on a floor`() {
    for target in Set(code.compactMap(\.target)).sorted()
    where Floors.floor(of: target) == nil {
      Issue.record("\(target) stands on no floor: add it to Floors.targets")
    }
  }

  @Test func `no import climbs or crosses a floor`() {
    Floors.rule(Repository.manifest).hold(in: sources)
  }

  @Test func `no import of Foundation in Sources`() { Floors.foundation.hold(in: sources) }

  @Test func `no file over 600 lines`() { Style.length.hold(in: code) }

  @Test func `no line over 100 columns`() {
    // What a program of others has written is as it is.
    Style.width.hold(
      in: code.filter { !$0.path.hasSuffix(".md") && !$0.path.contains("/Golden/") })
  }

  @Test func `no crash that an input can reach`() { Style.crashes.hold(in: sources) }

  @Test func `what other targets use has a comment`() {
    Documentation.rule(Documentation.requirements(in: sources)).hold(in: sources)
  }

  @Test func `no notes of unfinished work`() {
    Style.notes.hold(in: everything.filter { !$0.path.hasSuffix(".md") })
  }

  @Test func `nothing sleeps`() { Style.sleeping.hold(in: code.filter(\.isSwift)) }

  @Test func `no path of one machine`() { MachinePaths.rule.hold(in: everything) }
}
