internal import CQL

/// What a statement has done to the definitions: what the native protocol tells clients of it.
package struct DefinitionChange: Hashable, Sendable {
  /// Whether something is new, other or gone.
  package enum Kind: String, Sendable {
    case created = "CREATED"
    case updated = "UPDATED"
    case dropped = "DROPPED"
  }

  /// What it has been done to; an index is a part of its table.
  package enum Target: String, Sendable {
    case keyspace = "KEYSPACE"
    case table = "TABLE"
    case type = "TYPE"
  }

  package var kind: Kind
  package var target: Target
  package var keyspace: String
  /// The table's or type's name; empty for a keyspace.
  package var name: String
}

extension DefinitionChange {
  /// What one statement's difference is; nil where clients are not told of it.
  init?(_ difference: SchemaDifference) {
    guard difference.isTold else { return nil }
    let (old, new) = (difference.old, difference.new)
    // What a keyspace holds goes with it, and tables change with a type of theirs.
    if let name = difference.keyspaces.first {
      self.init(old.keyspaces[name] != nil, new.keyspaces[name] != nil, .keyspace, name, "")
    } else if let name = difference.types.first(where: { type in
      !difference.types.contains { $0 != type && new.types[type]?.uses($0) == true }
    }) {
      self.init(
        old.types[name] != nil, new.types[name] != nil, .type, name.keyspace ?? "", name.name)
    } else if let name = difference.tables.first {
      self.init(
        old.tables[name] != nil, new.tables[name] != nil, .table, name.keyspace ?? "", name.table)
    } else {
      return nil
    }
  }

  private init(
    _ was: Bool, _ isThere: Bool, _ target: Target, _ keyspace: String, _ name: String
  ) {
    kind = was ? isThere ? .updated : .dropped : .created
    self.target = target
    self.keyspace = keyspace
    self.name = name
  }
}

extension UserType {
  fileprivate func uses(_ other: QualifiedName) -> Bool {
    fields.contains { $0.type.uses(other.keyspace ?? "", other.name) }
  }
}
