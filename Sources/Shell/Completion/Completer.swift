internal import CQL
internal import Terminal

/// Says what can stand at the cursor: keywords, and names where names go.
struct Completer {
  let catalog: Catalog
  let keyspace: String?

  private static let types = [
    "ascii", "bigint", "blob", "boolean", "counter", "date", "decimal", "double", "duration",
    "float", "frozen<", "inet", "int", "list<", "map<", "set<", "smallint", "text", "time",
    "timestamp", "timeuuid", "tinyint", "tuple<", "uuid", "varchar", "varint",
  ]
  private static let starts = [
    "ALTER", "BEGIN", "CREATE", "DELETE", "DESC", "DESCRIBE", "DROP", "INSERT", "SELECT",
    "TRUNCATE", "UPDATE", "USE",
  ]
  /// What goes on behind a word, where that is plain.
  private static let following: [String: [String]] = [
    "CREATE": ["INDEX", "KEYSPACE", "TABLE", "TYPE"],
    "ALTER": ["KEYSPACE", "TABLE", "TYPE"],
    "DROP": ["INDEX", "KEYSPACE", "TABLE", "TYPE"],
    "INSERT": ["INTO"], "GROUP": ["BY"], "ORDER": ["BY"], "PRIMARY": ["KEY"],
    "ALLOW": ["FILTERING"], "PER": ["PARTITION"], "PARTITION": ["LIMIT"],
    "BEGIN": ["BATCH", "COUNTER", "UNLOGGED"], "UNLOGGED": ["BATCH"], "APPLY": ["BATCH"],
    "SERIAL": ["CONSISTENCY"], "SHOW": ["HOST", "VERSION"], "EXPAND": ["OFF", "ON"],
    "PAGING": ["OFF", "ON"], "TRACING": ["OFF", "ON"], "CAPTURE": ["OFF"], "IF": ["EXISTS", "NOT"],
    "NOT": ["EXISTS", "NULL"], "USING": ["TIMESTAMP", "TTL"], "CONTAINS": ["KEY"],
    "CONSISTENCY": ShellCommand.levels.sorted(),
  ]
  private static let clauses: [String: [String]] = [
    "SELECT": [
      "ALLOW", "AND", "AS", "ASC", "BY", "CONTAINS", "DESC", "DISTINCT", "FROM", "GROUP", "IN",
      "JSON", "LIMIT", "ORDER", "PER", "TOKEN", "TTL", "WHERE", "WRITETIME", "count", "avg", "max",
      "min", "sum",
    ],
    "INSERT": ["DEFAULT", "EXISTS", "IF", "JSON", "NOT", "TIMESTAMP", "TTL", "USING", "VALUES"],
    "UPDATE": ["AND", "CONTAINS", "EXISTS", "IF", "IN", "SET", "USING", "WHERE"],
    "DELETE": ["AND", "EXISTS", "FROM", "IF", "IN", "USING", "WHERE"],
    "CREATE": [
      "AND", "CLUSTERING", "EXISTS", "IF", "KEY", "NOT", "ON", "ORDER", "PRIMARY", "STATIC", "WITH",
      "replication", "comment", "default_time_to_live", "gc_grace_seconds",
    ],
    "ALTER": ["ADD", "AND", "DROP", "RENAME", "TO", "WITH"],
    "DROP": ["EXISTS", "IF"],
    "COPY": ["AND", "FROM", "STDIN", "STDOUT", "TO", "WITH"],
    "BEGIN": ["APPLY", "BATCH", "DELETE", "INSERT", "UPDATE"],
  ]

  /// What a completion of `text`, up to the cursor, does.
  func complete(_ text: String) -> Completion {
    let context = CompletionContext(text)
    var completion = Completion()
    guard !context.isOpaque else { return completion }
    let isLower = context.prefix.first.map { $0.isLowercase } ?? false
    let found = candidates(context)
      .map { $0.isKeyword && isLower ? $0.text.lowercased() : $0.text }
      .filter { $0.lowercased().hasPrefix(context.prefix.lowercased()) }
    let distinct = Set(found).sorted()
    guard let first = distinct.first else { return completion }
    let typed = context.prefix.unicodeScalars.count
    let common = distinct.dropFirst().reduce(first) { $0.commonPrefix(with: $1, caseless: true) }
    if distinct.count == 1 {
      completion.replaced = typed
      completion.insertion = first.last.map { "<.".contains($0) } ?? false ? first : first + " "
    } else if common.unicodeScalars.count > typed {
      completion.replaced = typed
      completion.insertion = common
    } else {
      completion.choices = Columns.lines(distinct, width: terminalWidth()).map { Shown.plain($0) }
    }
    return completion
  }

  private struct Candidate {
    var text: String
    var isKeyword: Bool
  }

  private func candidates(_ context: CompletionContext) -> [Candidate] {
    func keywords(_ texts: [String]) -> [Candidate] {
      texts.map { Candidate(text: $0, isKeyword: $0 == $0.uppercased()) }
    }
    func names(_ texts: some Sequence<String>) -> [Candidate] {
      texts.map { Candidate(text: Self.written($0), isKeyword: false) }
    }
    let last = context.word(back: 0)
    let first = context.words.first ?? ""
    if context.words.isEmpty { return keywords(Self.starts + ShellCommand.names) }
    if last == ".", let space = catalog.keyspaces[context.name(back: 1)] {
      let before = context.word(back: 2)
      return names(before == "TYPE" ? [] : Array(space.tables.keys))
        + names(CompletionContext.beforeTables.contains(before) ? [] : space.types)
    }
    switch last {
    case "USE", "KEYSPACE": return names(catalog.keyspaces.keys)
    case "FROM" where first != "COPY", "INTO", "UPDATE", "TABLE", "TRUNCATE", "COPY", "ON":
      return tables() + (first == "CREATE" ? keywords(["IF"]) : [])
    case "TYPE": return names(keyspace.flatMap { catalog.keyspaces[$0]?.types } ?? [])
    case "DESCRIBE", "DESC":
      guard context.words.count == 1 else { break }
      return keywords(
        ["CLUSTER", "FULL", "INDEX", "KEYSPACE", "KEYSPACES", "SCHEMA", "TABLE", "TABLES", "TYPE"]
          + ["TYPES"]) + tables()
    default: break
    }
    if first == "COPY", context.words.contains("WITH") {
      let direction: CopyCommand.Direction = context.words.contains("TO") ? .to : .from
      return keywords(CopyOptions.names(direction) + ["AND"])
    }
    if let next = Self.following[last] { return keywords(next) }
    let clauses = keywords(Self.clauses[first] ?? [])
    if isBehindColumnName(context) { return keywords(Self.types) + names(userTypes) }
    return clauses + names(columns(context))
  }

  /// Whether a type comes next: in the parentheses of a definition, or behind what ALTER adds.
  private func isBehindColumnName(_ context: CompletionContext) -> Bool {
    let before = context.word(back: 1)
    if context.word(back: 0) == "<" { return true }
    switch context.words.first {
    case "CREATE": return before == "(" || before == ","
    case "ALTER": return before == "ADD" || before == "TYPE"
    default: return false
    }
  }

  private var userTypes: [String] { keyspace.flatMap { catalog.keyspaces[$0]?.types } ?? [] }

  /// The tables of the keyspace in use, and the keyspaces, each with its dot.
  private func tables() -> [Candidate] {
    let own = keyspace.flatMap { catalog.keyspaces[$0]?.tables.keys.map { $0 } } ?? []
    return own.map { Candidate(text: Self.written($0), isKeyword: false) }
      + catalog.keyspaces.keys.map { Candidate(text: Self.written($0) + ".", isKeyword: false) }
  }

  /// The columns of the table that the statement names; of all tables in use where it names none
  /// yet, as in `SELECT` before its `FROM`.
  private func columns(_ context: CompletionContext) -> [String] {
    if let table = context.table, let space = table.keyspace ?? keyspace {
      return catalog.keyspaces[space]?.tables[table.name] ?? []
    }
    return keyspace.flatMap { catalog.keyspaces[$0] }?.tables.values.flatMap { $0 } ?? []
  }

  /// A name as a statement has it: in quotes where it needs them.
  private static func written(_ name: String) -> String {
    let isPlain = name.utf8.allSatisfy { byte in
      byte == UInt8(ascii: "_") || (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte)
    }
    return isPlain && name.utf8.first.map { $0 >= 0x61 } ?? false ? name : CQLName.quoted(name)
  }
}

extension String {
  fileprivate func commonPrefix(with other: String, caseless: Bool) -> String {
    String(zip(self, other).prefix { $0.lowercased() == $1.lowercased() }.map(\.0))
  }
}
