internal import CQL
internal import Terminal

/// The answers to DESCRIBE as cqlsh prints them: names in columns, statements as text.
enum DescriptionText {
  static func lines(
    _ describe: Describe, _ rows: [[String: String]], keyspace: String?
  ) -> [String] {
    switch describe.element {
    case .keyspaces: return [""] + Columns.lines(rows.compactMap { $0["name"] }) + [""]
    case .tables, .types, .functions, .aggregates: return lists(rows, keyspace)
    case .cluster:
      return rows.flatMap { row in
        ["", "Cluster: \(row["cluster"] ?? "")", "Partitioner: \(row["partitioner"] ?? "")"]
          + ["Snitch: \(row["snitch"] ?? "")", ""]
      }
    default: return rows.flatMap { row in ["", row["create_statement"] ?? ""] }
    }
  }

  /// Without what a terminal would act on; lines stay lines.
  static func safe(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { Shown.plain(String($0)) }.joined(separator: "\n")
  }

  /// The names of each keyspace, under its own name where none is in use.
  private static func lists(_ rows: [[String: String]], _ current: String?) -> [String] {
    var lines: [String] = []
    var rest = rows[...]
    while let keyspace = rest.first?["keyspace_name"] {
      let own = rest.prefix { $0["keyspace_name"] == keyspace }
      rest = rest.dropFirst(own.count)
      lines.append("")
      if current == nil {
        lines += ["Keyspace \(keyspace)", "---------" + keyspace.map { _ in "-" }.joined()]
      }
      lines += Columns.lines(own.compactMap { $0["name"] })
    }
    return lines.isEmpty ? [] : lines + [""]
  }
}
