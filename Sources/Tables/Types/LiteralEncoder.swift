internal import Bytes
internal import CQL
internal import Machine

/// Turns a value written in a statement into bytes, with the errors that Cassandra has for it.
struct LiteralEncoder {
  let column: String
  let clock: Clock

  /// Nil for `null`.
  func encode(_ term: Term, _ type: DataType) throws(TableError) -> [UInt8]? {
    switch term {
    case .null:
      if type == .counter { throw .invalid("Invalid null value for counter increment/decrement") }
      return nil
    case .cast(let hint, let inner):
      let hinted = try DataType(hint, in: TypeScope(of: type), frozen: true)
      guard hinted.takes(inner) else {
        throw .invalid("Cannot cast value \(inner.cql) to type \(hint.cql)")
      }
      guard type.whole.reads(hinted) else {
        throw .invalid("Cannot assign value \(term.cql) to \(column) of type \(type.name)")
      }
      return try encode(inner, type)
    case .negation(let inner):
      guard let constant = inner.negated else { throw notConstant(term, type) }
      return try encode(constant, type)
    case .function, .arithmetic, .marker: throw notConstant(term, type)
    case .list(let terms): return try encodeList(terms, type)
    case .set(let terms): return try encodeSet(terms, type)
    case .map(let entries): return try encodeMap(entries, type)
    case .tuple(let terms): return try encodeTuple(terms, type)
    case .user(let fields):
      guard case .user(let user) = type.whole else { throw mismatch("user type literal", type) }
      return try encodeUser(fields, user)
    case .blob(let bytes):
      guard type.takes(term) else { throw invalid(term, type) }
      return bytes
    case .integer, .decimal, .string, .boolean, .uuid, .duration:
      guard type.takes(term), let (_, text) = term.constant else { throw invalid(term, type) }
      return try type.encode(constant: text, clock: clock)
    }
  }

  private func invalid(_ term: Term, _ type: DataType) -> TableError {
    let (kind, text) = term.constant ?? ("value", term.cql)
    return .invalid("Invalid \(kind) constant (\(text)) for \"\(column)\" of type \(type.name)")
  }

  /// What is computed at each execution has no value before.
  private func notConstant(_ term: Term, _ type: DataType) -> TableError {
    .invalid("Cannot assign value \(term.cql) to \(column) of type \(type.name)")
  }

  private func mismatch(_ kind: String, _ type: DataType) -> TableError {
    .invalid("Invalid \(kind) for \(column) of type \(type.name)")
  }

  private func encodeList(_ terms: [Term], _ type: DataType) throws(TableError) -> [UInt8] {
    guard case .list(let element) = type.whole else { throw mismatch("list literal", type) }
    return Self.collection(try encodeAll(terms, element, "list literal", "value"))
  }

  private func encodeSet(_ terms: [Term], _ type: DataType) throws(TableError) -> [UInt8] {
    guard case .set(let element) = type.whole else { throw mismatch("set literal", type) }
    let values = try encodeAll(terms, element, "set literal", "value")
    return Self.collection(element.sortedDistinct(values))
  }

  private func encodeMap(_ entries: [MapEntry], _ type: DataType) throws(TableError) -> [UInt8] {
    // Braces with nothing between are a set's until a map wants them.
    if entries.isEmpty {
      switch type.whole {
      case .set, .map: return Self.collection([])
      default: throw mismatch("set literal", type)
      }
    }
    guard case .map(let key, let value) = type.whole else { throw mismatch("map literal", type) }
    let keys = try encodeAll(entries.map(\.key), key, "map literal", "key")
    let values = try encodeAll(entries.map(\.value), value, "map literal", "value")
    return key.map(keys, values)
  }

  private func encodeAll(
    _ terms: [Term], _ type: DataType, _ literal: String, _ role: String
  ) throws(TableError) -> [[UInt8]] {
    var values: [[UInt8]] = []
    for term in terms {
      guard type.takes(term) else {
        throw .invalid(
          "Invalid \(literal) for \(column): \(role) \(term.cql) is not of type \(type.name)")
      }
      guard let bytes = try encode(term, type) else {
        throw .invalid("null is not supported inside collections")
      }
      values.append(bytes)
    }
    return values
  }

  private func encodeTuple(_ terms: [Term], _ type: DataType) throws(TableError) -> [UInt8] {
    guard case .tuple(let fields) = type.whole else { throw mismatch("tuple type literal", type) }
    guard terms.count <= fields.count else {
      throw .invalid(
        "Invalid tuple literal for \(column): too many elements. Type \(type.name) expects "
          + "\(fields.count) but got \(terms.count)")
    }
    var values: [[UInt8]?] = []
    for (number, (term, field)) in zip(terms, fields).enumerated() {
      guard field.takes(term) else {
        throw .invalid(
          "Invalid tuple literal for \(column): component \(number) is not of type \(field.name)")
      }
      values.append(
        try LiteralEncoder(column: "\(column)[\(number)]", clock: clock)
          .encode(term, field))
    }
    return Self.tuple(values)
  }

  private func encodeUser(_ terms: [FieldValue], _ type: UserType) throws(TableError) -> [UInt8] {
    for term in terms where !type.fields.contains(where: { $0.name == term.field }) {
      throw .invalid("Unknown field '\(term.field)' in value of user defined type \(type.name)")
    }
    var values: [[UInt8]?] = []
    for field in type.fields {
      let term = terms.last { $0.field == field.name }?.value ?? .null
      guard field.type.takes(term) else {
        throw .invalid(
          "Invalid user type literal for \(column): field \(field.name) is not of type "
            + field.type.name)
      }
      values.append(
        try LiteralEncoder(column: "\(column).\(field.name)", clock: clock)
          .encode(term, field.type))
    }
    return Self.tuple(values)
  }
}

// The native encoding of what is made of parts.
extension LiteralEncoder {
  /// A list or set; with `count`, a map's keys and values by turns.
  static func collection(_ values: [[UInt8]], count: Int? = nil) -> [UInt8] {
    bigEndian(Int32(truncatingIfNeeded: count ?? values.count)) + tuple(values)
  }

  /// A tuple's fields, nil for null.
  static func tuple(_ values: [[UInt8]?]) -> [UInt8] {
    var bytes: [UInt8] = []
    for value in values {
      bytes += bigEndian(value.map { Int32(truncatingIfNeeded: $0.count) } ?? -1)
      if let value { bytes += value }
    }
    return bytes
  }
}

extension DataType {
  /// The values of this type as a set has them: sorted, each once.
  func sortedDistinct(_ values: [[UInt8]]) -> [[UInt8]] {
    // As in Cassandra's TreeSet, the first of equal values stays: of a driver's; of a literal's its
    // choice is arbitrary.
    Dictionary(values.map { (component($0), $0) }, uniquingKeysWith: { first, _ in first })
      .sorted { $0.key.lexicographicallyPrecedes($1.key) }
      .map(\.value)
  }

  private func component(_ value: [UInt8]) -> [UInt8] {
    var key = ByteBuffer(capacity: value.count + 16)
    value.withUnsafeBytes { appendComponent($0, descending: false, to: &key) }
    return key.toArray()
  }

  /// A map with keys of this type, sorted by key. Of equal keys, as in Cassandra's TreeMap, the
  /// first stays, with the value of the last.
  func map(_ keys: [[UInt8]], _ values: [[UInt8]]) -> [UInt8] {
    let entries = zip(keys, values).map { (component($0), (key: $0, value: $1)) }
    let sorted = Dictionary(entries, uniquingKeysWith: { ($0.key, $1.value) })
      .sorted { $0.key.lexicographicallyPrecedes($1.key) }
      .map(\.value)
    return LiteralEncoder.collection(sorted.flatMap { [$0.key, $0.value] }, count: sorted.count)
  }
}
