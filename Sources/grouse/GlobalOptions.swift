internal import ArgumentParser
internal import Node
internal import SupportDesk

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// What every command takes.
struct GlobalOptions: ParsableArguments {
  @Option(
    name: .customLong("data-dir"),
    help: "Where everything is kept (GROUSE_DATA_DIR; default ./grouse-data).")
  var dataDirectory: String?

  @Option(
    name: .customLong("config"), help: "The configuration file (default grouse.yaml if present).")
  var configurationFile: String?

  @Flag(help: "Print results as JSON, one object a line.")
  var json = false

  func validate() throws {
    if dataDirectory?.isEmpty == true { throw ValidationError("--data-dir must not be empty") }
  }

  /// The configuration, with `overrides` from the command's own flags by key.
  func configuration(_ overrides: [String: String] = [:]) throws -> Configuration {
    var overrides = overrides
    overrides["data-dir"] = dataDirectory
    return try Configuration(
      file: configurationFile, environment: Self.environment, overrides: overrides)
  }

  /// The variables whose names begin with GROUSE_.
  private static var environment: [String: String] {
    var found: [String: String] = [:]
    var entry = environ
    while let text = entry.pointee {
      let parts = String(cString: text).split(separator: "=", maxSplits: 1)
      if parts.count == 2, parts[0].hasPrefix("GROUSE_") {
        found[String(parts[0])] = String(parts[1])
      }
      entry += 1
    }
    return found
  }
}

/// What the commands that read posts from a table take.
struct ColumnOptions: ParsableArguments {
  @Option(help: "The column or JSON field with the text.")
  var text = "text"

  @Option(help: "The column or JSON field with the label.")
  var label = "label"

  @Option(
    help: """
      The column or JSON field with what a post is about (default: topic, where the file has it); \
      rows without one count for the label alone.
      """)
  var topic: String?

  @Option(
    help: """
      The label to look for; default: the model's, or that of one's own file, where there is one; \
      else 1, 1.0, true, yes, complaint or positive; else the rarer one.
      """)
  var positive: String?

  /// What is read of a file of labelled posts.
  var dataset: Dataset.Columns {
    Dataset.Columns(
      text: text, label: label,
      topic: topic.map { .required($0) } ?? .wherePresent(Self.usualTopic))
  }

  static let usualTopic = "topic"
}
