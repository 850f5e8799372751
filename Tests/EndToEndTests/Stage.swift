import Foundation
import Machine
import TestSupport
import Testing

/// A folder with a data directory of its own, in which a test runs the program.
struct Stage {
  let folder = TemporaryDirectory()

  var data: String { folder("grouse-data") }

  /// Runs the program here.
  @discardableResult
  func grouse(
    _ arguments: String..., input: String? = nil, environment: [String: String] = [:],
    readsOutputBytes limit: Int? = nil
  ) throws -> Outcome {
    try Program.run(
      arguments, in: folder, input: input.map { Array($0.utf8) }, environment: environment,
      readsOutputBytes: limit)
  }

  /// Runs the program and expects it to succeed.
  @discardableResult
  func works(
    _ arguments: String..., input: String? = nil, environment: [String: String] = [:],
    at place: SourceLocation = #_sourceLocation
  ) throws -> Outcome {
    let outcome = try Program.run(
      arguments, in: folder, input: input.map { Array($0.utf8) }, environment: environment)
    #expect(
      outcome.code == 0, "\(arguments): \(outcome.errors.suffix(500))", sourceLocation: place)
    return outcome
  }

  /// Runs the program and expects it to fail with a message that has all of `words` in it, and
  /// nothing on standard output where the failure comes first.
  @discardableResult
  func fails(
    _ arguments: String..., input: String? = nil, environment: [String: String] = [:],
    code: Int32 = 1, saying words: [String], at place: SourceLocation = #_sourceLocation
  ) throws -> Outcome {
    let outcome = try Program.run(
      arguments, in: folder, input: input.map { Array($0.utf8) }, environment: environment)
    #expect(outcome.isOrderly, "\(arguments): \(outcome.errors)", sourceLocation: place)
    #expect(outcome.code == code, "\(arguments): \(outcome.errors)", sourceLocation: place)
    for word in words {
      #expect(
        outcome.errors.contains(word), "\(arguments): \(outcome.errors)", sourceLocation: place)
    }
    return outcome
  }

  func start(_ arguments: String..., environment: [String: String] = [:]) throws -> RunningProgram {
    try RunningProgram(arguments, in: folder, environment: environment)
  }

  /// Writes a file; returns its path.
  @discardableResult
  func write(_ name: String, _ bytes: some Sequence<UInt8>) throws -> String {
    try Data(bytes).write(to: URL(fileURLWithPath: folder(name)))
    return folder(name)
  }

  @discardableResult
  func write(_ name: String, _ text: String) throws -> String { try write(name, text.utf8) }

  /// Trains the model `complaints` on the project's data.
  func train() throws {
    try works("train", Program.samples + "/complaints.csv", "--folds", "0", "--no-topics")
  }

  /// How many posts there are.
  func postCount() throws -> Int {
    let found = try works("cql", "-e", "SELECT count(*) FROM grouse.posts", "--json").objects()
    return (found.first?["count"] as? Int) ?? -1
  }

  /// A post as the X API sends it.
  static func post(_ id: Int, _ text: String, lang: String = "en") -> String {
    #"{"data":{"id":"\#(id)","text":"\#(text)","author_id":"7","lang":"\#(lang)","#
      + #""created_at":"2026-11-20T00:02:13.000Z"}}"# + "\n"
  }

  static func posts(_ range: Range<Int>) -> String {
    range.map { post(1000 + $0, "@ASOS where is my parcel, number \($0)?") }.joined()
  }
}
