/// The sizes and depths beyond which a record is refused, so that no input can exhaust memory or
/// the stack. Passing one is a `PostError`, or a `ScanFailure` while a file is split.
package enum Limits {
  /// The longest record in bytes: Kafka's default `max.message.bytes` less its batch overhead.
  package static let recordBytes = 1 << 20
  /// The longest text of one post in bytes, after unescaping.
  package static let textBytes = 64 << 10
  /// The longest id, name, language or tag in bytes.
  package static let fieldBytes = 256
  /// How deep arrays and objects may nest; no more than the bits of `UInt128`.
  package static let nestingDepth = 128
  /// The most posts in one page of a record (X sends at most 500).
  package static let pagePosts = 1_000
  /// The most columns of a CSV row.
  package static let columns = 4_096
  /// The most bytes of posts in one batch, because ranges are 32 bits wide.
  package static let batchBytes = 1 << 30
}
