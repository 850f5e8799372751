// Statements that read and write rows.

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

/// `INSERT INTO table JSON …`.
package struct InsertJSON: Equatable, Sendable {
  /// What becomes of columns that the JSON does not name.
  package enum Default: String, Sendable {
    case null = "NULL"
    case unset = "UNSET"
  }

  package var table: TableName
  /// A string or a marker.
  package var json: Term
  package var `default`: Default
  package var ifNotExists: Bool
  package var using: Using

  package init(
    table: TableName, json: Term, default: Default, ifNotExists: Bool, using: Using
  ) {
    self.table = table
    self.json = json
    self.default = `default`
    self.ifNotExists = ifNotExists
    self.using = using
  }
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
