/// A column type as written.
package indirect enum TypeName: Hashable, Sendable {
  case native(NativeType)
  /// A user-defined type.
  case user(QualifiedName)
  case list(TypeName)
  case set(TypeName)
  case map(TypeName, TypeName)
  case tuple([TypeName])
  case frozen(TypeName)
  /// A class of the server's, named in single quotes.
  case custom(String)
}

/// The types that CQL has of its own, by the word that names each.
package enum NativeType: String, CaseIterable, Sendable {
  case ascii, bigint, blob, boolean, counter, date, decimal, double, duration, float, inet, int
  case smallint, text, time, timestamp, timeuuid, tinyint, uuid, varchar, varint

  /// The words that unquoted name no type, so that CQL may give them a meaning later.
  static let reserved: Set<String> = [
    "bitstring", "byte", "complex", "enum", "interval", "macaddr",
  ]
}
