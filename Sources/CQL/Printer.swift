// Trees back to CQL that parses to the same trees.

/// Names as CQL writes them.
package enum CQLIdentifier {
  /// `name`, between double quotes if CQL would otherwise fold its case or take it for a keyword.
  package static func quoted(_ name: String) -> String {
    let isPlain =
      name.utf8.allSatisfy { isNamePart($0) && lowercased($0) == $0 }
      && name.utf8.first.map { !isDigit($0) && $0 != UInt8(ascii: "_") } ?? false
    if isPlain, Keyword.named(name)?.isReserved != true { return name }
    return "\"\(doubled(name, "\""))\""
  }

  /// `name` quoted also where it is one of `ambiguous`, which mean something else in its place.
  static func quoted(_ name: String, unlike ambiguous: Set<Keyword>) -> String {
    Keyword.named(name).map(ambiguous.contains) ?? false ? "\"\(name)\"" : quoted(name)
  }

  /// A function's name as a term or a selector begins with it.
  static func function(_ keyspace: String?, _ name: String) -> String {
    let ambiguous: Set<Keyword> = [.as, .cast, .distinct, .json, .key]
    let keyspace = keyspace.map { quoted($0, unlike: ambiguous) + "." } ?? ""
    if name == Keyword.token.rawValue { return keyspace + name }
    return keyspace + quoted(name, unlike: ambiguous)
  }

  /// `text` with every `quote` in it doubled.
  static func doubled(_ text: String, _ quote: Character) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      result.unicodeScalars.append(scalar)
      if Character(scalar) == quote { result.unicodeScalars.append(scalar) }
    }
    return result
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
  /// Trees that CQL cannot write (an empty set, a marker out of order, a batch in a batch) have no
  /// such text.
  package var cql: String {
    switch self {
    case .createKeyspace(let statement): statement.cql
    case .createTable(let statement): statement.cql
    case .createIndex(let statement): statement.cql
    case .drop(let statement): statement.cql
    case .truncate(let table): "TRUNCATE TABLE \(table.cql)"
    case .use(let keyspace): "USE \(CQLIdentifier.quoted(keyspace))"
    case .insert(let statement): statement.cql
    case .select(let statement): statement.cql
    case .update(let statement): statement.cql
    case .delete(let statement): statement.cql
    case .batch(let statement): statement.cql
    case .describe(let statement): statement.cql
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

extension Describe {
  var cql: String {
    switch self {
    case .keyspaces: "DESCRIBE KEYSPACES"
    case .tables: "DESCRIBE TABLES"
    case .keyspace(nil): "DESCRIBE KEYSPACE"
    case .keyspace(let name?): "DESCRIBE KEYSPACE \(CQLIdentifier.quoted(name))"
    case .table(let name): "DESCRIBE TABLE \(name.cql)"
    case .schema: "DESCRIBE SCHEMA"
    }
  }
}
