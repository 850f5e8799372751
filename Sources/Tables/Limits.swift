/// The limits of the tables.
package enum Limits {
  /// Bytes of one cell's value.
  package static let cellBytes = 16 << 20
  /// Rows of one page, where none is asked for; Cassandra's drivers use 5,000.
  package static let pageRows = 5_000
  /// The size that `tables/data.mdb` may reach where nothing is configured: address space, not disk.
  package static let mapSize = 64 << 30
}
