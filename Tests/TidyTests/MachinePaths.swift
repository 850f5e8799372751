/// The rule that the repository works wherever it is put.
enum MachinePaths {
  static let rule = Rule(
    reason: "A path of one machine is on no other: find the place from the file's own, an argument"
      + " or the environment."
  ) { file in
    file.lines.flatMap { line in
      found(in: line.text, of: file).map {
        Finding(path: file.path, line: line.number, what: $0)
      }
    }
  }

  private static func found(in text: String, of file: SourceFile) -> [String] {
    var found = ["/work/", "/home/", "/root/"].filter { startsPath($0, in: text) }
    let beside = "../shared"
    if !file.path.hasPrefix("Tests/"), text.contains(beside) { found.append(beside) }
    return found
  }

  /// Whether `folder` stands in `text` at a path's beginning, not inside a longer path or address.
  private static func startsPath(_ folder: String, in text: String) -> Bool {
    text.ranges(of: folder).contains { range in
      guard range.lowerBound > text.startIndex else { return true }
      let before = text[text.index(before: range.lowerBound)]
      return !(before.isLetter || before.isNumber || "_-.~}*".contains(before))
    }
  }
}
