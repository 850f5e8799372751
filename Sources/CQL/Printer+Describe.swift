extension Describe {
  var cql: String { "DESCRIBE \(element.cql)\(withInternals ? " WITH INTERNALS" : "")" }
}

extension Describe.Element {
  fileprivate var cql: String {
    switch self {
    case .cluster: "CLUSTER"
    case .schema(let full): full ? "FULL SCHEMA" : "SCHEMA"
    case .keyspaces: "KEYSPACES"
    case .keyspace(let name, let only):
      (only ? "ONLY KEYSPACE" : "KEYSPACE")
        + (name.map { " " + CQLIdentifier.quoted($0) } ?? "")
    case .tables: "TABLES"
    case .table(let name): "TABLE \(name.cql)"
    case .index(let name): "INDEX \(name.cql)"
    case .materializedView(let name): "MATERIALIZED VIEW \(name.cql)"
    case .types: "TYPES"
    case .type(let name): "TYPE \(CQLIdentifier.type(name))"
    case .functions: "FUNCTIONS"
    case .function(let name): "FUNCTION \(CQLIdentifier.function(name))"
    case .aggregates: "AGGREGATES"
    case .aggregate(let name): "AGGREGATE \(CQLIdentifier.function(name))"
    case .any(let name):
      (name.keyspace.map { CQLIdentifier.quoted($0) + "." } ?? "")
        + CQLIdentifier.quoted(name.name, unlike: Describe.Element.words)
    }
  }

  /// Words that mean something else than a name of their own.
  private static let words: Set<Keyword> = [
    .aggregate, .aggregates, .cluster, .columnfamilies, .function, .functions, .keyspaces, .only,
    .tables, .type, .types,
  ]
}
