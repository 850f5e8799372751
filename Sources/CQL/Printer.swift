// Trees back to CQL that parses to the same trees.

/// Names as CQL writes them.
package enum CQLIdentifier {
  /// `name`, between double quotes if CQL would otherwise fold its case or take it for a keyword.
  package static func quoted(_ name: String) -> String {
    let isPlain =
      name.utf8.allSatisfy { isNamePart($0) && lowercased($0) == $0 }
      && name.utf8.first.map { !isDigit($0) && $0 != UInt8(ascii: "_") } ?? false
    if isPlain, Keyword.named(name)?.isReserved != true { return name }
    return "\"\(doubled(name, UInt8(ascii: "\"")))\""
  }

  /// `name` quoted also where it is one of `ambiguous`, which mean something else in its place.
  static func quoted(_ name: String, unlike ambiguous: Set<Keyword>) -> String {
    Keyword.named(name).map(ambiguous.contains) ?? false ? "\"\(name)\"" : quoted(name)
  }

  /// A function's name as CQL writes it.
  static func function(_ name: QualifiedName) -> String {
    let keyspace = name.keyspace.map { quoted($0) + "." } ?? ""
    if name.name == Keyword.token.rawValue { return keyspace + name.name }
    let isAmbiguous = Keyword.named(name.name)?.isNoFunctionName ?? false
    return keyspace + (isAmbiguous ? "\"\(name.name)\"" : quoted(name.name))
  }

  /// A user-defined type's name as CQL writes it.
  package static func type(_ name: QualifiedName) -> String {
    let keyspace = name.keyspace.map { quoted($0) + "." } ?? ""
    let isAmbiguous =
      Keyword.named(name.name)?.isNoTypeName ?? false
      || NativeType(rawValue: name.name) != nil || NativeType.reserved.contains(name.name)
    return keyspace + (isAmbiguous ? "\"\(name.name)\"" : quoted(name.name))
  }

  /// `text` with every `quote` in it doubled.
  static func doubled(_ text: String, _ quote: UInt8) -> String {
    guard text.utf8.contains(quote) else { return text }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count + 16)
    for byte in text.utf8 {
      bytes.append(byte)
      if byte == quote { bytes.append(byte) }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension Sequence {
  /// What `print` makes of each element, between commas.
  func commaSeparated(_ print: (Element) -> String) -> String {
    map(print).joined(separator: ", ")
  }
}

extension Statement: CustomStringConvertible {
  /// The statement in CQL, without a semicolon at its end; it parses to an equal statement.
  ///
  /// Trees that CQL cannot write (an empty set, a marker out of order, a sum in a product, a batch
  /// in a batch) have no such text.
  package var cql: String {
    switch self {
    case .createKeyspace(let statement): statement.cql
    case .alterKeyspace(let statement): statement.cql
    case .createTable(let statement): statement.cql
    case .alterTable(let statement): statement.cql
    case .createType(let statement): statement.cql
    case .alterType(let statement): statement.cql
    case .createIndex(let statement): statement.cql
    case .drop(let statement): statement.cql
    case .truncate(let table): "TRUNCATE TABLE \(table.cql)"
    case .use(let keyspace): "USE \(CQLIdentifier.quoted(keyspace))"
    case .insert(let statement): statement.cql
    case .insertJSON(let statement): statement.cql
    case .select(let statement): statement.cql
    case .update(let statement): statement.cql
    case .delete(let statement): statement.cql
    case .batch(let statement): statement.cql
    case .describe(let statement): statement.cql
    case .unsupported(let statement): statement.text
    }
  }

  /// Same as `cql`.
  package var description: String { cql }
}

extension TableName {
  /// `keyspace.table` or `table`.
  package var cql: String {
    (keyspace.map { CQLIdentifier.quoted($0) + "." } ?? "") + CQLIdentifier.quoted(table)
  }
}

extension QualifiedName {
  /// `keyspace.name` or `name`.
  package var cql: String {
    (keyspace.map { CQLIdentifier.quoted($0) + "." } ?? "") + CQLIdentifier.quoted(name)
  }
}
