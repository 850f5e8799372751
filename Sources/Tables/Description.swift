internal import CQL

/// Answers DESCRIBE, with the columns of Cassandra 4's.
struct Description {
  let schema: Schema
  let keyspace: String?

  init(_ schema: Schema, _ keyspace: String?) {
    self.schema = schema
    self.keyspace = keyspace
  }

  func page(_ describe: Describe) throws(TableError) -> Page {
    switch describe.element {
    case .keyspaces:
      return page(schema.keyspaces.keys.sorted().map { ($0, "keyspace", $0, nil) })
    case .tables:
      return page(tables(of: keyspace).map { ($0.keyspace, "table", $0.name, nil) })
    case .keyspace(let name, let only):
      guard let name = name ?? keyspace else {
        throw .invalid("No keyspace specified and no current keyspace")
      }
      return page(only ? Array(try whole(name).prefix(1)) : try whole(name))
    case .table(let name):
      let table = try schema.table(name, current: keyspace)
      return page([(table.keyspace, "table", table.name, table.cql)])
    case .any(let name):
      if name.keyspace == nil, schema.keyspaces[name.name] != nil {
        return page(try whole(name.name))
      }
      let table = try schema.table(
        TableName(keyspace: name.keyspace, table: name.name), current: keyspace)
      return page([(table.keyspace, "table", table.name, table.cql)])
    case .cluster: throw .unsupported("DESCRIBE CLUSTER")
    case .index: throw .unsupported("DESCRIBE INDEX")
    case .materializedView: throw .unsupported("DESCRIBE MATERIALIZED VIEW")
    case .types: return page(types(of: keyspace).map { ($0.keyspace, "type", $0.name, nil) })
    case .type(let name):
      let space = name.keyspace ?? keyspace ?? ""
      guard let type = types(of: space).first(where: { $0.name == name.name }) else {
        throw .invalid("User defined type '\(name.name)' not found in '\(space)'")
      }
      return page([(type.keyspace, "type", type.name, type.cql)])
    case .functions, .function: throw .unsupported("DESCRIBE FUNCTION")
    case .aggregates, .aggregate: throw .unsupported("DESCRIBE AGGREGATE")
    case .schema:
      var rows: [Row] = []
      for name in schema.keyspaces.keys.sorted() { rows += try whole(name) }
      return page(rows)
    }
  }

  private typealias Row = (keyspace: String, type: String, name: String, statement: String?)

  private func whole(_ name: String) throws(TableError) -> [Row] {
    guard let statement = schema.keyspaces[name] else {
      throw .invalid("'\(name)' not found in keyspaces")
    }
    return [(name, "keyspace", name, statement + ";")]
      + types(of: name).map { ($0.keyspace, "type", $0.name, $0.cql) }
      + tables(of: name).map { ($0.keyspace, "table", $0.name, $0.cql) }
  }

  private func tables(of keyspace: String?) -> [Table] {
    schema.tables.values.filter { keyspace == nil || $0.keyspace == keyspace }
      .sorted { ($0.keyspace, $0.name) < ($1.keyspace, $1.name) }
  }

  /// In an order in which each can be made: a type after those in it.
  private func types(of keyspace: String?) -> [UserType] {
    var left = schema.types.values.filter { keyspace == nil || $0.keyspace == keyspace }
      .sorted { ($0.keyspace, $0.name) < ($1.keyspace, $1.name) }
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

  private func page(_ rows: [Row]) -> Page {
    let hasStatements = rows.contains { $0.statement != nil }
    let names = ["keyspace_name", "type", "name"] + (hasStatements ? ["create_statement"] : [])
    return Page(
      columns: names.map { ResultColumn(name: $0, type: .text) },
      rows: rows.map { row in
        [row.keyspace, row.type, row.name].map { Array($0.utf8) }
          + (hasStatements ? [row.statement.map { Array($0.utf8) }] : [])
      })
  }
}
