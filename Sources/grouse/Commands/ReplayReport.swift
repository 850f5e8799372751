internal import Bytes
internal import SupportDesk
internal import Terminal

/// What a replay says otherwise than the stored verdicts, for people or for scripts.
struct ReplayReport {
  private let found: ReplayComparison

  init(_ found: ReplayComparison) { self.found = found }

  func show(json: Bool) throws {
    if json { return try StandardOutput.line(self.json) }
    let models = (found.models.before, found.models.after)
    try StandardOutput.line(
      Style.bold(
        "\(Self.names(models.1)) against the stored verdicts of \(Self.names(models.0)), on "
          + "\(Shown.number(found.posts)) posts"))
    var table = TextTable(
      ["", "now other", "now complaint"], numeric: [false, true, true])
    for (row, name) in ["was other", "was complaint"].enumerated() {
      table.rows.append([name] + found.confusion[row].map { Shown.number($0) })
    }
    try table.print()
    let share = found.posts == 0 ? 0 : Double(found.flipped) / Double(found.posts) * 100
    try StandardOutput.line(
      "\(Shown.number(found.flipped)) flipped (\(Shown.decimal(share, 2)) %)"
        + (found.onlyReplayed == 0
          ? "" : "; \(Shown.number(found.onlyReplayed)) posts have no stored verdict"))
    try showSubjects()
    try showFlips()
  }

  private static func names(_ models: Set<String>) -> String {
    models.isEmpty ? "no model" : models.sorted().joined(separator: ", ")
  }

  private func showSubjects() throws {
    guard !found.bySubject.isEmpty else { return }
    try StandardOutput.line("")
    var table = TextTable(
      ["subject", "posts before", "now", "complaints before", "now"],
      numeric: [false, true, true, true, true])
    for (name, subject) in found.bySubject.sorted(by: { $0.key < $1.key }) {
      table.rows.append(
        [name]
          + [
            subject.posts.before, subject.posts.after, subject.complaints.before,
            subject.complaints.after,
          ].map { Shown.number($0) })
    }
    try table.print()
  }

  private func showFlips() throws {
    let flips = found.largestFlips
    guard !flips.isEmpty else { return }
    try StandardOutput.line("")
    try StandardOutput.line(Style.bold("Flipped, the farthest first"))
    for flip in flips {
      try StandardOutput.line(
        " \(Shown.decimal(flip.before.probability, 2)) → "
          + "\(Shown.decimal(flip.after.probability, 2))  "
          + "\(Shown.cut(Shown.plain(flip.text), to: 100))")
      try StandardOutput.line(
        "             before: \(Self.words(flip.before)); now: \(Self.words(flip.after))")
    }
  }

  private static func words(_ verdict: ReplayComparison.Verdict) -> String {
    verdict.words.isEmpty
      ? "(no words)" : verdict.words.map { Shown.plain($0) }.joined(separator: ", ")
  }

  private var json: String {
    var line = JSONLine()
    line.add("posts", found.posts)
    line.add("only_replayed", found.onlyReplayed)
    line.add("flipped", found.flipped)
    line.add(
      "confusion",
      raw: "[\(found.confusion.map { "[\($0[0]), \($0[1])]" }.joined(separator: ", "))]")
    line.add(
      "subjects",
      found.bySubject.sorted { $0.key < $1.key }.map { name, subject in
        var line = JSONLine()
        line.add("subject", name)
        line.add("posts_before", subject.posts.before)
        line.add("posts", subject.posts.after)
        line.add("complaints_before", subject.complaints.before)
        line.add("complaints", subject.complaints.after)
        return line
      })
    line.add(
      "flips",
      found.largestFlips.map { flip in
        var line = JSONLine()
        line.add("id", flip.id)
        line.add("text", flip.text)
        line.add("probability_before", flip.before.probability)
        line.add("probability", flip.after.probability)
        line.add("label_before", flip.before.label)
        line.add("label", flip.after.label)
        line.add("model_before", flip.before.model)
        line.add("model", flip.after.model)
        line.add("words_before", raw: Self.list(flip.before.words))
        line.add("words", raw: Self.list(flip.after.words))
        return line
      })
    return line.text
  }

  private static func list(_ words: [String]) -> String {
    "[\(words.map { JSONString.quote($0) }.joined(separator: ", "))]"
  }
}
