internal import ArgumentParser
internal import Bytes
internal import Compression
internal import Curl
internal import LMDB
internal import Machine
internal import Node
internal import SupportDesk
internal import Terminal

struct Doctor: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show versions, disk, data directory and configuration.",
    discussion: "Example: grouse doctor")

  @OptionGroup var options: GlobalOptions

  func run() throws {
    let configuration = try options.configuration()
    let path = configuration.dataDirectory
    var rows: [(String, String)] = [
      ("grouse", Grouse.version),
      ("system", HostSystem.description),
      ("lmdb", LMDBLibrary.version),
      ("curl", HTTPClient.version),
    ]
    rows += CompressionLibraries.versions
    rows.append(("data directory", path))
    var isWell = true
    do {
      _ = try DataDirectory(reading: path)
      let holder = DataDirectory.holder(of: path)
      rows.append(("in use by", holder ?? "nobody"))
      if holder != nil { rows.append(("socket", Self.socket(in: path))) }
      rows += Self.streams(in: path)
    } catch {
      if case DataDirectoryError.missing = error {
        rows.append(("state", "not made yet"))
      } else {
        rows.append(("state", "\(error)"))
        Messages.line("\(error)")
        isWell = false
      }
    }
    if let free = HostSystem.freeBytes(near: path) {
      rows.append(("free on its disk", Shown.bytes(free)))
    }
    if let models = try? DataDirectory(reading: path).models, let names = try? models.names() {
      rows.append(("models", names.isEmpty ? "none" : names.joined(separator: ", ")))
    }
    try show(rows, configuration)
    if !isWell { throw ExitCode.failure }
  }

  /// How the streams do that the running process collects.
  private static func streams(in path: String) -> [(String, String)] {
    let streams = RunningProcess(in: path)?.health["streams"]?.elements ?? []
    return streams.map { stream in
      var parts = [stream["state"]?.text ?? "?"]
      if let silence = stream["silence_seconds"]?.double {
        parts.append("heard of \(Shown.decimal(silence, 1)) s ago")
      }
      if let lag = stream["lag_seconds"]?.double {
        parts.append("posts come after \(Shown.decimal(lag, 1)) s")
      }
      if stream["filling_gap"]?.boolean == true { parts.append("searching what was missed") }
      parts.append("\(Shown.number(stream["posts"]?.integer ?? 0)) posts")
      if let reason = stream["last_break"]?.text { parts.append("last break: \(reason)") }
      return ("stream \(stream["name"]?.text ?? "")", Shown.plain(parts.joined(separator: "; ")))
    }
  }

  /// Whether the process that holds the directory takes requests.
  private static func socket(in path: String) -> String {
    let socket = InterfacePaths.socket(in: path)
    guard LocalDisk().exists(socket) else { return "none: the process takes no requests" }
    return RunningProcess(in: path).map { "\(socket), \($0.name) answers" }
      ?? "\(socket), but nobody answers there"
  }

  private func show(_ rows: [(String, String)], _ configuration: Configuration) throws {
    if options.json {
      var line = JSONLine()
      for (name, value) in rows { line.add(name.replacing(" ", with: "_"), value) }
      var settings = JSONLine()
      for key in ConfigurationKey.all { settings.add(key.name, configuration.shown(key.name)) }
      line.add("configuration", raw: settings.text)
      return try StandardOutput.line(line.text)
    }
    var table = TextTable(["", "found"])
    table.rows = rows.map { [$0.0, $0.1] }
    try table.print()
    try StandardOutput.line("")
    var keys = TextTable(["key", "value", "set by", "what it is"])
    for key in ConfigurationKey.all {
      keys.rows.append([
        key.name, configuration.shown(key.name), configuration.values[key.name]?.origin ?? "",
        key.summary,
      ])
    }
    try keys.print()
  }
}
