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
          + (row[ownership].map { ["Range ownership:", $0, ""] } ?? [])
      }
    default: return rows.flatMap { row in ["", row["create_statement"] ?? ""] }
    }
  }

  /// The column of DESCRIBE CLUSTER that says who has the rows from which token on.
  static let ownership = "range_ownership"

  /// The value of that column: a map from tokens to lists of addresses.
  static func ownership(_ map: [UInt8]) -> String {
    map.withUnsafeBytes { bytes in
      var entries = NativeValues(bytes)
      let lines = (0..<entries.count()).map { _ in
        let token = entries.next().map { String(decoding: $0, as: UTF8.self) } ?? ""
        var addresses: [String] = []
        if let list = entries.next() {
          var values = NativeValues(list)
          for _ in 0..<values.count() {
            addresses += values.next().map { [String(decoding: $0, as: UTF8.self)] } ?? []
          }
        }
        let space = String(repeating: " ", count: max(39 - token.count, 0))
        return " \(space)\(token)  [\(addresses.joined(separator: ", "))]"
      }
      return lines.joined(separator: "\n")
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
