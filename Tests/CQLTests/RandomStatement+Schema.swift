import CQL

extension RandomStatement {
  mutating func options(_ counts: ClosedRange<Int>) -> [Option] {
    some(counts) {
      Option(name: $0.name(), value: $0.chance(3) ? $0.optionMap() : $0.constant())
    }.reduce(into: []) { unique, option in
      if !unique.contains(where: { $0.name == option.name }) { unique.append(option) }
    }
  }

  private mutating func optionMap() -> Term {
    .map(some(0...3) { MapEntry(key: $0.constant(), value: $0.constant()) })
  }

  mutating func createKeyspace() -> CreateKeyspace {
    CreateKeyspace(name: name(), ifNotExists: chance(2), options: options(1...3))
  }

  mutating func tableColumn() -> CreateTable.Column {
    CreateTable.Column(name: name(), type: type(), isStatic: chance(4))
  }

  mutating func createTable() -> CreateTable {
    CreateTable(
      name: tableName(), ifNotExists: chance(2), columns: some(0...5) { $0.tableColumn() },
      partitionKey: names(1...3), clusteringKey: names(0...3),
      clusteringOrder: some(0...2) { Ordering(column: $0.name(), descending: $0.chance(2)) },
      options: options(0...3))
  }

  private mutating func renamings() -> [Renaming] {
    some(1...3) { Renaming($0.name(), to: $0.name()) }
  }

  mutating func alterTable() -> AlterTable {
    let name = tableName()
    switch below(5) {
    case 0: return AlterTable(name: name, change: .add(some(1...3) { $0.tableColumn() }))
    case 1:
      let timestamp = chance(2) ? Int64.random(in: .min ... .max, using: &generator) : nil
      return AlterTable(name: name, change: .drop(names(1...3), timestamp: timestamp))
    case 2: return AlterTable(name: name, change: .rename(renamings()))
    case 3: return AlterTable(name: name, change: .type(column: column(), type()))
    default: return AlterTable(name: name, change: .options(options(1...3)))
    }
  }

  private mutating func field() -> Field { Field(name: name(), type: type()) }

  mutating func createType() -> CreateType {
    CreateType(
      name: qualifiedName(), ifNotExists: chance(2), fields: some(1...4) { $0.field() })
  }

  mutating func alterType() -> AlterType {
    let name = qualifiedName()
    switch below(3) {
    case 0: return AlterType(name: name, change: .add(field()))
    case 1: return AlterType(name: name, change: .rename(renamings()))
    default: return AlterType(name: name, change: .type(field: self.name(), type()))
    }
  }

  private mutating func target() -> CreateIndex.Target {
    let column = column()
    switch below(5) {
    case 0: return .values(column)
    case 1: return .keys(column)
    case 2: return .entries(column)
    case 3: return .full(column)
    default: return .column(column)
    }
  }

  mutating func createIndex() -> CreateIndex {
    let isCustom = chance(3)
    return CreateIndex(
      name: chance(2) ? name() : nil, ifNotExists: chance(2), table: tableName(),
      targets: some(isCustom ? 0...3 : 1...1) { $0.target() }, isCustom: isCustom,
      indexClass: isCustom ? text() : nil, options: options(0...2))
  }

  mutating func drop() -> Drop {
    let kind = Drop.Kind.allCases[below(Drop.Kind.allCases.count)]
    return Drop(
      kind: kind, name: kind == .keyspace ? TableName(table: name()) : tableName(),
      ifExists: chance(2))
  }

  mutating func describe() -> Describe {
    let elements: [Describe.Element] = [
      .cluster, .schema(full: chance(2)), .keyspaces, .keyspace(name(), only: chance(2)),
      .keyspace(nil, only: chance(2)), .tables, .table(tableName()), .index(qualifiedName()),
      .materializedView(qualifiedName()), .types, .type(qualifiedName()), .functions,
      .function(qualifiedName()), .aggregates, .aggregate(qualifiedName()),
      .any(qualifiedName()),
    ]
    return Describe(elements[below(elements.count)], withInternals: chance(3))
  }

  mutating func unsupported() -> UnsupportedStatement {
    let examples = UnsupportedStatement.examples
    return examples[below(examples.count)]
  }
}

extension UnsupportedStatement {
  /// One of each kind, and of GRANT and LIST PERMISSIONS several.
  static let examples: [UnsupportedStatement] = [
    UnsupportedStatement(
      .createMaterializedView,
      text: "CREATE MATERIALIZED VIEW v AS SELECT a FROM t WHERE a IS NOT NULL PRIMARY KEY (a)"),
    UnsupportedStatement(
      .alterMaterializedView, text: "ALTER MATERIALIZED VIEW v WITH comment = 'x;y'"),
    UnsupportedStatement(.dropMaterializedView, text: "drop materialized view IF EXISTS k.v"),
    UnsupportedStatement(
      .createFunction,
      text: "CREATE OR REPLACE FUNCTION f (a int) CALLED ON NULL INPUT RETURNS int LANGUAGE java"
        + " AS $$return a; // ;$$"),
    UnsupportedStatement(.dropFunction, text: "DROP FUNCTION IF EXISTS f (int, list<int>)"),
    UnsupportedStatement(
      .createAggregate,
      text: "CREATE AGGREGATE g (int) SFUNC f STYPE int FINALFUNC h INITCOND 0"),
    UnsupportedStatement(.dropAggregate, text: "DROP AGGREGATE g"),
    UnsupportedStatement(.createTrigger, text: "CREATE TRIGGER r ON t USING 'x'"),
    UnsupportedStatement(.dropTrigger, text: "DROP TRIGGER r ON t"),
    UnsupportedStatement(
      .createRole,
      text: "CREATE ROLE IF NOT EXISTS r WITH PASSWORD = 'p' AND OPTIONS = {'a': 1} AND ACCESS TO"
        + " DATACENTERS {'x'}"),
    UnsupportedStatement(.alterRole, text: "ALTER ROLE r WITH LOGIN = true"),
    UnsupportedStatement(.dropRole, text: "DROP ROLE 'r'"),
    UnsupportedStatement(.createUser, text: "CREATE USER u WITH PASSWORD 'p' SUPERUSER"),
    UnsupportedStatement(.alterUser, text: "ALTER USER u NOSUPERUSER"),
    UnsupportedStatement(.dropUser, text: "DROP USER u"),
    UnsupportedStatement(.grant, text: "GRANT SELECT, MODIFY ON ALL TABLES IN KEYSPACE k TO r"),
    UnsupportedStatement(.grant, text: "GRANT r TO \"S\""),
    UnsupportedStatement(.revoke, text: "REVOKE ALL PERMISSIONS ON MBEANS 'a:*' FROM r"),
    UnsupportedStatement(.listRoles, text: "LIST ROLES OF r NORECURSIVE"),
    UnsupportedStatement(.listUsers, text: "LIST USERS"),
    UnsupportedStatement(.listPermissions, text: "LIST ALL PERMISSIONS ON k.t OF r"),
    UnsupportedStatement(.listPermissions, text: "LIST EXECUTE ON FUNCTION f(int)"),
  ]
}
