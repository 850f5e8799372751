import CQL
import Tables
import TestSupport

/// Types, as tables that have columns of them know them.
struct TypesByName {
  private var types: [String: DataType] = [:]

  static let keyspace = """
    CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}
    """
  static let userType = #"CREATE TYPE k.address (street text, number int, "Odd" float)"#

  init(_ names: Set<String>) throws {
    let folder = TemporaryDirectory()
    let tables = try Tables(folder("tables"))
    _ = try tables.execute(Self.keyspace)
    _ = try tables.execute(Self.userType)
    let sorted = names.sorted()
    let columns = sorted.enumerated().map { ", c\($0) \(Self.frozen($1))" }.joined()
    _ = try tables.execute("CREATE TABLE k.t (key int PRIMARY KEY\(columns))")
    let found = try tables.execute("SELECT * FROM k.t").columns
    for (number, name) in sorted.enumerated() {
      types[name] = found.first { $0.name == "c\(number)" }?.type
    }
  }

  subscript(name: String) -> DataType? { types[name] }

  /// A table with these columns, each of a partition key, a clustering key or neither.
  static func table(
    _ columns: [(name: String, type: String, kind: String)]
  ) throws -> Table? {
    let folder = TemporaryDirectory()
    let tables = try Tables(folder("tables"))
    _ = try tables.execute(keyspace)
    func names(_ kind: String) -> String {
      columns.filter { $0.kind == kind }.map { "\"\($0.name)\"" }.joined(separator: ", ")
    }
    let definitions = columns.map { "\"\($0.name)\" \(frozen($0.type))" }.joined(separator: ", ")
    _ = try tables.execute(
      "CREATE TABLE k.t (\(definitions), PRIMARY KEY ((\(names("partition"))), "
        + "\(names("clustering"))))")
    return tables.schema.tables[TableName(keyspace: "k", table: "t")]
  }

  /// A collection as a column of its own is another type.
  private static func frozen(_ type: String) -> String {
    type.contains("<") || type == "address" ? "frozen<\(type)>" : type
  }
}
