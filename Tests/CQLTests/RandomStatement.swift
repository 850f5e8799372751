import CQL

/// SplitMix64: the same statements for the same seed.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

/// Makes random trees that CQL can write. Markers are numbered as they are made, so every part is
/// made in the order in which it is written.
struct RandomStatement {
  var generator: SeededGenerator
  var markers = 0
  private var allowsMarkers = true

  init(seed: UInt64) { generator = SeededGenerator(state: seed) }

  mutating func statement() -> Statement {
    markers = 0
    allowsMarkers = true
    switch below(14) {
    case 0: return .createKeyspace(createKeyspace())
    case 1, 2: return .createTable(createTable())
    case 3: return .createIndex(createIndex())
    case 4: return .drop(drop())
    case 5: return chance(2) ? .truncate(tableName()) : .use(keyspace: name())
    case 6: return .describe(describe())
    case 7: return .batch(batch())
    case 8: return .insert(insert())
    case 9: return .update(update())
    case 10: return .delete(delete())
    default: return .select(select())
    }
  }

  mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &generator) }
  mutating func chance(_ odds: Int) -> Bool { below(odds) == 0 }

  mutating func some<Element>(
    _ counts: ClosedRange<Int>, _ make: (inout RandomStatement) -> Element
  ) -> [Element] {
    (0..<Int.random(in: counts, using: &generator)).map { _ in make(&self) }
  }

  mutating func name() -> String {
    let names = [
      "a", "b", "id", "ts", "name", "key", "json", "distinct", "as", "exists", "values", "keys",
      "ttl", "select", "Mixed", "with space", "quo\"te", "_x", "1st", "ünï", "set", "token", "p1d",
      "P1D", "deadbeef", "count", "cast", "contains", "true", "clustering", "list", "static", "e5",
      "tables", "entries", "full", "in", "limit", "user", "per", "compact", "x0", "nan", "-- no",
    ]
    return names[below(names.count)]
  }

  mutating func names(_ counts: ClosedRange<Int>) -> [String] { some(counts) { $0.name() } }

  mutating func tableName() -> TableName {
    TableName(keyspace: chance(3) ? name() : nil, table: name())
  }

  mutating func type(_ depth: Int = 0) -> TypeName {
    switch below(depth > 3 ? 3 : 8) {
    case 3: return .list(type(depth + 1))
    case 4: return .set(type(depth + 1))
    case 5: return .map(type(depth + 1), type(depth + 1))
    case 6: return .tuple(some(1...3) { $0.type(depth + 1) })
    case 7: return .frozen(type(depth + 1))
    default: return .named(chance(4) ? name() : "text")
    }
  }

  mutating func marker() -> Term {
    markers += 1
    return .marker(index: markers - 1, name: chance(2) ? name() : nil)
  }

  mutating func integer() -> Term {
    allowsMarkers && chance(3)
      ? marker() : .integer("\(Int.random(in: -1000...1000, using: &generator))")
  }

  mutating func text() -> String {
    let pieces = ["a", "'", "''", ";", "$$", "--", "/*", "\n", "\r\n", "é", "😀", "\"", "\0", "?"]
    return some(0...6) { $0.below(pieces.count) }.map { pieces[$0] }.joined()
  }

  mutating func term(_ depth: Int = 0) -> Term {
    switch below(depth > 3 ? 12 : 18) {
    case 0: return .integer("\(Int64.random(in: .min ... .max, using: &generator))")
    case 1: return .decimal(["1.5", "-2.25e-7", "1e10", "3.", "NaN", "-Infinity"][below(6)])
    case 2: return .boolean(chance(2))
    case 3: return .uuid("DEADbeef-0000-1000-8000-0123456789ab")
    case 4: return .uuid("1d2e3f4a-0000-4000-8000-0123456789ab")
    case 5: return .blob(some(0...5) { UInt8($0.below(256)) })
    case 6:
      let durations = [
        "1h30m", "-2mo3d", "5µs", "P1Y2DT3H", "-P2W", "P0001-02-03T04:05:06", "PT1S", "1Y9ns",
      ]
      return .duration(durations[below(durations.count)])
    case 7: return .null
    case 8, 9: return allowsMarkers ? marker() : .null
    case 12: return .list(some(0...3) { $0.term(depth + 1) })
    case 13: return .set(some(1...3) { $0.term(depth + 1) })
    case 14:
      return .map(
        some(0...3) { MapEntry(key: $0.term(depth + 1), value: $0.term(depth + 1)) })
    case 15: return .tuple(some(1...3) { $0.term(depth + 1) })
    case 16:
      return .function(
        keyspace: chance(3) ? name() : nil, name: name(),
        arguments: some(0...3) { $0.term(depth + 1) })
    case 17: return .cast(type(), term(depth + 1))
    default: return .string(text())
    }
  }

  mutating func options() -> [Option] {
    allowsMarkers = false
    return some(0...3) { Option(name: $0.name(), value: $0.term()) }
  }

  mutating func createKeyspace() -> CreateKeyspace {
    CreateKeyspace(name: name(), ifNotExists: chance(2), options: options())
  }

  mutating func createTable() -> CreateTable {
    CreateTable(
      name: tableName(), ifNotExists: chance(2),
      columns: some(0...5) {
        CreateTable.Column(name: $0.name(), type: $0.type(), isStatic: $0.chance(4))
      },
      partitionKey: names(1...3), clusteringKey: names(0...3),
      clusteringOrder: orderings(), options: options())
  }

  mutating func orderings() -> [Ordering] {
    some(0...2) { Ordering(column: $0.name(), descending: $0.chance(2)) }
  }

  mutating func createIndex() -> CreateIndex {
    let column = name()
    let targets: [CreateIndex.Target] = [
      .values(column), .keys(column), .entries(column), .full(column),
    ]
    return CreateIndex(
      name: chance(2) ? name() : nil, ifNotExists: chance(2), table: tableName(),
      target: targets[below(4)])
  }

  mutating func drop() -> Drop {
    let kind: Drop.Kind = [.keyspace, .table, .index][below(3)]
    return Drop(
      kind: kind, name: kind == .keyspace ? TableName(table: name()) : tableName(),
      ifExists: chance(2))
  }

  mutating func describe() -> Describe {
    switch below(6) {
    case 0: .keyspaces
    case 1: .tables
    case 2: .keyspace(nil)
    case 3: .keyspace(name())
    case 4: .schema
    default: .table(tableName())
    }
  }
}
