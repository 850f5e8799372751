// Statements that change definitions.

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

/// `ALTER KEYSPACE name WITH …`.
package struct AlterKeyspace: Equatable, Sendable {
  package var name: String
  package var options: [Option]

  package init(name: String, options: [Option]) {
    self.name = name
    self.options = options
  }
}

/// One `name = value` of a WITH clause: the value is a constant or a map of constants.
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
  /// How often the statement says PRIMARY KEY; it makes sense only where that is once.
  package var primaryKeys = 1
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

/// One `name TO newName` of an ALTER.
package struct Renaming: Equatable, Sendable {
  package var name: String
  package var newName: String

  package init(_ name: String, to newName: String) {
    self.name = name
    self.newName = newName
  }
}

/// `ALTER TABLE name …`.
package struct AlterTable: Equatable, Sendable {
  /// What is altered.
  package enum Change: Equatable, Sendable {
    case add([CreateTable.Column])
    /// The timestamp is in microseconds: cells written later stay.
    case drop([String], timestamp: Int64?)
    case rename([Renaming])
    /// `ALTER column TYPE type`.
    case type(column: String, TypeName)
    case options([Option])
  }

  package var name: TableName
  package var change: Change

  package init(name: TableName, change: Change) {
    self.name = name
    self.change = change
  }
}

/// One field of a user-defined type.
package struct Field: Equatable, Sendable {
  package var name: String
  package var type: TypeName

  package init(name: String, type: TypeName) {
    self.name = name
    self.type = type
  }
}

/// `CREATE TYPE name (fields)`.
package struct CreateType: Equatable, Sendable {
  package var name: QualifiedName
  package var ifNotExists: Bool
  package var fields: [Field]

  package init(name: QualifiedName, ifNotExists: Bool, fields: [Field]) {
    self.name = name
    self.ifNotExists = ifNotExists
    self.fields = fields
  }
}

/// `ALTER TYPE name …`.
package struct AlterType: Equatable, Sendable {
  /// What is altered.
  package enum Change: Equatable, Sendable {
    case add(Field)
    case rename([Renaming])
    /// `ALTER field TYPE type`.
    case type(field: String, TypeName)
  }

  package var name: QualifiedName
  package var change: Change

  package init(name: QualifiedName, change: Change) {
    self.name = name
    self.change = change
  }
}

/// `CREATE INDEX name ON table (targets)`.
package struct CreateIndex: Equatable, Sendable {
  /// The column, and for a collection the part of it, that is indexed.
  package enum Target: Hashable, Sendable {
    /// A column's values, without a word that says so.
    case column(String)
    case values(String)
    case keys(String)
    case entries(String)
    case full(String)
  }

  package var name: String?
  package var ifNotExists: Bool
  package var table: TableName
  /// One; only a custom index has none or several.
  package var targets: [Target]
  /// `CREATE CUSTOM INDEX`.
  package var isCustom: Bool
  /// `USING 'class'`.
  package var indexClass: String?
  package var options: [Option]

  package init(
    name: String?, ifNotExists: Bool, table: TableName, targets: [Target], isCustom: Bool = false,
    indexClass: String? = nil, options: [Option] = []
  ) {
    self.name = name
    self.ifNotExists = ifNotExists
    self.table = table
    self.targets = targets
    self.isCustom = isCustom
    self.indexClass = indexClass
    self.options = options
  }
}

/// `DROP KEYSPACE | TABLE | TYPE | INDEX name`.
package struct Drop: Equatable, Sendable {
  /// What is dropped.
  package enum Kind: String, CaseIterable, Sendable { case keyspace, table, type, index }

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
