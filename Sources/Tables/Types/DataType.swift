/// The type of a column: how its values are encoded, compared and shown.
package indirect enum DataType: Hashable, Sendable {
  case ascii, text, blob, boolean
  case tinyint, smallint, int, bigint, varint, counter
  case float, double, decimal
  case timestamp, date, time, duration
  case uuid, timeuuid, inet
  /// A value kept whole (frozen), as all types but `multiCell` are: it is replaced, never changed
  /// in part.
  case list(DataType)
  case set(DataType)
  case map(DataType, DataType)
  case tuple([DataType])
  case user(UserType)
  /// A collection or a user-defined type that is not frozen: its elements are cells of their own.
  /// Never nested. Sent and shown whole, it is a value of the type inside.
  case multiCell(DataType)

  /// The number of bytes of every value; nil where it varies.
  var fixedSize: Int? {
    switch self {
    case .boolean, .tinyint: 1
    case .smallint: 2
    case .int, .float, .date: 4
    case .bigint, .counter, .double, .timestamp, .time: 8
    case .uuid, .timeuuid: 16
    case .ascii, .text, .blob, .varint, .decimal, .duration, .inet: nil
    case .list, .set, .map, .tuple, .user, .multiCell: nil
    }
  }

  /// Whether Cassandra takes a value of no bytes, which then is neither null nor like any other.
  var takesEmptyValue: Bool {
    switch self {
    case .tinyint, .smallint, .date, .time, .duration, .counter: false
    case .list, .set, .map, .tuple, .user, .multiCell: false
    case .ascii, .text, .blob, .boolean, .int, .bigint, .varint, .float, .double, .decimal,
      .timestamp, .uuid, .timeuuid, .inet:
      true
    }
  }

  /// Whether a value of no bytes is a value like others: a key may have it.
  var hasEmptyValue: Bool {
    switch self {
    case .ascii, .text, .blob: true
    default: false
    }
  }

  /// Shown flush right in a table.
  package var isNumeric: Bool {
    switch self {
    case .tinyint, .smallint, .int, .bigint, .varint, .counter, .float, .double, .decimal: true
    default: false
    }
  }

  /// The type whose values these are, its cells put together.
  package var whole: DataType {
    if case .multiCell(let whole) = self { return whole }
    return self
  }

  /// Whether this is a collection that is kept whole.
  package var isFrozenCollection: Bool {
    switch self {
    case .list, .set, .map: true
    default: false
    }
  }

  /// Whether this is a collection whose elements are cells of their own.
  package var isMultiCellCollection: Bool {
    if case .multiCell(let whole) = self { return whole.isFrozenCollection }
    return false
  }

  /// The types that this one is made of.
  var parts: [DataType] {
    switch self {
    case .list(let element), .set(let element): [element]
    case .map(let key, let value): [key, value]
    case .tuple(let fields): fields
    case .user(let type): type.fields.map(\.type)
    case .multiCell(let whole): [whole]
    default: []
    }
  }

  /// Whether this is, or has inside, a type for which `condition` holds.
  func contains(_ condition: (DataType) -> Bool) -> Bool {
    condition(self) || parts.contains { $0.contains(condition) }
  }

  /// Whether two runs of bytes may be equal values: a tuple with and without a null at its end, 1.0
  /// and 1.00, any two that are no number, any two that are not zero for true.
  var hasManyForms: Bool {
    contains { type in
      switch type {
      case .tuple, .user, .varint, .decimal, .float, .double, .boolean: true
      default: false
      }
    }
  }

  /// Whether equal values may be shown differently, as 1.0 and 1.00 are: of a clustering column's a
  /// row keeps how it was written.
  var hasSpellings: Bool {
    contains { type in
      switch type {
      case .varint, .decimal: true
      default: false
      }
    }
  }

  /// Whether this is made of at most `count` types, of which it takes away its own.
  func fits(_ count: inout Int) -> Bool {
    count -= 1
    return count >= 0 && parts.allSatisfy { $0.fits(&count) }
  }

  /// Refuses types of which everything that walks through them would take too long.
  func checkSize() throws(TableError) {
    var left = Limits.typeParts
    guard fits(&left) else {
      throw .invalid("A type is made of more than \(Limits.typeParts) types")
    }
  }

  var containsDuration: Bool { contains { $0 == .duration } }

  /// What Cassandra calls the columns that a duration inside keeps from having an order.
  var durationHolder: String {
    switch whole {
    case .list, .set, .map: "collections containing durations"
    case .tuple: "tuples containing durations"
    case .user: "UDTs containing durations"
    default: "duration columns"
    }
  }

  /// Whether a user-defined type is used, however deep inside.
  func uses(_ keyspace: String, _ name: String) -> Bool {
    contains { type in
      guard case .user(let user) = type else { return false }
      return user.keyspace == keyspace && user.name == name
    }
  }
}

/// A user-defined type: a value of it is a tuple whose fields have names.
package struct UserType: Hashable, Sendable {
  /// One field.
  package struct Field: Hashable, Sendable {
    package var name: String
    /// As declared: a collection that is not frozen is kept whole all the same wherever the type
    /// is frozen.
    package var type: DataType

    package init(name: String, type: DataType) {
      self.name = name
      self.type = type
    }
  }

  package var keyspace: String
  package var name: String
  package var fields: [Field]

  package init(keyspace: String, name: String, fields: [Field]) {
    self.keyspace = keyspace
    self.name = name
    self.fields = fields
  }
}
