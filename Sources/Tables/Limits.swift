/// The limits of the tables.
package enum Limits {
  /// Bytes of one cell's value.
  package static let cellBytes = 16 << 20
  /// Bytes of the digits of one varint or decimal, about 39,000 digits: bringing a number into
  /// decimal takes time by the square of its length.
  package static let numberBytes = 16 << 10
  /// Digits that surely fit in `numberBytes`.
  static let numberDigits = 39_000
  /// Characters of the name of a keyspace or table: Cassandra's, and LMDB's longest key holds both.
  package static let nameBytes = 48
  /// The operations of arithmetic that stand around one operand, each worked out inside the next:
  /// the stack holds them all.
  static let operations = 256
  /// The partitions, and the runs of rows in each, that one statement names by IN: Cassandra would
  /// try to name more, and several lists multiply.
  static let keysNamed = 1 << 18
  /// The types that a type is made of, those of the user-defined types in it counted wherever they
  /// stand: forty types that each hold the one before twice would be a thousand thousand million.
  static let typeParts = 1_024
  /// Columns of one table: planning takes time by the square of them, which is a second here.
  static let tableColumns = 16_384
  /// Bytes of an error's message; of a longer one a quarter as many characters are kept.
  static let messageBytes = 16 << 10
  /// Seconds that USING TTL may give: Cassandra's 20 years.
  package static let ttlSeconds: Int64 = 20 * 365 * 86_400
  /// Rows and index entries that one transaction removes of a dropped table, or reads to fill an
  /// index: some milliseconds of work, during which others wait to write.
  package static let stepRows = 10_000
  /// Rows of one page, where none is asked for; Cassandra's drivers use 5,000.
  package static let pageRows = 5_000
  /// Bytes of a page's rows, from which on no further row is added.
  package static let pageBytes = 16 << 20
  /// Bytes of one row of a result, and of a value that a function makes: the largest frame that
  /// Cassandra sends. What a SELECT names a thousand times, it would hold a thousand times.
  static let resultRowBytes = 256 << 20
  /// Keys that one transaction of a SELECT looks at, those of dead rows included: a longer reading
  /// goes on in another, so that no reader keeps the pages that writers have freed.
  static let transactionKeys = 100_000
}
