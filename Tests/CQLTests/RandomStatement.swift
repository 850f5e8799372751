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
    switch below(24) {
    case 0: return .createKeyspace(createKeyspace())
    case 1: return .alterKeyspace(AlterKeyspace(name: name(), options: options(1...3)))
    case 2, 3: return .createTable(createTable())
    case 4: return .alterTable(alterTable())
    case 5: return .createType(createType())
    case 6: return .alterType(alterType())
    case 7: return .createIndex(createIndex())
    case 8: return .drop(drop())
    case 9: return chance(2) ? .truncate(tableName()) : .use(keyspace: name())
    case 10: return .describe(describe())
    case 11: return .unsupported(unsupported())
    case 12, 13: return .batch(batch())
    case 14: return .insert(insert())
    case 15: return .insertJSON(insertJSON())
    case 16, 17: return .update(update())
    case 18: return .delete(delete())
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
      "default", "unset", "writetime", "int", "timestamp", "expr", "only", "function", "cluster",
      "type", "map", "byte", "columnfamilies", "vector", "like", "internals", "group", "counter",
    ]
    return names[below(names.count)]
  }

  /// A column's name: tables of old may have one that is empty.
  mutating func column() -> String { chance(20) ? "" : name() }

  mutating func names(_ counts: ClosedRange<Int>) -> [String] { some(counts) { $0.name() } }

  mutating func columns(_ counts: ClosedRange<Int>) -> [String] { some(counts) { $0.column() } }

  mutating func tableName() -> TableName {
    TableName(keyspace: chance(3) ? name() : nil, table: name())
  }

  mutating func qualifiedName() -> QualifiedName {
    QualifiedName(keyspace: chance(3) ? name() : nil, name())
  }

  mutating func type(_ depth: Int = 0) -> TypeName {
    switch below(depth > 3 ? 4 : 9) {
    case 0: return .user(qualifiedName())
    case 1: return .custom(text())
    case 4: return .list(type(depth + 1))
    case 5: return .set(type(depth + 1))
    case 6: return .map(type(depth + 1), type(depth + 1))
    case 7: return .tuple(some(1...3) { $0.type(depth + 1) })
    case 8: return .frozen(type(depth + 1))
    default: return .native(nativeType())
    }
  }

  mutating func nativeType() -> NativeType {
    NativeType.allCases[below(NativeType.allCases.count)]
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

  /// A chain of operations, or one operand.
  mutating func term(_ depth: Int = 0) -> Term {
    guard chance(6) else { return group(depth) }
    if chance(2) { return product(depth) }
    let first = product(depth)
    return .arithmetic(
      first, some(1...3) { Operation($0.chance(2) ? .add : .subtract, $0.product(depth)) })
  }

  private mutating func product(_ depth: Int) -> Term {
    let first = group(depth)
    guard chance(3) else { return first }
    return .arithmetic(
      first,
      some(1...3) {
        let signs: [ArithmeticOperator] = [.multiply, .divide, .remainder]
        return Operation(signs[$0.below(3)], $0.group(depth))
      })
  }

  private mutating func group(_ depth: Int) -> Term {
    chance(10) ? .negation(simpleTerm(depth)) : simpleTerm(depth)
  }

  mutating func constant() -> Term {
    switch below(8) {
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
    default: return .string(text())
    }
  }

  private mutating func simpleTerm(_ depth: Int = 0) -> Term {
    switch below(depth > 2 ? 8 : 16) {
    case 0: return .null
    case 1, 2: return allowsMarkers ? marker() : .null
    case 8: return .list(some(0...3) { $0.term(depth + 1) })
    case 9: return .set(some(1...3) { $0.term(depth + 1) })
    case 10:
      return .map(
        some(0...3) { MapEntry(key: $0.term(depth + 1), value: $0.term(depth + 1)) })
    case 11:
      return .user(some(1...3) { FieldValue(field: $0.name(), value: $0.term(depth + 1)) })
    case 12: return .tuple(some(1...3) { $0.term(depth + 1) })
    case 13:
      return .function(
        keyspace: chance(3) ? name() : nil, name: name(),
        arguments: some(0...3) { $0.term(depth + 1) })
    case 14: return .cast(type(), simpleTerm(depth + 1))
    default: return constant()
    }
  }
}
