import Bytes
import LMDB
import Machine
import Testing

@testable import Tables

/// Definitions as the programs before wrote them: any option and any replication was taken, and
/// there were no tables of the system.
@Suite struct FormerDefinitionsTests {
  private func table(options: String) -> [UInt8] {
    var bytes = ByteBuffer(capacity: 256)
    func append(_ text: String) {
      bytes.append(varint: UInt64(text.utf8.count))
      bytes.append(utf8: text)
    }
    bytes.append(1)
    bytes.append(bigEndian: UInt32(7))
    bytes.append(varint: UInt64(3))
    let columns: [(String, String, UInt8, UInt64, UInt8)] = [
      ("a", "int", 0, 0, 0), ("b", "timestamp", 1, 0, 1), ("v", "frozen<list<u>>", 2, 0, 0),
    ]
    for (id, column) in columns.enumerated() {
      bytes.append(varint: UInt64(id))
      append(column.0)
      append(column.1)
      bytes.append(column.2)
      bytes.append(varint: column.3)
      bytes.append(column.4)
    }
    bytes.append(varint: UInt64(1))
    bytes.append(bigEndian: UInt32(9))
    append("i")
    bytes.append(varint: UInt64(2))
    append(options)
    return bytes.toArray()
  }

  private func write(_ directory: String, _ entries: [(String, [UInt8])]) throws {
    try LocalDisk().createDurableDirectory(directory)
    let environment = try Environment(
      "\(directory)/data.mdb", databases: Databases.names, options: .init())
    try environment.write(mapping: TableError.init) { transaction throws(TableError) in
      try Format.write(transaction)
      for (key, value) in entries { try SchemaStore.set(key, value, transaction) }
    }
  }

  @Test func `they are taken on, and told of`() throws {
    let store = try TemporaryTables()
    let directory = store.directory + "/former"
    try write(
      directory,
      [
        ("keyspace/k", [1] + Array("CREATE KEYSPACE k".utf8)),
        (
          "keyspace/o",
          [1] + Array("CREATE KEYSPACE o WITH replication = {'class': 'Everywhere'}".utf8)
        ),
        ("type/k/u", [1, 1, 1, 97, 3] + Array("int".utf8)),
        (
          "table/k/t",
          table(options: "comment = 'it''s' AND nonsense = 5 AND gc_grace_seconds = 'x'")
        ),
      ])
    for _ in 0..<2 {
      let tables = try Tables(directory)
      let table = try #require(tables.schema.userTables.first)
      #expect(table.indexes.map(\.target) == [.full])
      #expect(table.indexes.allSatisfy { $0.isBuilt })
      #expect(table.options.gcGraceSeconds == 864_000)
      #expect(table.options[.comment] == .text("it's"))
      #expect(tables.schema.nextID == 10)
      #expect(tables.schema.keyspaces["o"]?.replication == .simple(1))
      let described = try tables.execute("DESCRIBE TABLE k.t").rows.map { row in
        String(decoding: row[3] ?? [], as: UTF8.self)
      }
      #expect(described[0].hasPrefix("CREATE TABLE k.t (\n    a int,\n    b timestamp,\n"))
      #expect(described[0].contains("WITH CLUSTERING ORDER BY (b DESC)"))
      #expect(described[0].contains("AND comment = 'it''s'\n"))
      #expect(described[1] == "CREATE INDEX i ON k.t (full(v));")
      let columns = try tables.execute(
        "SELECT column_name FROM system_schema.columns WHERE keyspace_name = 'k'")
      #expect(columns.rows.count == 3)
      #expect(try TablesCheck(tables).faults == [])
      let uuid = table.uuid
      _ = try tables.execute("ALTER TABLE k.t WITH gc_grace_seconds = 864000 AND cdc = false")
      #expect(tables.schema.userTables.first?.uuid == uuid)
    }
    // What is written by this program is read as strictly as it is written.
    let tables = try Tables(directory)
    _ = try tables.execute("ALTER TABLE k.t WITH gc_grace_seconds = 5")
    #expect(tables.schema.userTables.first?.options.gcGraceSeconds == 5)
  }

  @Test func `definitions that cannot be read are an error that names them`() throws {
    let store = try TemporaryTables()
    for (number, (key, value)) in [
      ("table/k/t", [UInt8]([1, 0])), ("table/k/t", [3]), ("type/k/u", [9]),
      ("keyspace/x", [1, 2]), ("state", [1, 0]), ("what/is/this", [1]),
    ].enumerated() {
      let directory = store.directory + "/damaged\(number)"
      try write(directory, [(key, value)])
      let error = #expect(throws: TableError.self) { _ = try Tables(directory) }
      #expect(error?.message == "the definition \(key) in tables/data.mdb cannot be read")
    }
  }
}
