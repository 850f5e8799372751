internal import ArgumentParser
internal import Node

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

  /// The configuration, with `overrides` from the command's own flags by key.
  func configuration(_ overrides: [String: String] = [:]) throws -> Configuration {
    var overrides = overrides
    overrides["data-dir"] = dataDirectory
    return try Configuration(
      file: configurationFile, environment: Self.environment, overrides: overrides)
  }

  private static var environment: [String: String] {
    var found: [String: String] = [:]
    for key in ConfigurationKey.all.map(\.environmentName) + ["GROUSE_CONFIG"] {
      if let value = getenv(key) { found[key] = String(cString: value) }
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

  @Option(help: "The label to look for; default: 1, true, yes or complaint, else the rarer one.")
  var positive: String?
}
