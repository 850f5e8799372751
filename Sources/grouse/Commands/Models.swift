internal import ArgumentParser
internal import Node
internal import SupportDesk
internal import Tables
internal import Terminal
internal import TextClassification

struct Models: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "The models that were trained.", discussion: "Example: grouse models list",
    subcommands: [
      List.self, Show.self, Compare.self, Promote.self, Rollback.self, Delete.self, Export.self,
      Import.self,
    ])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the models and their versions.",
      discussion: """
        The version that the name alone means is marked with *: the promoted one, else the latest.

        Example: grouse models list
        """)

    @OptionGroup var options: GlobalOptions

    func run() throws {
      let registry = try DataDirectory(
        reading: try options.configuration().dataDirectory
      ).models
      var table = TextTable(
        ["model", "trained", "posts", "F1", "macro-F1", "source"],
        numeric: [false, false, true, true, true, false])
      var isWhole = true
      for name in try registry.names() {
        let versions = try registry.versions(of: name)
        var current: Int?
        do { current = try registry.promoted(name) ?? versions.last } catch {
          Messages.line("\(error)")
          isWhole = false
        }
        for version in versions {
          let manifest: ModelManifest
          do { manifest = try registry.manifest("\(name)@\(version)") } catch {
            isWhole = false
            Messages.line("\(error)")
            if options.json {
              var line = JSONLine()
              line.add("model", "\(name)@\(version)")
              line.add("fault", "\(error)")
              try StandardOutput.line(line.text)
            } else {
              table.rows.append(["\(name)@\(version)", "damaged", "", "", "", ""])
            }
            continue
          }
          if options.json {
            try StandardOutput.line(Models.json(manifest, isCurrent: version == current))
            continue
          }
          table.rows.append([
            manifest.reference + (version == current ? " *" : ""),
            CalendarTime.format(milliseconds: manifest.createdAt, suffix: ""),
            Shown.number(manifest.examples), manifest.f1.map { Shown.decimal($0) } ?? "",
            manifest.macroF1.map { Shown.decimal($0) } ?? "", manifest.source,
          ])
        }
      }
      if !table.rows.isEmpty { try table.print() }
      guard isWhole else { throw ExitCode.failure }
      if !options.json && table.rows.isEmpty {
        Messages.line("no models yet; `grouse train FILE` makes one")
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
      let configuration = try options.configuration()
      let registry = try registry(configuration, model)
      let (classifier, manifest) = try registry.load(model)
      var drift: StoredDrift?
      var stream: StreamDrift?
      var promotions: [Promotion] = []
      if !model.contains("/") {
        promotions = try registry.promotions(of: manifest.name)
        let directory = try DataDirectory(reading: configuration.dataDirectory)
        drift = try StoredDrift(
          directory, classifier, manifest, brandNames: configuration.brand.allNames)
        stream = try StreamDrift(directory, manifest)
      }
      if options.json {
        return try StandardOutput.line(
          Models.json(manifest, drift: drift, stream: stream, promotions: promotions))
      }
      var table = TextTable(["", manifest.reference])
      table.rows = [
        ["trained", CalendarTime.format(milliseconds: manifest.createdAt, suffix: " UTC")],
        ["algorithm", manifest.algorithm],
        ["labels", Shown.plain("\(manifest.labels.negative), \(manifest.labels.positive)")],
        [
          "threshold",
          Shown.decimal(manifest.threshold, 3) + (manifest.goal.map { ", for \($0)" } ?? ""),
        ],
        ["posts", Shown.number(manifest.examples)],
        ["source", manifest.source],
        ["seed", "\(manifest.seed)"],
        ["folds", manifest.folds.map { "\($0)" } ?? "not known"],
        ["parameters", manifest.parameters ?? "not known"],
        ["F1, cross-validated", manifest.f1.map { Shown.decimal($0) } ?? "not measured"],
        ["macro-F1", manifest.macroF1.map { Shown.decimal($0) } ?? "not measured"],
        ["AUC-PR", manifest.aucPR.map { Shown.decimal($0) } ?? "not measured"],
        [
          "probabilities come true to within",
          manifest.calibrationError.map { Shown.decimal($0) } ?? "not measured",
        ],
        ["topics", classifier.topics?.names.joined(separator: ", ") ?? "none"],
        [
          "their accuracy and macro-F1, cross-validated",
          manifest.topics.map { "\(Shown.decimal($0.accuracy)), \(Shown.decimal($0.macroF1))" }
            ?? "not measured",
        ],
        ["data, CRC-32C", manifest.dataChecksum.map { String($0, radix: 16) } ?? "not known"],
        ["program", manifest.program ?? "not known"],
      ]
      if let prior = manifest.prior {
        table.rows.append([
          "began with",
          "\(Shown.count(prior.examples, "post")) of \(prior.source), CRC-32C "
            + String(prior.checksum, radix: 16),
        ])
      }
      if let searched = manifest.searched { table.rows.append(["searched", searched]) }
      if let chosen = manifest.chosen { table.rows.append(["chosen", chosen]) }
      if let drift {
        table.rows += [
          [
            "scores of \(Shown.number(drift.posts)) stored posts against training's",
            "\(drift.drift.verdict): \(drift.drift.figures)",
          ]
        ]
      }
      if let stream {
        table.rows.append([
          "of \(Shown.number(stream.posts)) in the stream's last "
            + (stream.hours == 1 ? "hour" : "\(stream.hours) hours"),
          "\(stream.drift.verdict): \(stream.drift.figures)",
        ])
      }
      for promotion in promotions.suffix(5) { table.rows.append(Models.row(promotion, manifest)) }
      try table.print()
    }
  }

  private static func row(_ promotion: Promotion, _ manifest: ModelManifest) -> [String] {
    func time(_ milliseconds: Int64) -> String {
      CalendarTime.format(milliseconds: milliseconds, suffix: " UTC")
    }
    return [
      "promoted",
      "\(manifest.name)@\(promotion.version)"
        + (promotion.promotedAt.map { ", \(time($0))" } ?? "")
        + (promotion.takenBackAt.map { ", taken back \(time($0))" } ?? ""),
    ]
  }

  static func json(
    _ manifest: ModelManifest, isCurrent: Bool? = nil, drift: StoredDrift? = nil,
    stream: StreamDrift? = nil, promotions: [Promotion]? = nil
  ) -> String {
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
    if let aucPR = manifest.aucPR { line.add("auc_pr", aucPR) }
    if let error = manifest.calibrationError { line.add("calibration_error", error) }
    if let topics = manifest.topics {
      line.add("topic_accuracy", topics.accuracy)
      line.add("topic_macro_f1", topics.macroF1)
    }
    if let parameters = manifest.parameters { line.add("parameters", parameters) }
    if let folds = manifest.folds { line.add("folds", folds) }
    if let prior = manifest.prior {
      line.add("prior_source", prior.source)
      line.add("prior_examples", prior.examples)
      line.add("prior_crc32c", raw: "\(prior.checksum)")
    }
    if let goal = manifest.goal { line.add("threshold_goal", goal) }
    if let searched = manifest.searched { line.add("searched", searched) }
    if let chosen = manifest.chosen { line.add("chosen", chosen) }
    if let checksum = manifest.dataChecksum { line.add("data_crc32c", raw: "\(checksum)") }
    if let program = manifest.program { line.add("program", program) }
    if let drift {
      var item = JSONLine()
      item.add("posts", drift.posts)
      drift.drift.add(to: &item)
      line.add("drift", raw: item.text)
    }
    if let stream {
      var item = JSONLine()
      item.add("hours", stream.hours)
      item.add("posts", stream.posts)
      stream.drift.add(to: &item)
      line.add("stream_drift", raw: item.text)
    }
    if let promotions {
      line.add(
        "promotions",
        promotions.map { promotion in
          var item = JSONLine()
          item.add("version", promotion.version)
          for (name, time) in [
            ("promoted_at", promotion.promotedAt), ("taken_back_at", promotion.takenBackAt),
          ] {
            if let time { item.add(name, CalendarTime.format(milliseconds: time, suffix: "Z")) }
          }
          return item
        })
    }
    if let isCurrent { line.add("current", raw: "\(isCurrent)") }
    return line.text
  }
}
