internal import Bytes
internal import Terminal

/// What a replay has done and found, for people.
struct ReplayReport {
  private let result: JSON
  private let seconds: Double

  init(_ result: JSON, seconds: Double) {
    self.result = result
    self.seconds = seconds
  }

  func print() throws {
    let table = Shown.plain(result["table"]?.text ?? "")
    if let totals = result["totals"]?.fields {
      let counts = totals.filter { $0.value.integer ?? 0 > 0 }.map {
        "\(Shown.number($0.value.integer ?? 0)) \($0.name.replacing("_", with: " "))"
      }
      Messages.line(
        "\(table): "
          + (counts.isEmpty ? "nothing new to read" : counts.joined(separator: ", ")))
    }
    if let comparison = result["comparison"] { try show(comparison) }
    if let model = result["swapped"]?.text {
      let name = table.split(separator: ".").last.map(String.init) ?? table
      Messages.line(
        "live now, by \(Shown.plain(model)); what was is in \(table), and `grouse replay --undo "
          + "--into \(name)` brings it back")
    }
    if let model = result["undone"]?.text {
      Messages.line("\(Shown.plain(model)) and its tables are live again")
    }
    if let note = result["note"]?.text { Messages.line(Shown.plain(note)) }
  }

  private func show(_ found: JSON) throws {
    let posts = found["posts"]?.integer ?? 0
    try StandardOutput.line(
      Style.bold(
        "\(Self.names(found["models"])) against the stored verdicts of "
          + "\(Self.names(found["models_before"])), on \(Shown.number(posts)) posts"))
    var table = TextTable(["", "now other", "now complaint"], numeric: [false, true, true])
    let rows = found["confusion"]?.elements ?? []
    for (row, name) in zip(rows, ["was other", "was complaint"]) {
      table.rows.append([name] + (row.elements ?? []).map { Shown.number($0.integer ?? 0) })
    }
    try table.print()
    let flipped = found["flipped"]?.integer ?? 0
    let share = posts == 0 ? 0 : Double(flipped) / Double(posts) * 100
    let more = found["only_replayed"]?.integer ?? 0
    try StandardOutput.line(
      "\(Shown.number(flipped)) flipped (\(Shown.decimal(share, 2)) %)"
        + (more == 0 ? "" : "; \(Shown.number(more)) posts have no stored verdict"))
    try showSubjects(found["subjects"]?.elements ?? [])
    try showFlips(found["flips"]?.elements ?? [])
  }

  private static func names(_ models: JSON?) -> String {
    let names = (models?.elements ?? []).compactMap(\.text).map { Shown.plain($0) }
    return names.isEmpty ? "no model" : names.joined(separator: ", ")
  }

  private func showSubjects(_ subjects: [JSON]) throws {
    guard !subjects.isEmpty else { return }
    try StandardOutput.line("")
    var table = TextTable(
      ["subject", "posts before", "now", "complaints before", "now"],
      numeric: [false, true, true, true, true])
    for subject in subjects {
      table.rows.append(
        [Shown.plain(subject["subject"]?.text ?? "")]
          + ["posts_before", "posts", "complaints_before", "complaints"].map {
            Shown.number(subject[$0]?.integer ?? 0)
          })
    }
    try table.print()
  }

  private func showFlips(_ flips: [JSON]) throws {
    guard !flips.isEmpty else { return }
    try StandardOutput.line("")
    try StandardOutput.line(Style.bold("Flipped, the farthest first"))
    for flip in flips {
      try StandardOutput.line(
        " \(Shown.decimal(flip["probability_before"]?.double ?? .nan, 2)) → "
          + "\(Shown.decimal(flip["probability"]?.double ?? .nan, 2))  "
          + "\(Shown.cut(Shown.plain(flip["text"]?.text ?? ""), to: 100))")
      try StandardOutput.line(
        "             before: \(Self.words(flip["words_before"])); now: \(Self.words(flip["words"]))"
      )
    }
  }

  private static func words(_ list: JSON?) -> String {
    let words = (list?.elements ?? []).compactMap(\.text).map { Shown.plain($0) }
    return words.isEmpty ? "(no words)" : words.joined(separator: ", ")
  }
}
