internal import Machine
internal import Yams

/// A YAML file as a flat list of dotted keys, each with its line.
enum YAMLSettings {
  struct Entry {
    var name: String
    var value: String
    var line: Int
  }

  static func read(_ path: String) throws -> [Entry] {
    let text = String(decoding: try LocalDisk().readAll(path, limit: 1 << 20), as: UTF8.self)
    let root: Yams.Node?
    do { root = try Yams.compose(yaml: text) } catch {
      throw ConfigurationError(place: path, message: "it is no YAML: \(error)")
    }
    guard let root else { return [] }
    var entries: [Entry] = []
    try flatten(root, "", path, &entries)
    return entries
  }

  private static func flatten(
    _ node: Yams.Node, _ prefix: String, _ path: String, _ entries: inout [Entry]
  ) throws {
    let line = node.mark?.line ?? 1
    switch node {
    case .mapping(let mapping):
      for (key, value) in mapping {
        guard let name = key.string else {
          throw ConfigurationError(
            place: "\(path):\(key.mark?.line ?? line)", message: "a key must be a word")
        }
        try flatten(value, prefix.isEmpty ? name : prefix + "." + name, path, &entries)
      }
    case .sequence(let sequence) where hasLines(prefix):
      let items = try sequence.map { try wholeLine(of: $0, prefix, path, line) }
      entries.append(Entry(name: prefix, value: items.joined(separator: "\n"), line: line))
    case .sequence(let sequence):
      let items = try sequence.map { item in
        guard case .scalar(let scalar) = item, !scalar.string.contains(",") else {
          throw ConfigurationError(
            place: "\(path):\(item.mark?.line ?? line)",
            message: "\(prefix) must be a list of plain words without commas")
        }
        return scalar.string
      }
      entries.append(Entry(name: prefix, value: items.joined(separator: ","), line: line))
    case .scalar(let scalar):
      guard !prefix.isEmpty else {
        throw ConfigurationError(
          place: "\(path):\(line)", message: "expected keys and values, such as `topic: posts`")
      }
      entries.append(Entry(name: prefix, value: scalar.string, line: line))
    case .alias:
      throw ConfigurationError(place: "\(path):\(line)", message: "aliases are not supported")
    }
  }

  private static func hasLines(_ name: String) -> Bool {
    ConfigurationKey.all.contains { $0.name == name && $0.kind == .lines }
  }

  /// An entry of a list whose entries are whole lines; `{value: …, tag: …}` is `value => tag`.
  private static func wholeLine(
    of item: Yams.Node, _ name: String, _ path: String, _ line: Int
  ) throws -> String {
    let place = "\(path):\(item.mark?.line ?? line)"
    switch item {
    case .scalar(let scalar) where !scalar.string.contains("\n"): return scalar.string
    case .mapping(let mapping):
      var fields: [String: String] = [:]
      for (key, value) in mapping {
        guard let key = key.string, ["value", "tag"].contains(key), let value = value.string else {
          throw ConfigurationError(place: place, message: "\(name): expected value and tag")
        }
        fields[key] = value
      }
      guard let value = fields["value"] else {
        throw ConfigurationError(place: place, message: "\(name): there is a tag without a value")
      }
      return fields["tag"].map { "\(value) => \($0)" } ?? value
    default:
      throw ConfigurationError(
        place: place, message: "\(name) must be a list of texts, or of value and tag")
    }
  }
}
