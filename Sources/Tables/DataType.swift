package import CQL

/// The type of a column: how its values are encoded, compared and shown.
package indirect enum DataType: Hashable, Sendable {
  case ascii, text, blob, boolean
  case tinyint, smallint, int, bigint
  case float, double
  case timestamp, date
  case uuid, timeuuid
  /// Collections are kept whole (frozen): they are replaced, never changed in part.
  case list(DataType)
  case set(DataType)
  case map(DataType, DataType)

  private static let named: [String: DataType] = [
    "ascii": .ascii, "text": .text, "varchar": .text, "blob": .blob, "boolean": .boolean,
    "tinyint": .tinyint, "smallint": .smallint, "int": .int, "bigint": .bigint, "float": .float,
    "double": .double, "timestamp": .timestamp, "date": .date, "uuid": .uuid,
    "timeuuid": .timeuuid,
  ]

  /// The type that a statement names. Thrown: `TableError` where it is unknown or not supported.
  package init(_ name: TypeName, frozen: Bool = false) throws(TableError) {
    switch name {
    case .named(let word):
      guard let type = DataType.named[word] else {
        throw .invalid(
          "Unknown type \(word); supported are "
            + DataType.named.keys.sorted().joined(separator: ", ")
            + " and frozen list, set and map of these")
      }
      self = type
    case .frozen(let inner): try self.init(inner, frozen: true)
    case .list(let element) where frozen: self = .list(try DataType(element, frozen: true))
    case .set(let element) where frozen: self = .set(try DataType(element, frozen: true))
    case .map(let key, let value) where frozen:
      self = .map(try DataType(key, frozen: true), try DataType(value, frozen: true))
    case .list, .set, .map:
      throw .invalid("Non-frozen collections are not supported: write frozen<…>")
    case .tuple: throw .invalid("Tuples are not supported")
    }
  }

  /// The name as Cassandra prints it.
  package var name: String {
    switch self {
    case .list(let element): "frozen<list<\(element.innerName)>>"
    case .set(let element): "frozen<set<\(element.innerName)>>"
    case .map(let key, let value): "frozen<map<\(key.innerName), \(value.innerName)>>"
    default: innerName
    }
  }

  private var innerName: String {
    switch self {
    case .list(let element): "list<\(element.innerName)>"
    case .set(let element): "set<\(element.innerName)>"
    case .map(let key, let value): "map<\(key.innerName), \(value.innerName)>"
    default: "\(self)"
    }
  }

  /// The number of bytes of every value; nil where it varies.
  var fixedSize: Int? {
    switch self {
    case .boolean, .tinyint: 1
    case .smallint: 2
    case .int, .float, .date: 4
    case .bigint, .double, .timestamp: 8
    case .uuid, .timeuuid: 16
    case .ascii, .text, .blob, .list, .set, .map: nil
    }
  }

  /// Shown flush right in a table.
  package var isNumeric: Bool {
    switch self {
    case .tinyint, .smallint, .int, .bigint, .float, .double: true
    default: false
    }
  }

  /// Checks bytes that come from outside, e.g. a bound value.
  func validate(_ bytes: UnsafeRawBufferPointer, column: String) throws(TableError) {
    if let size = fixedSize, bytes.count != size {
      throw .invalid("Expected \(size) bytes for \(column) of type \(name) (\(bytes.count))")
    }
    switch self {
    case .text:
      if !isValidUTF8(bytes) { throw .invalid("String didn't validate (\(column) is no UTF-8)") }
    case .ascii:
      if bytes.contains(where: { $0 > 127 }) {
        throw .invalid("Invalid byte for ascii in \(column)")
      }
    case .timeuuid:
      if bytes[6] >> 4 != 1 { throw .invalid("Invalid version for TimeUUID type. (\(column))") }
    case .list(let element), .set(let element):
      for bytes in try parts(bytes, column) { try element.validate(bytes, column: column) }
    case .map(let key, let value):
      for (number, bytes) in try parts(bytes, column).enumerated() {
        try (number % 2 == 0 ? key : value).validate(bytes, column: column)
      }
    default: break
    }
  }

  private func parts(
    _ bytes: UnsafeRawBufferPointer, _ column: String
  ) throws(TableError) -> [UnsafeRawBufferPointer] {
    guard let found = elements(bytes) else {
      throw .invalid("Malformed collection for \(column)")
    }
    return found
  }

  /// The elements of a collection's bytes (of a map: keys and values by turns); nil where the
  /// bytes are not one.
  func elements(_ bytes: UnsafeRawBufferPointer) -> [UnsafeRawBufferPointer]? {
    var offset = 0
    func int32() -> Int? {
      guard bytes.count - offset >= 4 else { return nil }
      defer { offset += 4 }
      return Int(Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self)))
    }
    guard let count = int32(), count >= 0, count <= bytes.count else { return nil }
    var perEntry = 1
    if case .map = self { perEntry = 2 }
    var found: [UnsafeRawBufferPointer] = []
    for _ in 0..<(count * perEntry) {
      guard let length = int32(), length >= 0, length <= bytes.count - offset else { return nil }
      found.append(UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + length)]))
      offset += length
    }
    return offset == bytes.count ? found : nil
  }
}
