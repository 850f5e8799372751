package import CQL

/// The user-defined types that a statement may name: those of one keyspace.
package struct TypeScope: Sendable {
  package var keyspace: String
  package var types: [String: UserType]

  package init(keyspace: String, types: [String: UserType] = [:]) {
    self.keyspace = keyspace
    self.types = types
  }
}

// From a type's name to the type, with Cassandra's rules for what may stand in what
// (`CQL3Type.Raw`), and back.
extension DataType {
  private static let native: [NativeType: DataType] = [
    .ascii: .ascii, .text: .text, .varchar: .text, .blob: .blob, .boolean: .boolean,
    .tinyint: .tinyint, .smallint: .smallint, .int: .int, .bigint: .bigint, .varint: .varint,
    .counter: .counter, .float: .float, .double: .double, .decimal: .decimal,
    .timestamp: .timestamp, .date: .date, .time: .time, .duration: .duration, .uuid: .uuid,
    .timeuuid: .timeuuid, .inet: .inet,
  ]

  /// The type that a statement names. `frozen`: it stands in something that is. Thrown:
  /// `TableError` where there is no such type.
  package init(
    _ name: TypeName, in scope: TypeScope, frozen: Bool = false
  ) throws(TableError) {
    switch name {
    case .native(let word):
      guard let type = DataType.native[word] else {
        throw .invalid("Unknown type \(name.cql)")
      }
      self = type
    case .custom: throw .unsupported("The custom type \(name.cql)")
    case .frozen(let inner):
      guard inner.mayBeFrozen else {
        throw TableError(
          .syntaxError,
          "frozen<> is only allowed on collections, tuples, and user-defined types "
            + "(got \(inner.cql))")
      }
      try self.init(inner, in: scope, frozen: true)
    case .tuple(let names):
      var fields: [DataType] = []
      for field in names {
        let type = try DataType(field, in: scope, frozen: true)
        if type == .counter { throw .invalid("Counters are not allowed inside tuples") }
        fields.append(type)
      }
      self = .tuple(fields)
      try checkSize()
    case .user(let user):
      let type = DataType.user(try scope.find(user))
      self = frozen ? type : .multiCell(type)
    case .list(let element):
      let list = DataType.list(try DataType.part(element, of: name, in: scope, frozen))
      self = frozen ? list : .multiCell(list)
    case .set(let element):
      let type = try DataType.part(element, of: name, in: scope, frozen)
      if type == .duration {
        throw .invalid("Durations are not allowed inside sets: \(name.cql)")
      }
      self = frozen ? .set(type) : .multiCell(.set(type))
    case .map(let key, let value):
      let keyType = try DataType.part(key, of: name, in: scope, frozen)
      if keyType == .duration {
        throw .invalid("Durations are not allowed as map keys: \(name.cql)")
      }
      let map = DataType.map(keyType, try DataType.part(value, of: name, in: scope, frozen))
      self = frozen ? map : .multiCell(map)
    }
  }

  /// A type that stands in a collection.
  private static func part(
    _ part: TypeName, of collection: TypeName, in scope: TypeScope, _ frozen: Bool
  ) throws(TableError) -> DataType {
    let type = try DataType(part, in: scope, frozen: frozen)
    if type == .counter {
      throw .invalid("Counters are not allowed inside collections: \(collection.cql)")
    }
    if case .multiCell(let whole) = type {
      var kind = "collections"
      if case .user = whole { kind = "UDTs" }
      throw .invalid("Non-frozen \(kind) are not allowed inside collections: \(collection.cql)")
    }
    return type
  }

  /// The name as Cassandra prints it.
  package var name: String {
    switch self {
    case .list, .set, .map, .tuple, .user: "frozen<\(bareName)>"
    default: bareName
    }
  }

  private var bareName: String {
    switch self {
    case .list(let element): "list<\(element.name)>"
    case .set(let element): "set<\(element.name)>"
    case .map(let key, let value): "map<\(key.name), \(value.name)>"
    case .tuple(let fields): "tuple<\(fields.map(\.name).joined(separator: ", "))>"
    case .user(let type): CQLIdentifier.type(QualifiedName(type.name))
    case .multiCell(let whole): whole.bareName
    default: "\(self)"
    }
  }

  /// This type with `type` wherever an older definition of it stands.
  func replacing(_ type: UserType) -> DataType {
    switch self {
    case .list(let element): .list(element.replacing(type))
    case .set(let element): .set(element.replacing(type))
    case .map(let key, let value): .map(key.replacing(type), value.replacing(type))
    case .tuple(let fields): .tuple(fields.map { $0.replacing(type) })
    case .user(let old) where old.keyspace == type.keyspace && old.name == type.name:
      .user(type)
    case .user(let other): .user(other.replacing(type))
    case .multiCell(let whole): .multiCell(whole.replacing(type))
    default: self
    }
  }
}

extension UserType {
  func replacing(_ type: UserType) -> UserType {
    var copy = self
    copy.fields = fields.map { Field(name: $0.name, type: $0.type.replacing(type)) }
    return copy
  }

  /// The CREATE TYPE statement that makes this type.
  package var cql: String {
    let full = CQLIdentifier.type(QualifiedName(keyspace: keyspace, name))
    let lines = fields.map { "    \(CQLIdentifier.quoted($0.name)) \($0.type.name)" }
    return "CREATE TYPE \(full) (\n" + lines.joined(separator: ",\n") + "\n);"
  }
}

extension TypeScope {
  /// The user-defined types inside one type: what a type hint on a value of it may name.
  init(of type: DataType) {
    self.init(keyspace: "")
    collect(type)
  }

  private mutating func collect(_ type: DataType) {
    if case .user(let user) = type {
      keyspace = user.keyspace
      types[user.name] = user
    }
    for part in type.parts { collect(part) }
  }

  fileprivate func find(_ name: QualifiedName) throws(TableError) -> UserType {
    if let other = name.keyspace, other != keyspace {
      throw .invalid(
        "Statement on keyspace \(keyspace) cannot refer to a user type in keyspace \(other); "
          + "user types can only be used in the keyspace they are defined in")
    }
    guard let type = types[name.name] else {
      throw .invalid("Unknown type \(keyspace).\(name.name)")
    }
    return type
  }
}

extension TypeName {
  fileprivate var mayBeFrozen: Bool {
    switch self {
    case .native, .custom: false
    case .frozen(let inner): inner.mayBeFrozen
    case .user, .list, .set, .map, .tuple: true
    }
  }
}
