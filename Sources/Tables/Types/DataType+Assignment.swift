internal import CQL

extension DataType {
  /// Whether a term may be written where this type stands, without a look at its value
  /// (Cassandra's `testAssignment`).
  func takes(_ term: Term) -> Bool {
    switch (term, whole) {
    case (.null, let type): type != .counter
    case (.function, _), (.marker, _), (.arithmetic, _), (.cast, _): true
    case (.negation(let inner), _): inner.negated.map(takes) ?? true
    case (.string, .ascii), (.string, .text), (.string, .inet), (.string, .date), (.string, .time),
      (.string, .timestamp):
      true
    case (.integer, .bigint), (.integer, .counter), (.integer, .date), (.integer, .decimal),
      (.integer, .double), (.integer, .duration), (.integer, .float), (.integer, .int),
      (.integer, .smallint), (.integer, .time), (.integer, .timestamp), (.integer, .tinyint),
      (.integer, .varint):
      true
    case (.decimal, .decimal), (.decimal, .double), (.decimal, .float): true
    case (.uuid, .uuid), (.uuid, .timeuuid), (.boolean, .boolean), (.blob, .blob),
      (.duration, .duration):
      true
    case (.list(let terms), .list(let element)), (.set(let terms), .set(let element)):
      terms.allSatisfy(element.takes)
    case (.map(let entries), .map(let key, let value)):
      entries.allSatisfy { key.takes($0.key) && value.takes($0.value) }
    case (.map(let entries), .set): entries.isEmpty
    case (.tuple(let terms), .tuple(let fields)):
      terms.count <= fields.count && zip(terms, fields).allSatisfy { $1.takes($0) }
    case (.user(let values), .user(let type)):
      values.allSatisfy { value in
        type.fields.first { $0.name == value.field }?.type.takes(value.value) ?? true
      }
    default: false
    }
  }
}

extension Term {
  /// What a constant is in Cassandra's messages, and its text.
  var constant: (kind: String, text: String)? {
    switch self {
    case .integer(let text): ("INTEGER", text)
    case .decimal(let text): ("FLOAT", text)
    case .string(let text): ("STRING", text)
    case .boolean(let value): ("BOOLEAN", "\(value)")
    case .uuid(let text): ("UUID", text)
    case .blob: ("HEX", cql)
    case .duration(let text): ("DURATION", text)
    default: nil
    }
  }

  /// The number or duration with the other sign; nil where this is none.
  var negated: Term? {
    func flipped(_ text: String) -> String {
      text.hasPrefix("-") ? String(text.dropFirst()) : "-" + text
    }
    switch self {
    case .integer(let text): return .integer(flipped(text))
    case .decimal(let text): return .decimal(text == "NaN" ? text : flipped(text))
    case .duration(let text): return .duration(flipped(text))
    case .negation(let inner): return inner.negated?.negated
    default: return nil
    }
  }

  /// Whether the term has the same value at each execution: no marker and no function anywhere.
  var isConstant: Bool {
    switch self {
    case .function, .marker, .arithmetic: false
    case .list(let terms), .set(let terms), .tuple(let terms): terms.allSatisfy(\.isConstant)
    case .map(let entries): entries.allSatisfy { $0.key.isConstant && $0.value.isConstant }
    case .user(let fields): fields.allSatisfy(\.value.isConstant)
    case .cast(_, let inner): inner.isConstant
    case .negation: negated != nil
    default: true
    }
  }
}
