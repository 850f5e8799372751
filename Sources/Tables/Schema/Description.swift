internal import CQL

/// Answers DESCRIBE as Cassandra 4.0's server does (`DescribeStatement`).
struct Description {
  let schema: Schema
  /// The one in use.
  let keyspace: String?
  let node: NodeDescription
  let withInternals: Bool

  init(_ describe: Describe, _ schema: Schema, _ keyspace: String?, _ node: NodeDescription) {
    self.schema = schema
    self.keyspace = keyspace
    self.node = node
    withInternals = describe.withInternals
  }

  /// Something that has a name, and the statement that makes it.
  private struct Element {
    var keyspace: String
    var type: String
    var name: String
    var statement: String

    /// Cassandra sorts names without regard to case.
    var order: (String, String) { (name.lowercased(), name) }
  }

  func page(_ element: Describe.Element) throws(TableError) -> Page {
    switch element {
    case .cluster: return cluster
    case .schema(let isFull):
      var elements: [Element] = []
      for name in keyspaces where isFull || !SystemKeyspace.contains(name) {
        elements += try all(in: name)
      }
      return page(elements)
    case .keyspaces: return list(try keyspaces.map(self.keyspace(named:)))
    case .keyspace(let name, let isOnly):
      let name = try current(name)
      return page(isOnly ? [try keyspace(named: name)] : try all(in: name))
    case .tables: return list(try listed { tables(in: $0).map(self.element) })
    case .types: return list(try listed { schema.describedTypes(in: $0).map(self.element) })
    case .functions, .aggregates: return list(try listed { _ in [] })
    case .table(let name): return page(try table(name.table, in: try current(name.keyspace)))
    case .index(let name): return page([try index(name.name, in: try current(name.keyspace))])
    case .type(let name):
      let space = try current(name.keyspace)
      try require(space)
      guard let type = schema.types[QualifiedName(keyspace: space, name.name)] else {
        throw .invalid("User defined type '\(name.name)' not found in '\(space)'")
      }
      return page([self.element(type)])
    case .materializedView(let name): throw try missing("Materialized view", name)
    case .function(let name): throw try missing("User defined function", name)
    case .aggregate(let name): throw try missing("User defined aggregate", name)
    case .any(let name): return page(try any(name))
    }
  }

  private var keyspaces: [String] {
    schema.keyspaces.keys.sorted { ($0.lowercased(), $0) < ($1.lowercased(), $1) }
  }

  private func current(_ name: String?) throws(TableError) -> String {
    guard let name = name ?? keyspace else {
      throw .invalid("No keyspace specified and no current keyspace")
    }
    return name
  }

  private func require(_ name: String) throws(TableError) {
    guard schema.keyspaces[name] != nil else {
      throw .invalid("'\(name)' not found in keyspaces")
    }
  }

  /// There are none of these; what is wrong first is the keyspace.
  private func missing(_ what: String, _ name: QualifiedName) throws(TableError) -> TableError {
    let space = try current(name.keyspace)
    try require(space)
    return .invalid("\(what) '\(name.name)' not found in '\(space)'")
  }

  /// What `elements` finds in the keyspace in use, where there is none in all of them.
  private func listed(
    _ elements: (String) -> [Element]
  ) throws(TableError) -> [Element] {
    if let keyspace { try require(keyspace) }
    return (keyspace.map { [$0] } ?? keyspaces).flatMap { name in
      elements(name).sorted { $0.order < $1.order }
    }
  }

  private func any(_ name: QualifiedName) throws(TableError) -> [Element] {
    if name.keyspace == nil, schema.keyspaces[name.name] != nil { return try all(in: name.name) }
    let space = name.keyspace ?? keyspace ?? name.name
    try require(space)
    if schema.tables[TableName(keyspace: space, table: name.name)] != nil {
      return try table(name.name, in: space)
    }
    guard schema.index(name.name, in: space) != nil else {
      throw .invalid("'\(name.name)' not found in keyspace '\(space)'")
    }
    return [try index(name.name, in: space)]
  }

  private func all(in name: String) throws(TableError) -> [Element] {
    [try keyspace(named: name)] + schema.describedTypes(in: name).map(element)
      + tables(in: name).flatMap { [element($0)] + indexes(of: $0) }
  }

  private func keyspace(named name: String) throws(TableError) -> Element {
    try require(name)
    return Element(
      keyspace: name, type: "keyspace", name: name,
      statement: schema.keyspaces[name]?.described ?? "")
  }

  private func tables(in keyspace: String) -> [Table] {
    schema.tables(of: keyspace).sorted {
      ($0.name.lowercased(), $0.name) < ($1.name.lowercased(), $1.name)
    }
  }

  private func table(_ name: String, in space: String) throws(TableError) -> [Element] {
    try require(space)
    guard let table = schema.tables[TableName(keyspace: space, table: name)] else {
      throw .invalid("Table '\(name)' not found in keyspace '\(space)'")
    }
    return [element(table)] + indexes(of: table)
  }

  private func index(_ name: String, in space: String) throws(TableError) -> Element {
    try require(space)
    guard let (table, index) = schema.index(name, in: space) else {
      throw .invalid("Table for existing index '\(name)' not found in '\(space)'")
    }
    return element(index, of: table)
  }

  private func indexes(of table: Table) -> [Element] {
    table.indexes.map { element($0, of: table) }.sorted { $0.order < $1.order }
  }

  private func element(_ table: Table) -> Element {
    Element(
      keyspace: table.keyspace, type: "table", name: table.name,
      statement: table.described(withInternals: withInternals))
  }

  private func element(_ index: Index, of table: Table) -> Element {
    Element(
      keyspace: table.keyspace, type: "index", name: index.name,
      statement: table.described(index))
  }

  private func element(_ type: UserType) -> Element {
    Element(keyspace: type.keyspace, type: "type", name: type.name, statement: type.cql)
  }

  private func page(_ elements: [Element]) -> Page {
    Page(
      columns: ["keyspace_name", "type", "name", "create_statement"]
        .map { ResultColumn(name: $0, type: .text) },
      rows: elements.map { name($0) + [Array($0.statement.utf8)] })
  }

  private func list(_ elements: [Element]) -> Page {
    Page(
      columns: ["keyspace_name", "type", "name"].map { ResultColumn(name: $0, type: .text) },
      rows: elements.map(name))
  }

  private func name(_ element: Element) -> [[UInt8]?] {
    [CQLIdentifier.quoted(element.keyspace), element.type, CQLIdentifier.quoted(element.name)]
      .map { Array($0.utf8) }
  }

  private var cluster: Page {
    let partitioner = NodeDescription.partitioner.split(separator: ".").last ?? ""
    var names = ["cluster", "partitioner", "snitch"].map { ResultColumn(name: $0, type: .text) }
    var row: [[UInt8]?] = [node.clusterName, String(partitioner), NodeDescription.snitch]
      .map { Array($0.utf8) }
    if let keyspace, !SystemKeyspace.contains(keyspace) {
      names.append(
        ResultColumn(name: "range_ownership", type: .map(.text, .list(.text))))
      let endpoint = "\(DataType.inet.display(node.address)):\(NodeDescription.storagePort)"
      row.append(
        LiteralEncoder.collection(
          [
            Array("\(NodeDescription.token)".utf8),
            LiteralEncoder.collection([Array(endpoint.utf8)]),
          ], count: 1))
    }
    return Page(columns: names, rows: [row])
  }
}

extension Schema {
  /// The types of a keyspace in an order in which each can be made: a type after those in it.
  func describedTypes(in keyspace: String) -> [UserType] {
    var left = types.values.filter { $0.keyspace == keyspace }.sorted { $0.name < $1.name }
    var ordered: [UserType] = []
    while !left.isEmpty {
      let next = left.firstIndex { type in
        !left.contains { other in
          other != type && type.fields.contains { $0.type.uses(other.keyspace, other.name) }
        }
      }
      ordered.append(left.remove(at: next ?? 0))
    }
    return ordered
  }
}
