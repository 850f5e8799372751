/// A sub-option of a table's compaction or compression: what its value may be, and Cassandra's
/// words for what it may not.
struct SubOption: Sendable {
  enum Values: Sendable {
    case any
    case real(from: Double)
    case number(ClosedRange<Int64>)
    /// Words; those in lower case may be written in either.
    case words([String])
  }

  let name: String
  private let values: Values
  /// What is said of a value that is not allowed, and of one that is not even a number; `#` stands
  /// for the value.
  private let refusal: String
  private let unreadable: String

  init(_ name: String, _ values: Values = .any, _ refusal: String = "", unreadable: String? = nil) {
    self.name = name
    self.values = values
    self.refusal = refusal
    self.unreadable = unreadable ?? "# is not a parsable int (base10) for \(name)"
  }

  private static let int32 = Int64(Int32.max)
  private static let flag = Values.words(["true", "false"])

  /// Thrown: the first option, in this order, whose value is not allowed.
  static func check(_ options: [SubOption], in map: [String: String]) throws(TableError) {
    for option in options {
      guard let value = map[option.name], let refusal = option.refusal(of: value) else { continue }
      let parts = refusal.split(separator: "#", omittingEmptySubsequences: false)
      throw configuration(parts.joined(separator: value))
    }
  }

  private func refusal(of value: String) -> String? {
    switch values {
    case .any: return nil
    case .real(let least):
      guard let number = Double(value) else { return unreadable }
      return number < least ? refusal : nil
    case .number(let range):
      guard let number = Int64(value), number <= range.upperBound || range.upperBound < Self.int32
      else { return unreadable }
      return range.contains(number) ? nil : refusal
    case .words(let words):
      return words.contains(value) || words.contains(value.lowercased()) ? nil : refusal
    }
  }

  // As `AbstractCompactionStrategy` and those of the strategies check them, in that order.

  private static let common = [
    SubOption(
      "provide_overlapping_tombstones", .words(["none", "row", "cell"]),
      "Invalid value # for 'provide_overlapping_tombstones' compaction sub-option - must be one of "
        + "the following [NONE, ROW, CELL]."),
    SubOption(
      "tombstone_threshold", .real(from: 0),
      "tombstone_threshold must be greater than 0, but was #"),
    SubOption(
      "tombstone_compaction_interval", .number(0...(.max)),
      "tombstone_compaction_interval must be greater than 0, but was #"),
    SubOption(
      "unchecked_tombstone_compaction", flag,
      "'unchecked_tombstone_compaction' should be either 'true' or 'false', not '#'"),
    SubOption("log_all", flag, "'log_all' should either be 'true' or 'false', not #"),
    SubOption("enabled", flag, "enabled should either be 'true' or 'false', not #"),
    SubOption("only_purge_repaired_tombstones"), SubOption("min_threshold"),
    SubOption("max_threshold"),
  ]

  private static let sizes = [
    SubOption("min_sstable_size", .number(0...(.max)), "min_sstable_size must be non negative: #"),
    SubOption("bucket_low", .real(from: -.infinity)),
    SubOption("bucket_high", .real(from: -.infinity)),
  ]

  /// What each compaction strategy takes.
  static let strategies: [String: [SubOption]] = [
    "SizeTieredCompactionStrategy": common + sizes,
    "LeveledCompactionStrategy": common + [
      SubOption(
        "sstable_size_in_mb", .number(1...int32),
        "sstable_size_in_mb must be larger than 0, but was #"),
      SubOption(
        "fanout_size", .number(1...int32),
        "fanout_size must be larger than 0, but was #"),
      SubOption("single_sstable_uplevel"),
    ] + sizes,
    "TimeWindowCompactionStrategy": common + [
      SubOption(
        "timestamp_resolution",
        .words(["SECONDS", "MILLISECONDS", "MICROSECONDS", "NANOSECONDS"]),
        "# is not valid for timestamp_resolution"),
      SubOption(
        "compaction_window_unit", .words(["MINUTES", "HOURS", "DAYS"]),
        "# is not valid for compaction_window_unit"),
      SubOption(
        "compaction_window_size", .number(1...int32),
        "# must be greater than 1 for compaction_window_size"),
      SubOption(
        "expired_sstable_check_frequency_seconds", .number(0...(.max)),
        "expired_sstable_check_frequency_seconds must not be negative, but was #"),
      SubOption(
        "unsafe_aggressive_sstable_expiration", flag,
        "unsafe_aggressive_sstable_expiration is not 'true' or 'false' (#)"),
    ] + sizes,
    "DateTieredCompactionStrategy": common + sizes + [
      SubOption("base_time_seconds"), SubOption("max_sstable_age_days"),
      SubOption("max_window_size_seconds"), SubOption("timestamp_resolution"),
    ],
  ]

  private static let level =
    "Invalid value [#] for parameter 'lz4_high_compressor_level'. Value must be between 1 and 17."

  /// What each compressor takes beside what all take.
  static let compressors: [String: [SubOption]] = [
    "LZ4Compressor": [
      SubOption(
        "lz4_compressor_type", .words(["fast", "high"]),
        "Invalid compressor type '#' specified for LZ4 parameter 'lz4_compressor_type'. Valid "
          + "options are [high, fast]."),
      SubOption("lz4_high_compressor_level", .number(1...17), level, unreadable: level),
    ],
    "SnappyCompressor": [], "DeflateCompressor": [], "NoopCompressor": [],
    "ZstdCompressor": [
      SubOption(
        "compression_level", .number(-131_072...22),
        "compression_level=# is invalid, it must be between -131072 and 22",
        unreadable: "compression_level=# is invalid, it must be between -131072 and 22")
    ],
  ]
}
