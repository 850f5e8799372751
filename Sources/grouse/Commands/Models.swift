internal import ArgumentParser
internal import Node
internal import SupportDesk
internal import Tables
internal import Terminal
internal import TextClassification

struct Models: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "The models that were trained.", discussion: "Example: grouse models list",
    subcommands: [List.self, Show.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the models and their versions.", discussion: "Example: grouse models list")

    @OptionGroup var options: GlobalOptions

    func run() throws {
      let registry = try DataDirectory(
        reading: try options.configuration().dataDirectory
      ).models
      var table = TextTable(
        ["model", "trained", "posts", "F1", "macro-F1", "source"],
        numeric: [false, false, true, true, true, false])
      for name in try registry.names() {
        for version in try registry.versions(of: name) {
          let manifest = try registry.manifest("\(name)@\(version)")
          if options.json {
            try StandardOutput.line(Models.json(manifest))
            continue
          }
          table.rows.append([
            manifest.reference,
            CalendarTime.format(milliseconds: manifest.createdAt, suffix: ""),
            Shown.number(manifest.examples), manifest.f1.map { Shown.decimal($0) } ?? "",
            manifest.macroF1.map { Shown.decimal($0) } ?? "", manifest.source,
          ])
        }
      }
      guard !options.json else { return }
      if table.rows.isEmpty {
        Messages.line("no models yet; `grouse train FILE` makes one")
      } else {
        try table.print()
      }
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show what is known of one model.",
      discussion: "Example: grouse models show complaints@1")

    @Argument(help: "NAME, NAME@VERSION or a path.") var model: String
    @OptionGroup var options: GlobalOptions

    func run() throws {
      let registry = try registry(try options.configuration(), model)
      let manifest = try registry.load(model).manifest
      if options.json { return try StandardOutput.line(Models.json(manifest)) }
      var table = TextTable(["", manifest.reference])
      table.rows = [
        ["trained", CalendarTime.format(milliseconds: manifest.createdAt, suffix: " UTC")],
        ["algorithm", manifest.algorithm],
        ["labels", "\(manifest.labels.negative), \(manifest.labels.positive)"],
        ["threshold", Shown.decimal(manifest.threshold, 2)],
        ["posts", Shown.number(manifest.examples)],
        ["source", manifest.source],
        ["seed", "\(manifest.seed)"],
        ["F1, cross-validated", manifest.f1.map { Shown.decimal($0) } ?? "not measured"],
        ["macro-F1", manifest.macroF1.map { Shown.decimal($0) } ?? "not measured"],
      ]
      try table.print()
    }
  }

  static func json(_ manifest: ModelManifest) -> String {
    var line = JSONLine()
    line.add("model", manifest.reference)
    line.add("name", manifest.name)
    line.add("version", manifest.version)
    line.add("created_at", CalendarTime.format(milliseconds: manifest.createdAt, suffix: "Z"))
    line.add("algorithm", manifest.algorithm)
    line.add("negative_label", manifest.labels.negative)
    line.add("positive_label", manifest.labels.positive)
    line.add("threshold", manifest.threshold)
    line.add("examples", manifest.examples)
    line.add("source", manifest.source)
    line.add("seed", raw: "\(manifest.seed)")
    if let f1 = manifest.f1 { line.add("f1", f1) }
    if let macroF1 = manifest.macroF1 { line.add("macro_f1", macroF1) }
    return line.text
  }
}
