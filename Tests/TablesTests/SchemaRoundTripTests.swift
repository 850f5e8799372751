import CQL
import Machine
import Testing

@testable import Tables

/// Random definitions: kept over a restart, told by the system's tables, and made again by what
/// DESCRIBE prints.
@Suite struct SchemaRoundTripTests {
  @Test(arguments: ["", " WITH INTERNALS"])
  func `what DESCRIBE prints makes the same schema`(internals: String) throws {
    var random = seededRandom()
    for _ in 0..<8 {
      let store = try TemporaryTables()
      var definer = RandomSchema(random)
      for _ in 0..<40 { try definer.change(store) }
      random = definer.random
      let before = try store.tables.schema
      store.close()
      let after = try store.tables.schema
      #expect(after.keyspaces == before.keyspaces && after.types == before.types)
      #expect(after.tables == before.tables)
      #expect(after.versionID == before.versionID && after.nextID == before.nextID)
      #expect(try TablesCheck(store.tables).faults == [])

      let copy = try TemporaryTables()
      try copy.run("DROP KEYSPACE k")
      for row in try store.tables.execute("DESCRIBE SCHEMA\(internals)").rows {
        let statements = String(decoding: row[3] ?? [], as: UTF8.self)
        for statement in try CQLParser.split(script: statements) {
          do throws(TableError) { _ = try (try? copy.tables)?.execute(statement.text) } catch {
            Issue.record("\(error) in \(statement.text)")
          }
        }
      }
      let copied = try copy.tables.schema
      #expect(copied.keyspaces == before.keyspaces && copied.types == before.types)
      let wanted = before.userTables.map { $0.comparable(withInternals: !internals.isEmpty) }
      let found = copied.userTables.map { $0.comparable(withInternals: !internals.isEmpty) }
      #expect(Set(found) == Set(wanted))
      #expect(try TablesCheck(copy.tables).faults == [])
      let text = try store.rows("DESCRIBE SCHEMA\(internals)")
      #expect(try copy.rows("DESCRIBE SCHEMA\(internals)") == text)
    }
  }
}

extension Table {
  /// Without the numbers, which are each file's own.
  fileprivate func comparable(withInternals: Bool) -> Table {
    var copy = self
    copy.id = 0
    copy.indexes = indexes.map { index in
      var index = index
      index.id = 0
      index.columnID = UInt32(columns.firstIndex { $0.id == index.columnID } ?? 0)
      return index
    }.sorted { $0.name < $1.name }
    for place in copy.columns.indices { copy.columns[place].id = 0 }
    for place in copy.droppedColumns.indices { copy.droppedColumns[place].column.id = 0 }
    if !withInternals {
      copy.uuid = .named("")
      copy.droppedColumns = []
    }
    return copy
  }
}

/// Makes random changes that Cassandra would take.
private struct RandomSchema {
  var random: SeededRandom
  private var number = 0

  init(_ random: SeededRandom) { self.random = random }

  mutating func change(_ store: TemporaryTables) throws {
    number += 1
    let schema = try store.tables.schema
    let table = schema.userTables.sorted { $0.name < $1.name }.randomElement(using: &random)
    guard let statement = statement(schema, table) else { return }
    // What is wrong with a change, such as a type that is in use, is for others to test.
    do throws(TableError) { _ = try (try? store.tables)?.execute(statement) } catch {
      #expect(error.code == .invalid || error.code == .configuration, "\(statement): \(error)")
    }
  }

  private mutating func statement(_ schema: Schema, _ table: Table?) -> String? {
    let name = table?.fullName.cql ?? ""
    let others = table?.columns.filter { !$0.isKey } ?? []
    switch Int.random(in: 0..<14, using: &random) {
    case 0:
      return "CREATE KEYSPACE \(quoted("ks")) WITH replication = "
        + "{'class': 'NetworkTopologyStrategy', 'dc\(number)': '2'} AND durable_writes = \(coin)"
    case 1: return "ALTER KEYSPACE k WITH durable_writes = \(coin)"
    case 2...3: return createType(schema)
    case 4...6: return createTable(schema)
    case 7 where table != nil:
      let isStatic = table?.clusteringKey.isEmpty == false && coin
      return "ALTER TABLE \(name) ADD (\(quoted("n")) \(type(schema))\(isStatic ? " static" : ""), "
        + "m\(number) int)"
    case 8 where !others.isEmpty:
      guard let column = others.randomElement(using: &random) else { return nil }
      let time = coin ? " USING TIMESTAMP \(Int.random(in: 0...9_999_999_999, using: &random))" : ""
      return "ALTER TABLE \(name) DROP \(CQLIdentifier.quoted(column.name))\(time)"
    case 9 where table?.droppedColumns.isEmpty == false:
      guard let dropped = table?.droppedColumns.randomElement(using: &random)?.column else {
        return nil
      }
      return "ALTER TABLE \(name) ADD \(CQLIdentifier.quoted(dropped.name)) \(dropped.type.name)"
        + (dropped.kind == .static ? " static" : "")
    case 10 where table != nil:
      guard let key = table?.columns.filter(\.isKey).randomElement(using: &random) else {
        return nil
      }
      return "ALTER TABLE \(name) RENAME \(CQLIdentifier.quoted(key.name)) TO \(quoted("K"))"
    case 11 where table != nil: return "ALTER TABLE \(name) WITH \(options)"
    case 12...13 where table != nil: return createIndex(name, table)
    default: return nil
    }
  }

  private var coin: Bool { mutating get { Bool.random(using: &random) } }

  /// A name of its own, which may need quotes.
  private mutating func quoted(_ name: String) -> String {
    let forms = ["\(name)\(number)", "\(name.uppercased())_\(number)", "select\(number)"]
    return CQLIdentifier.quoted(forms.randomElement(using: &random) ?? name)
  }

  private mutating func type(_ schema: Schema, isKey: Bool = false) -> String {
    let simple = [
      "ascii", "bigint", "blob", "boolean", "date", "decimal", "double", "float", "inet", "int",
      "smallint", "text", "time", "timestamp", "timeuuid", "tinyint", "uuid", "varint",
    ]
    let base = simple.randomElement(using: &random) ?? "int"
    let user = schema.types.values.filter { $0.keyspace == "k" }.sorted { $0.name < $1.name }
      .randomElement(using: &random).map { CQLIdentifier.type(QualifiedName($0.name)) }
    let frozen = [
      base, base, "frozen<list<\(base)>>", "frozen<map<int, frozen<set<\(base)>>>>",
      "tuple<\(base), frozen<list<text>>>", "frozen<\(user ?? "set<int>")>",
    ]
    let cells = [
      "list<\(base)>", "set<\(base)>", "map<\(base), int>", "duration", user ?? "set<text>",
    ]
    return (isKey ? frozen : frozen + cells).randomElement(using: &random) ?? base
  }

  private mutating func createType(_ schema: Schema) -> String {
    let fields = (0..<Int.random(in: 1...3, using: &random)).map { place in
      let word = coin ? "\"F \(place)\"" : "f\(place)"
      let found = type(schema)
      return "\(word) \(schema.types.keys.contains { $0.name == found } ? "int" : found)"
    }
    let name = coin ? quoted("u") : "\"/u/\(number)/\""
    return "CREATE TYPE k.\(name) (\(fields.joined(separator: ", ")))"
  }

  private mutating func createTable(_ schema: Schema) -> String {
    let partition = (0..<Int.random(in: 1...2, using: &random)).map { "p\($0)" }
    let clustering = (0..<Int.random(in: 0...2, using: &random)).map { "c\($0)" }
    var columns = (partition + clustering).map { "\($0) \(type(schema, isKey: true))" }
    let isCounter = Int.random(in: 0..<6, using: &random) == 0
    for place in 0..<Int.random(in: 0...4, using: &random) {
      let isStatic = !clustering.isEmpty && Int.random(in: 0..<3, using: &random) == 0
      let word = coin ? "\"V \(place)\"" : "v\(place)"
      columns.append(
        "\(word) \(isCounter ? "counter" : type(schema))\(isStatic ? " static" : "")")
    }
    columns.shuffle(using: &random)
    let key = "(\(partition.joined(separator: ", ")))" + clustering.map { ", \($0)" }.joined()
    let order = clustering.map { "\($0) \(coin ? "DESC" : "ASC")" }.joined(separator: ", ")
    let with = [order.isEmpty ? "" : "CLUSTERING ORDER BY (\(order))", coin ? options : ""]
      .filter { !$0.isEmpty }.joined(separator: " AND ")
    return
      "CREATE TABLE k.\(quoted("t")) (\(columns.joined(separator: ", ")), PRIMARY KEY (\(key)))"
      + (with.isEmpty ? "" : " WITH \(with)")
  }

  private mutating func createIndex(_ name: String, _ table: Table?) -> String? {
    guard let column = table?.columns.randomElement(using: &random) else { return nil }
    let word = ["", "", "keys", "values", "entries", "full"].randomElement(using: &random) ?? ""
    let target = CQLIdentifier.quoted(column.name)
    return "CREATE INDEX \(coin ? quoted("i") : "") ON \(name) "
      + "(\(word.isEmpty ? target : "\(word)(\(target))"))"
  }

  private var options: String {
    mutating get {
      let number = number
      let all = [
        "comment = 'it''s \(number)'", "gc_grace_seconds = \(number)",
        "bloom_filter_fp_chance = 0.\(number)1", "crc_check_chance = 0.5", "cdc = true",
        "caching = {'keys': 'NONE', 'rows_per_partition': \(number)}",
        "compaction = {'class': 'LeveledCompactionStrategy', 'sstable_size_in_mb': \(number)}",
        "compaction = {'class': 'TimeWindowCompactionStrategy', 'max_threshold': \(number + 4)}",
        "compression = {'enabled': 'false'}",
        "compression = {'class': 'ZstdCompressor', 'chunk_length_in_kb': 64}",
        "default_time_to_live = \(number)", "min_index_interval = \(number)",
        "max_index_interval = \(number + 2_000)", "memtable_flush_period_in_ms = \(number)",
        "read_repair = 'none'", "speculative_retry = '\(number)ms'",
        "additional_write_policy = 'MIN(\(number)ms, 95.25p)'", "speculative_retry = 'never'",
      ]
      var seen: Set<Substring> = []
      return all.shuffled(using: &random).prefix(4)
        .filter { seen.insert($0.prefix { $0 != " " }).inserted }.joined(separator: " AND ")
    }
  }
}
