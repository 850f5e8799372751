import Testing

/// What a rule found, and where.
struct Finding: Equatable, Sendable, CustomStringConvertible {
  var path: String
  var line: Int
  var what: String

  var description: String { "\(path):\(line): \(what)" }
}

/// A rule of style that a machine can hold.
struct Rule: Sendable {
  /// Why there is such a rule; stands in every failure.
  let reason: String
  /// Files that the rule does not apply to, each with the reason.
  var exceptions: [String: String] = [:]
  /// What is against the rule in one file.
  let check: @Sendable (SourceFile) -> [Finding]

  /// What is wrong in `files`: each finding outside the excepted ones, with the reason for the
  /// rule, and each exception that nothing needs.
  func complaints(about files: [SourceFile]) -> [String] {
    var complaints: [String] = []
    var unneeded = Set(exceptions.keys)
    for file in files {
      let findings = check(file)
      if exceptions[file.path] == nil {
        complaints += findings.map { "\($0). \(reason)" }
      } else if !findings.isEmpty {
        unneeded.remove(file.path)
      }
    }
    return complaints
      + unneeded.sorted().map { "\($0): excepted from a rule that it keeps; remove the exception" }
  }

  /// Fails the running test once for each complaint.
  func hold(in files: [SourceFile]) {
    for complaint in complaints(about: files) { Issue.record("\(complaint)") }
  }

  /// The findings in a snippet, as `line what`; for the rules' own tests.
  func findings(_ text: String, path: String = "Sources/Tables/Snippet.swift") -> [String] {
    check(SourceFile(path: path, text: text)).map { "\($0.line) \($0.what)" }
  }
}
