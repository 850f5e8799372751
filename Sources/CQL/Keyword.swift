/// The words that have a meaning in the grammar, in lower case.
enum Keyword: String, CaseIterable, Sendable {
  // Never a name unless quoted: Cassandra's reserved words, and the two of a boolean.
  case add, allow, alter, and, apply, asc, authorize, batch, begin, by, columnfamily, create
  case delete, desc, describe, drop, entries, execute, `false`, from, full, grant, `if`, `in`
  case index, infinity, insert, into, `is`, keyspace, limit, materialized, modify, nan
  case norecursive, not, null, of, on, or, order, primary, rename, revoke, schema, select, set
  case table, to, token, `true`, truncate, unlogged, update, use, using, view, `where`, with
  // Names wherever the grammar leaves no doubt.
  case access, aggregate, aggregates, all, `as`, called, cast, cluster, clustering
  case columnfamilies, compact, contains, count, counter, custom, datacenters, `default`, distinct
  case exists, filtering, finalfunc, frozen, function, functions, group, initcond, input
  case internals, json, key, keys, keyspaces, language, like, list, login, map, mbean, mbeans
  case nologin, nosuperuser, only, options, partition, password, per, permission, permissions
  case replace, returns, role, roles, sfunc, `static`, storage, stype, superuser, tables
  case timestamp, trigger, ttl, tuple, type, types, unset, user, users, values, vector, writetime

  /// Whether the word is a name only between double quotes.
  var isReserved: Bool { Keyword.reserved.contains(self) }

  /// Whether the word names a function only between double quotes (`count` is no such word: it
  /// names one either way).
  var isNoFunctionName: Bool {
    switch self {
    case .cast, .distinct, .json, .key, .ttl, .writetime: true
    case .token: false
    default: isReserved
    }
  }

  /// Whether the word names a user-defined type only between double quotes.
  var isNoTypeName: Bool {
    switch self {
    case .cast, .count, .distinct, .json, .ttl, .writetime: true
    default: isReserved
    }
  }

  /// The token's name in Cassandra's grammar, which its error messages show.
  var token: String {
    switch self {
    case .schema: "K_KEYSPACE"
    case .table: "K_COLUMNFAMILY"
    case .columnfamilies: "K_TABLES"
    default: "K_" + rawValue.uppercased()
    }
  }

  /// The keyword that `word` spells, in lower case.
  static func named(_ word: String) -> Keyword? { byName[word] }

  static let longest = allCases.map(\.rawValue.utf8.count).max() ?? 0

  private static let byName = Dictionary(
    allCases.map { ($0.rawValue, $0) }, uniquingKeysWith: { first, _ in first })

  private static let reserved: Set<Keyword> = [
    .add, .allow, .alter, .and, .apply, .asc, .authorize, .batch, .begin, .by, .columnfamily,
    .create, .delete, .desc, .describe, .drop, .entries, .execute, .false, .from, .full, .grant,
    .if, .in, .index, .infinity, .insert, .into, .is, .keyspace, .limit, .materialized, .modify,
    .nan, .norecursive, .not, .null, .of, .on, .or, .order, .primary, .rename, .revoke, .schema,
    .select, .set, .table, .to, .token, .true, .truncate, .unlogged, .update, .use, .using, .view,
    .where, .with,
  ]
}
