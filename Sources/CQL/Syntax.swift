/// One CQL statement, as written: names are not yet resolved, values not yet typed.
package indirect enum Statement: Equatable, Sendable {
  case createKeyspace(CreateKeyspace)
  case createTable(CreateTable)
  case createIndex(CreateIndex)
  case drop(Drop)
  case truncate(TableName)
  case use(keyspace: String)
  case insert(Insert)
  case select(Select)
  case update(Update)
  case delete(Delete)
  case batch(Batch)
  case describe(Describe)
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

/// `CREATE KEYSPACE name WITH …`.
package struct CreateKeyspace: Equatable, Sendable {
  package var name: String
  package var ifNotExists: Bool
  package var options: [Option]

  package init(name: String, ifNotExists: Bool, options: [Option]) {
    self.name = name
    self.ifNotExists = ifNotExists
    self.options = options
  }
}

/// One `name = value` of a WITH clause.
package struct Option: Equatable, Sendable {
  package var name: String
  package var value: Term

  package init(name: String, value: Term) {
    self.name = name
    self.value = value
  }
}

/// `CREATE TABLE name (columns, PRIMARY KEY (…)) WITH …`.
package struct CreateTable: Equatable, Sendable {
  /// One column: a name, a type and perhaps STATIC.
  package struct Column: Equatable, Sendable {
    package var name: String
    package var type: TypeName
    package var isStatic: Bool

    package init(name: String, type: TypeName, isStatic: Bool = false) {
      self.name = name
      self.type = type
      self.isStatic = isStatic
    }
  }

  package var name: TableName
  package var ifNotExists: Bool
  package var columns: [Column]
  package var partitionKey: [String]
  package var clusteringKey: [String]
  /// `CLUSTERING ORDER BY`: only the columns it names.
  package var clusteringOrder: [Ordering]
  /// Every other WITH option.
  package var options: [Option]

  package init(
    name: TableName, ifNotExists: Bool, columns: [Column], partitionKey: [String],
    clusteringKey: [String], clusteringOrder: [Ordering], options: [Option]
  ) {
    self.name = name
    self.ifNotExists = ifNotExists
    self.columns = columns
    self.partitionKey = partitionKey
    self.clusteringKey = clusteringKey
    self.clusteringOrder = clusteringOrder
    self.options = options
  }
}

/// A column type as written.
package indirect enum TypeName: Hashable, Sendable {
  /// A native or user-defined type, e.g. `text`, `timestamp`, `address`.
  case named(String)
  case list(TypeName)
  case set(TypeName)
  case map(TypeName, TypeName)
  case tuple([TypeName])
  case frozen(TypeName)
}

/// One column of an ORDER BY.
package struct Ordering: Hashable, Sendable {
  package var column: String
  package var descending: Bool

  package init(column: String, descending: Bool) {
    self.column = column
    self.descending = descending
  }
}

/// `CREATE INDEX name ON table (target)`.
package struct CreateIndex: Equatable, Sendable {
  /// The column, and for a collection the part of it, that is indexed.
  package enum Target: Hashable, Sendable {
    case values(String)
    case keys(String)
    case entries(String)
    case full(String)
  }

  package var name: String?
  package var ifNotExists: Bool
  package var table: TableName
  package var target: Target

  package init(name: String?, ifNotExists: Bool, table: TableName, target: Target) {
    self.name = name
    self.ifNotExists = ifNotExists
    self.table = table
    self.target = target
  }
}

/// `DROP KEYSPACE | TABLE | INDEX name`.
package struct Drop: Equatable, Sendable {
  /// What is dropped.
  package enum Kind: String, Sendable { case keyspace, table, index }

  package var kind: Kind
  /// For a keyspace, the name stands in `table` and `keyspace` is nil.
  package var name: TableName
  package var ifExists: Bool

  package init(kind: Kind, name: TableName, ifExists: Bool) {
    self.kind = kind
    self.name = name
    self.ifExists = ifExists
  }
}

/// A value as written.
package indirect enum Term: Equatable, Sendable {
  /// A number without fraction or exponent, its digits as written: any size.
  case integer(String)
  /// A number with fraction or exponent, or NaN and Infinity, as written.
  case decimal(String)
  case string(String)
  case boolean(Bool)
  case uuid(String)
  /// The bytes of `0x…`.
  case blob([UInt8])
  /// A duration as written, e.g. `1h30m`.
  case duration(String)
  case null
  case list([Term])
  case set([Term])
  /// `{}` alone is an empty `map`.
  case map([MapEntry])
  case tuple([Term])
  case function(keyspace: String?, name: String, arguments: [Term])
  /// `(type) term`.
  case cast(TypeName, Term)
  /// `?` and `:name`, numbered from 0 in the order written.
  case marker(index: Int, name: String?)
}

/// One `key: value` of a map literal.
package struct MapEntry: Equatable, Sendable {
  package var key: Term
  package var value: Term

  package init(key: Term, value: Term) {
    self.key = key
    self.value = value
  }
}

/// `USING TTL … AND TIMESTAMP …`.
package struct Using: Equatable, Sendable {
  package var ttl: Term?
  package var timestamp: Term?

  package init(ttl: Term? = nil, timestamp: Term? = nil) {
    self.ttl = ttl
    self.timestamp = timestamp
  }
}

/// `INSERT INTO table (columns) VALUES (…)`.
package struct Insert: Equatable, Sendable {
  package var table: TableName
  package var columns: [String]
  package var values: [Term]
  package var ifNotExists: Bool
  package var using: Using

  package init(
    table: TableName, columns: [String], values: [Term], ifNotExists: Bool, using: Using
  ) {
    self.table = table
    self.columns = columns
    self.values = values
    self.ifNotExists = ifNotExists
    self.using = using
  }
}

/// One thing a SELECT returns.
package struct Selector: Equatable, Sendable {
  /// A column's value, or what is made of values, of a row or of all rows.
  package indirect enum Expression: Equatable, Sendable {
    case column(String)
    case countRows
    case function(keyspace: String?, name: String, arguments: [Expression])
    case cast(Expression, TypeName)
    case term(Term)
  }

  package var expression: Expression
  package var alias: String?

  package init(expression: Expression, alias: String? = nil) {
    self.expression = expression
    self.alias = alias
  }
}

/// `SELECT … FROM table WHERE …`.
package struct Select: Equatable, Sendable {
  package var json: Bool = false
  package var distinct: Bool = false
  /// Empty means `*`.
  package var selectors: [Selector] = []
  package var table: TableName
  package var relations: [Relation] = []
  package var groupBy: [String] = []
  package var orderBy: [Ordering] = []
  package var perPartitionLimit: Term?
  package var limit: Term?
  package var allowFiltering: Bool = false

  package init(table: TableName) { self.table = table }
}

/// How a relation compares.
package enum Comparison: String, Sendable {
  case equal = "="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
  case `in` = "IN"
  case contains = "CONTAINS"
  case containsKey = "CONTAINS KEY"
}

/// One restriction of a WHERE clause.
package enum Relation: Equatable, Sendable {
  case column(String, Comparison, Term)
  /// `column[key] = value`.
  case element(column: String, key: Term, Comparison, Term)
  /// `(a, b) > (…)`; for IN the term is a list of tuples, or a marker.
  case columns([String], Comparison, Term)
  case token([String], Comparison, Term)
}

/// `column IN (…)` keeps its values as `Term.list`.
package typealias Where = [Relation]

/// One assignment of an UPDATE's SET clause.
package enum Assignment: Equatable, Sendable {
  case set(column: String, Term)
  /// `column = column + term`, `column += term`.
  case add(column: String, Term)
  /// `column = column - term`, `column -= term`.
  case subtract(column: String, Term)
  /// `column = term + column`, for lists.
  case prepend(column: String, Term)
  case element(column: String, key: Term, Term)
  case field(column: String, field: String, Term)
}

/// A lightweight transaction's condition.
package enum Condition: Equatable, Sendable {
  case none
  case exists
  case relations([Relation])
}

/// `UPDATE table USING … SET … WHERE … IF …`.
package struct Update: Equatable, Sendable {
  package var table: TableName
  package var using: Using
  package var assignments: [Assignment]
  package var relations: Where
  package var condition: Condition

  package init(
    table: TableName, using: Using, assignments: [Assignment], relations: Where,
    condition: Condition
  ) {
    self.table = table
    self.using = using
    self.assignments = assignments
    self.relations = relations
    self.condition = condition
  }
}

/// `DELETE columns FROM table USING TIMESTAMP … WHERE … IF …`.
package struct Delete: Equatable, Sendable {
  /// A column, or the part of one, that is deleted.
  package enum Target: Equatable, Sendable {
    case column(String)
    case element(column: String, key: Term)
    case field(column: String, field: String)
  }

  package var table: TableName
  /// Empty means whole rows.
  package var targets: [Target]
  package var using: Using
  package var relations: Where
  package var condition: Condition

  package init(
    table: TableName, targets: [Target], using: Using, relations: Where, condition: Condition
  ) {
    self.table = table
    self.targets = targets
    self.using = using
    self.relations = relations
    self.condition = condition
  }
}

/// `BEGIN … BATCH … APPLY BATCH`.
package struct Batch: Equatable, Sendable {
  /// The word before BATCH; without one a batch is logged.
  package enum Kind: String, Sendable { case logged, unlogged, counter }

  package var kind: Kind
  package var using: Using
  /// Inserts, updates and deletes only.
  package var statements: [Statement]

  package init(kind: Kind, using: Using, statements: [Statement]) {
    self.kind = kind
    self.using = using
    self.statements = statements
  }
}

/// `DESCRIBE …`.
package enum Describe: Equatable, Sendable {
  case keyspaces
  case tables
  case keyspace(String?)
  case table(TableName)
  case schema
}
