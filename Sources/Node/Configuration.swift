internal import CommitLog
internal import Machine
package import SupportDesk
internal import Tables

/// What is wrong with the configuration, and where.
package struct ConfigurationError: Error, Equatable, CustomStringConvertible {
  package var place: String
  package var message: String

  package var description: String { "\(place): \(message)" }
}

/// The configuration of one process: `grouse.yaml`, overridden by the environment, overridden by
/// flags.
package struct Configuration: Sendable {
  /// What was set, by key, and where it was set.
  package private(set) var values: [String: (value: String, origin: String)] = [:]

  /// Reads the file (nil: `grouse.yaml` in the working directory where there is one), then the
  /// environment, then `overrides`, the flags by key.
  package init(
    file: String?, environment: [String: String], overrides: [String: String] = [:]
  ) throws {
    let path = file ?? environment["GROUSE_CONFIG"] ?? "grouse.yaml"
    let isNamed = file != nil || environment["GROUSE_CONFIG"] != nil
    if isNamed || LocalDisk().exists(path) {
      for entry in try YAMLSettings.read(path) {
        let place = "\(path):\(entry.line)"
        if let key = ConfigurationKey.all.first(where: { $0.name == entry.name && $0.isSecret }) {
          throw ConfigurationError(
            place: place,
            message: "a secret does not belong into a file that others may read: give it by "
              + "\(key.environmentName), or the path of a file that holds it by \(key.name)-file")
        }
        try set(entry.name, entry.value, place)
      }
    }
    let known = Set(ConfigurationKey.all.map(\.environmentName)).union(Self.otherVariables)
    for name in environment.keys.sorted() where name.hasPrefix("GROUSE_") && !known.contains(name) {
      let key = name.dropFirst(7).lowercased().replacing("_", with: ".")
      let advice = ConfigurationKey.advice(on: key) { $0.environmentName }
      throw ConfigurationError(place: name, message: "unknown variable; \(advice)")
    }
    for key in ConfigurationKey.all {
      if let value = environment[key.environmentName] {
        try set(key.name, value, key.environmentName)
      }
      if let value = overrides[key.name] { try set(key.name, value, "--\(key.name)") }
    }
  }

  /// Variables of ours that configure no key: where the file and the sample data are, and what the
  /// project's own build and tests use.
  private static let otherVariables = [
    "GROUSE_CONFIG", "GROUSE_SAMPLES", "GROUSE_STRICT", "GROUSE_BINARY", "GROUSE_TEST_SEED",
    "GROUSE_TEST_KILLS", "GROUSE_TEST_POSTS",
    "GROUSE_SEED_DATA",
  ]

  private mutating func set(_ name: String, _ value: String, _ origin: String) throws {
    guard let key = ConfigurationKey.all.first(where: { $0.name == name }) else {
      let advice = ConfigurationKey.advice(on: name) { "\"\($0.name)\"" }
      throw ConfigurationError(place: origin, message: "unknown key \"\(name)\"; \(advice)")
    }
    if let objection = key.objection(to: value) {
      throw ConfigurationError(
        place: origin,
        message: "\(name) cannot be \"\(key.shown(refused: value))\": \(objection)")
    }
    values[name] = (value, origin)
  }

  /// A key's value: what was set, else its standard one.
  package func value(_ name: String) -> String {
    values[name]?.value ?? ConfigurationKey.all.first { $0.name == name }?.standard ?? ""
  }

  /// A key's value as it may be shown.
  package func shown(_ name: String) -> String {
    let isSecret = ConfigurationKey.all.first { $0.name == name }?.isSecret ?? false
    let value = value(name)
    return isSecret && !value.isEmpty ? "***" : value.replacing("\n", with: "; ")
  }

  /// The lines of a key of several.
  func lines(_ name: String) -> [String] {
    value(name).split(separator: "\n").map(String.init).filter { !$0.allSatisfy { $0 == " " } }
  }

  func list(_ name: String) -> [String] {
    value(name).split(separator: ",").map {
      String($0.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }.filter { !$0.isEmpty }
  }

  /// The directory in which everything is kept.
  package var dataDirectory: String { value("data-dir") }
  /// The topic that posts are collected into.
  package var topic: String { value("topic") }
  /// How many partitions a topic gets that is made.
  package var partitions: Int { Int(value("log.partitions")) ?? 1 }
  /// The model that classifies: a name, or `name@version`.
  package var model: String { value("model.name") }
  /// The brand that posts are about.
  package var brand: Brand {
    Brand(names: list("brand.names"), handles: list("brand.handles"))
  }
  /// Which posts are classified.
  package var filter: PostFilter {
    PostFilter(
      keepsRetweets: value("filter.retweets") == "keep", languages: list("filter.languages"))
  }
  /// The loopback port of the interface; nil: none.
  package var httpPort: Int? { Int(value("http.port")).flatMap { $0 == 0 ? nil : $0 } }
  /// The files that `run` collects from.
  package var sourceFiles: [String] { list("sources.files") }
  /// Whether `run` collects X's filtered stream.
  package var collectsX: Bool { value("sources.x") == "true" }
  /// Whether `run` collects from standard input.
  package var collectsStandardInput: Bool { value("sources.stdin") == "true" }

  /// Milliseconds that posts are kept for; nil: for ever.
  package var retention: Int64? {
    Int64(value("retention.days")).flatMap { $0 == 0 ? nil : $0 * 86_400_000 }
  }

  /// The settings of the classify query.
  package var query: ClassifyQuery.Settings {
    var settings = ClassifyQuery.Settings()
    // Of each topic it stands somewhere else.
    if topic != settings.topic { settings.name = String("\(settings.name)-\(topic)".prefix(100)) }
    settings.topic = topic
    settings.brand = brand
    settings.filter = filter
    settings.retention = retention
    return settings
  }

  var log: LogConfiguration {
    var settings = LogConfiguration(
      segmentBytes: Int(value("log.segment-bytes")) ?? 1 << 30,
      durability: ConfigurationKey.interval(value("log.durability"))
        .map { .interval(milliseconds: $0) } ?? .batch)
    let isGiven = values["log.retention-ms"] != nil
    settings.topicDefaults.retentionMilliseconds =
      (isGiven ? Int64(value("log.retention-ms")) : retention) ?? -1
    settings.topicDefaults.retentionBytes = Int64(value("log.retention-bytes")) ?? -1
    settings.dedupeBytes = (Int(value("log.dedupe-buffer-mib")) ?? 16) << 20
    settings.offsetsRetention = (Int64(value("log.offsets-retention-minutes")) ?? 10_080) * 60_000
    return settings
  }

  var tablesDurability: Tables.Durability {
    ConfigurationKey.interval(value("tables.durability"))
      .map { .interval(milliseconds: $0) } ?? .batch
  }
}
