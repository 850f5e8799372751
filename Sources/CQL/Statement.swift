/// One CQL statement, as written: names are not yet resolved, values not yet typed.
package indirect enum Statement: Equatable, Sendable {
  case createKeyspace(CreateKeyspace)
  case alterKeyspace(AlterKeyspace)
  case createTable(CreateTable)
  case alterTable(AlterTable)
  case createType(CreateType)
  case alterType(AlterType)
  case createIndex(CreateIndex)
  case drop(Drop)
  case truncate(TableName)
  case use(keyspace: String)
  case insert(Insert)
  case insertJSON(InsertJSON)
  case select(Select)
  case update(Update)
  case delete(Delete)
  case batch(Batch)
  case describe(Describe)
  /// A statement of Cassandra's that is known by its first words only.
  case unsupported(UnsupportedStatement)
}

/// A table's name, with its keyspace where the statement names one.
package struct TableName: Hashable, Sendable {
  package var keyspace: String?
  package var table: String

  package init(keyspace: String? = nil, table: String) {
    self.keyspace = keyspace
    self.table = table
  }
}

/// The name of something other than a table, with its keyspace where the statement names one.
package struct QualifiedName: Hashable, Sendable {
  package var keyspace: String?
  package var name: String

  package init(keyspace: String? = nil, _ name: String) {
    self.keyspace = keyspace
    self.name = name
  }
}

/// A statement that is read no further than to see what it is.
package struct UnsupportedStatement: Equatable, Sendable {
  /// The statement's kind; `rawValue` names it as users know it.
  package enum Kind: String, CaseIterable, Sendable {
    case createMaterializedView = "CREATE MATERIALIZED VIEW"
    case alterMaterializedView = "ALTER MATERIALIZED VIEW"
    case dropMaterializedView = "DROP MATERIALIZED VIEW"
    case createFunction = "CREATE FUNCTION"
    case dropFunction = "DROP FUNCTION"
    case createAggregate = "CREATE AGGREGATE"
    case dropAggregate = "DROP AGGREGATE"
    case createTrigger = "CREATE TRIGGER"
    case dropTrigger = "DROP TRIGGER"
    case createRole = "CREATE ROLE"
    case alterRole = "ALTER ROLE"
    case dropRole = "DROP ROLE"
    case createUser = "CREATE USER"
    case alterUser = "ALTER USER"
    case dropUser = "DROP USER"
    case grant = "GRANT"
    case revoke = "REVOKE"
    case listRoles = "LIST ROLES"
    case listUsers = "LIST USERS"
    case listPermissions = "LIST PERMISSIONS"
  }

  package var kind: Kind
  /// The statement as written, without semicolon.
  package var text: String

  package init(_ kind: Kind, text: String) {
    self.kind = kind
    self.text = text
  }
}
