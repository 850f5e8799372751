/// The words that have a meaning in the grammar, in lower case.
enum Keyword: String, CaseIterable, Sendable {
  // Never a name unless quoted.
  case add, allow, alter, and, apply, asc, authorize, batch, begin, by, columnfamily, create
  case `default`, delete, desc, describe, drop, entries, execute, `false`, from, full, grant, `if`
  case `in`, index, infinity, insert, into, `is`, keyspace, limit, materialized, mbean, mbeans
  case modify, nan, norecursive, not, null, of, on, or, order, primary, rename, replace, revoke
  case schema, select, set, table, to, token, `true`, truncate, unlogged, unset, update, use
  case using, view, `where`, with
  // Names wherever the grammar leaves no doubt.
  case aggregate, aggregates, `as`, cast, cluster, clustering, compact, contains, count, counter
  case custom, distinct, exists, filtering, frozen, function, functions, group, json, key, keys
  case keyspaces, like, list, map, partition, per, role, `static`, storage, tables, timestamp
  case trigger, ttl, tuple, type, types, user, values, vector

  /// Whether the word is a name only between double quotes.
  var isReserved: Bool { Keyword.reserved.contains(self) }

  /// The word as error messages print it.
  var upper: String { rawValue.uppercased() }

  /// The keyword that `word` spells, in lower case.
  static func named(_ word: String) -> Keyword? { byName[word] }

  static let longest = allCases.map(\.rawValue.utf8.count).max() ?? 0

  private static let byName = Dictionary(
    allCases.map { ($0.rawValue, $0) }, uniquingKeysWith: { first, _ in first })

  private static let reserved: Set<Keyword> = [
    .add, .allow, .alter, .and, .apply, .asc, .authorize, .batch, .begin, .by, .columnfamily,
    .create, .default, .delete, .desc, .describe, .drop, .entries, .execute, .false, .from, .full,
    .grant, .if, .in, .index, .infinity, .insert, .into, .is, .keyspace, .limit, .materialized,
    .mbean, .mbeans, .modify, .nan, .norecursive, .not, .null, .of, .on, .or, .order, .primary,
    .rename, .replace, .revoke, .schema, .select, .set, .table, .to, .token, .true, .truncate,
    .unlogged, .unset, .update, .use, .using, .view, .where, .with,
  ]
}
