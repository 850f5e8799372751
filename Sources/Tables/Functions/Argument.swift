internal import CQL

/// What stands as an argument of a call, as far as it matters which function is meant.
struct Argument {
  enum Kind {
    /// A column, or another call: its type is known.
    case typed(DataType)
    case constant(Term)
    case marker
    case null
  }

  enum Match { case exact, weak, none }

  var kind: Kind
  /// As messages show it.
  var text: String

  /// Whether the argument may stand where a type does (Cassandra's `testAssignment`).
  func match(_ type: DataType) -> Match {
    switch kind {
    case .marker: return .weak
    case .null: return type == .counter ? .none : .weak
    case .typed(let own): return own.whole == type.whole ? .exact : type.reads(own) ? .weak : .none
    case .constant(let term):
      if term.preferredType == type { return .exact }
      return type.takes(term) ? .weak : .none
    }
  }

  var isMarker: Bool {
    if case .marker = kind { return true }
    return false
  }
}

extension Term {
  /// The type that a constant has by itself.
  var preferredType: DataType? {
    switch self {
    case .integer(let text):
      return Int32(text) != nil ? .int : Int64(text) != nil ? .bigint : .varint
    case .decimal(let text):
      guard let exact = BigDecimal(text) else { return .double }
      guard let value = Double(text), let near = BigDecimal(value) else { return .decimal }
      return exact.withoutTrailingZeros == near.withoutTrailingZeros ? .double : .decimal
    case .string(let text): return text.utf8.allSatisfy { $0 < 128 } ? .ascii : .text
    case .boolean: return .boolean
    case .uuid: return .uuid
    case .blob: return .blob
    case .duration: return .duration
    default: return nil
    }
  }
}

extension DataType {
  /// Whether values of another type are values of this one (Cassandra's `isValueCompatibleWith`).
  func reads(_ other: DataType) -> Bool {
    switch (whole, other.whole) {
    case (.blob, _), (.text, .ascii), (.uuid, .timeuuid), (.bigint, .timestamp), (.varint, .int),
      (.varint, .bigint), (.varint, .timestamp):
      true
    case (.list(let mine), .list(let element)), (.set(let mine), .set(let element)):
      mine.reads(element)
    case (.map(let key, let value), .map(let otherKey, let otherValue)):
      key == otherKey && value.reads(otherValue)
    case (.tuple(let mine), .tuple(let fields)):
      mine.count >= fields.count && zip(mine, fields).allSatisfy { $0.reads($1) }
    case (let mine, let type): mine == type
    }
  }
}
