internal import SupportDesk
internal import Tables
internal import Terminal
internal import TextClassification

/// What the demo shows at its end: complaints, a chart, totals, and where to go on.
struct DemoReport {
  let tables: Tables
  let brand: String
  let totals: QueryTotals
  let dataDirectory: String
  let json: Bool
  /// What the posts were classified with.
  let scorer: TextScorer

  func show() throws {
    if json { return try TotalsReport(totals: totals, seconds: 0).show(json: true) }
    try showComplaints()
    try showCounts()
    try showSubjects()
    try showTotals()
    try showNext()
  }

  private func showComplaints() throws {
    try StandardOutput.line(
      "\n\(Style.bold("The newest complaints")), with the words that decided\n")
    let page = try tables.execute(
      """
      SELECT opened_at, screen_name, probability, text FROM grouse.cases
      WHERE brand = \(quoted(brand)) AND state = 'open' LIMIT 8
      """)
    let width = max(terminalWidth() - 36, 30)
    for row in page.rows {
      func text(_ index: Int) -> String {
        row[index].map { page.columns[index].type.display($0) } ?? ""
      }
      let time = text(0).dropFirst(11).prefix(5)
      let name = Shown.cut("@" + Shown.plain(text(1)), to: 17)
      let words = scorer.explain(text(3)).prefix(4).filter { $0.contribution > 0 }
      let probability = Shown.decimal(Double(text(2)) ?? 0, 2)
      try StandardOutput.line(
        " \(Style.dim(String(time)))  \(probability)  \(name)"
          + String(repeating: " ", count: max(18 - Shown.width(name), 1))
          + Highlight.mark(text(3), words.map(\.range), width: width))
    }
  }

  private func showCounts() throws {
    guard let day = try newestDay() else { return }
    let page = try tables.execute(
      """
      SELECT minute, posts, complaints FROM grouse.counts_by_minute
      WHERE brand = \(quoted(brand)) AND day = '\(day)'
      """)
    let columns = 72
    let minutesAColumn = 1_440 / columns
    var posts = [Double](repeating: 0, count: columns)
    var complaints = posts
    for row in page.rows {
      guard let minute = number(row[0]), let total = number(row[1]), let found = number(row[2])
      else { continue }
      let place = Int(minute / 60_000 % 1_440) / minutesAColumn
      guard posts.indices.contains(place) else { continue }
      posts[place] += Double(total) / Double(minutesAColumn)
      complaints[place] += Double(found) / Double(minutesAColumn)
    }
    let top = posts.max() ?? 0
    try StandardOutput.line(
      "\n\(Style.bold("Posts and complaints a minute")) on \(day), each mark \(minutesAColumn) "
        + "minutes, the highest \(Shown.decimal(top, 1))\n")
    try StandardOutput.line(" posts      " + Sparkline.draw(posts, highest: top))
    try StandardOutput.line(
      " complaints " + Style.highlight(Sparkline.draw(complaints, highest: top)))
    try StandardOutput.line(
      " "
        + Style.dim(
          "           00:00             06:00             12:00"
            + "             18:00"))
  }

  private func showSubjects() throws {
    guard let day = try newestDay() else { return }
    let page = try tables.execute(
      """
      SELECT subject, sum(complaints) FROM grouse.counts_by_subject
      WHERE brand = \(quoted(brand)) AND day = '\(day)' GROUP BY brand, day, subject
      """)
    let counts = page.rows.compactMap { row -> (name: String, count: Int64)? in
      guard let name = row[0], let count = number(row[1]), count > 0 else { return nil }
      return (Shown.cut(Shown.plain(String(decoding: name, as: UTF8.self)), to: 20), count)
    }.sorted { $0.count > $1.count }
    guard let top = counts.first?.count else { return }
    try StandardOutput.line("\n\(Style.bold("Complaints by what they are about")) on \(day)\n")
    let width = counts.map { Shown.width($0.name) }.max() ?? 0
    for (name, count) in counts {
      let bar = String(repeating: "▇", count: max(Int(count * 40 / top), 1))
      let shown = Shown.number(Int(count))
      try StandardOutput.line(
        " \(name)" + String(repeating: " ", count: width - Shown.width(name) + 1)
          + String(repeating: " ", count: max(7 - shown.count, 0)) + shown + "  "
          + Style.highlight(bar))
    }
  }

  private func newestDay() throws -> String? {
    let page = try tables.execute("SELECT DISTINCT brand, day FROM grouse.counts_by_minute")
    return page.rows.filter { $0[0] == Array(brand.utf8) }
      .compactMap { $0[1].map { page.columns[1].type.display($0) } }.max()
  }

  private func showTotals() throws {
    try StandardOutput.line("\n\(Style.bold("Totals"))")
    var dropped: [String] = []
    if totals.retweets > 0 { dropped.append("\(Shown.number(totals.retweets)) retweets") }
    if totals.otherLanguages > 0 {
      dropped.append("\(Shown.number(totals.otherLanguages)) in other languages")
    }
    let stored =
      totals.renewed > 0
      ? "\(Shown.number(totals.new)) new, \(Shown.number(totals.renewed)) classified anew"
      : "\(Shown.number(totals.new)) stored"
    let rows = [
      ("read", Shown.number(totals.read), ""),
      (
        "kept", Shown.number(totals.kept),
        dropped.isEmpty ? "" : "dropped: " + dropped.joined(separator: ", ")
      ),
      ("duplicates", Shown.number(totals.duplicates), stored),
      (
        "unreadable", Shown.number(totals.unreadable),
        totals.unreadable > 0 ? "with their reasons in the topic posts.dead" : ""
      ),
      (
        "complaints", Shown.number(totals.complaints),
        "in grouse.cases, by conversation and author; a pasted text once"
      ),
    ]
    for (name, value, note) in rows {
      try StandardOutput.line(
        " \(name)" + String(repeating: " ", count: 12 - name.count)
          + String(repeating: " ", count: max(7 - value.count, 0)) + value
          + (note.isEmpty ? "" : "   " + Style.dim(note)))
    }
  }

  private func showNext() throws {
    try StandardOutput.line("\nEverything lies in \(Style.bold(dataDirectory)). Try next:\n")
    let flag = dataDirectory == "./grouse-data" ? "" : " --data-dir \(dataDirectory)"
    for command in [
      "cql\(flag) -e \"SELECT count(*) FROM grouse.posts\"",
      "explain\(flag) \"day 9 and still no parcel @asos, any chance of an answer?\"",
      "consume posts.dead\(flag) --json",
    ] {
      try StandardOutput.line("  \(DemoReport.program) \(command)")
    }
  }

  /// How the program was called, so that the commands shown can be copied.
  private static var program: String { CommandLine.arguments.first ?? "grouse" }

  private func number(_ bytes: [UInt8]?) -> Int64? {
    bytes.map { $0.reduce(0) { $0 << 8 | Int64($1) } }
  }

  private func quoted(_ text: String) -> String { "'" + text.replacing("'", with: "''") + "'" }
}
