internal import CQL

/// What CREATE, ALTER, DROP and TRUNCATE make of the definitions: a new value, nothing else. What
/// has to be written, removed and built follows from comparing it with the old one.
struct SchemaChange {
  var schema: Schema
  /// The one in use.
  let keyspace: String?
  /// The change's time in microseconds since 1970: not before anything that has been written.
  let timestamp: Int64

  mutating func apply(_ statement: Statement) throws(TableError) {
    switch statement {
    case .createKeyspace(let create): try createKeyspace(create)
    case .alterKeyspace(let alter): try alterKeyspace(alter)
    case .createTable(let create): try createTable(create)
    case .alterTable(let alter): try alterTable(alter)
    case .createType(let create): try createType(create)
    case .alterType(let alter): try alterType(alter)
    case .createIndex(let create): try createIndex(create)
    case .drop(let drop): try self.drop(drop)
    case .truncate(let name): truncate(try schema.table(name, current: keyspace))
    default: throw .invalid("The statement changes no definition")
    }
  }

  private mutating func drop(_ drop: Drop) throws(TableError) {
    switch drop.kind {
    case .keyspace: try dropKeyspace(drop)
    case .table: try dropTable(drop)
    case .type: try dropType(drop)
    case .index: try dropIndex(drop)
    }
  }

  /// The keyspace that a name is in. Thrown: where none is named and none in use.
  func keyspace(of name: String?) throws(TableError) -> String {
    guard let keyspace = name ?? keyspace else { throw .noKeyspace }
    return keyspace
  }

  /// A keyspace that must be there.
  func requireKeyspace(_ name: String) throws(TableError) {
    guard schema.keyspaces[name] != nil else { throw .invalid("Keyspace '\(name)' doesn't exist") }
  }

  /// Whether Cassandra takes a name for a keyspace, a table or an index.
  static func isPlain(_ name: String) -> Bool {
    !name.isEmpty
      && name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
          true
        default: false
        }
      }
  }
}
