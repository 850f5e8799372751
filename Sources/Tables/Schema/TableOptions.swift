internal import CQL

/// The options of a table's WITH clause that have a value for every table, by the names that
/// Cassandra 4.0 has for them, in the order in which it prints them.
package enum TableOption: String, CaseIterable, Sendable {
  case additionalWritePolicy = "additional_write_policy"
  case bloomFilterFPChance = "bloom_filter_fp_chance"
  case caching
  case cdc
  case comment
  case compaction
  case compression
  case crcCheckChance = "crc_check_chance"
  case defaultTimeToLive = "default_time_to_live"
  case extensions
  case gcGraceSeconds = "gc_grace_seconds"
  case maxIndexInterval = "max_index_interval"
  case memtableFlushPeriod = "memtable_flush_period_in_ms"
  case minIndexInterval = "min_index_interval"
  case readRepair = "read_repair"
  case speculativeRetry = "speculative_retry"
}

/// A table's options. Two of them have an effect here; the others are kept for those who ask.
package struct TableOptions: Hashable, Sendable {
  /// An option's value.
  package enum Value: Hashable, Sendable {
    case integer(Int32)
    case real(Double)
    case text(String)
    case flag(Bool)
    case map([String: String])
  }

  /// Those that are not as they are where nothing is said.
  private var others: [TableOption: Value] = [:]
  /// Seconds that what is written without a TTL lives; 0: for ever.
  package private(set) var defaultTimeToLive: Int64 = 0
  /// Seconds that what is deleted is remembered.
  package private(set) var gcGraceSeconds: Int64 = 864_000

  package init() {}

  /// An option's value, whether or not something was said about it.
  package subscript(option: TableOption) -> Value {
    get { others[option] ?? TableOptions.standard(option) }
    set {
      others[option] = newValue == TableOptions.standard(option) ? nil : newValue
      switch (option, newValue) {
      case (.defaultTimeToLive, .integer(let seconds)): defaultTimeToLive = Int64(seconds)
      case (.gcGraceSeconds, .integer(let seconds)): gcGraceSeconds = Int64(seconds)
      default: break
      }
    }
  }

  private static func standard(_ option: TableOption) -> Value {
    switch option {
    case .additionalWritePolicy, .speculativeRetry: .text("99p")
    case .bloomFilterFPChance: .real(0.01)
    case .caching: .map(["keys": "ALL", "rows_per_partition": "NONE"])
    case .cdc: .flag(false)
    case .comment: .text("")
    case .compaction:
      .map([
        "class": "org.apache.cassandra.db.compaction.SizeTieredCompactionStrategy",
        "max_threshold": "32", "min_threshold": "4",
      ])
    case .compression:
      .map([
        "chunk_length_in_kb": "16", "class": "org.apache.cassandra.io.compress.LZ4Compressor",
      ])
    case .crcCheckChance: .real(1)
    case .defaultTimeToLive, .memtableFlushPeriod: .integer(0)
    case .extensions: .map([:])
    case .gcGraceSeconds: .integer(864_000)
    case .maxIndexInterval: .integer(2_048)
    case .minIndexInterval: .integer(128)
    case .readRepair: .text("BLOCKING")
    }
  }

  /// Every option with its value, as DESCRIBE prints them.
  var cql: [String] { TableOption.allCases.map { "\($0.rawValue) = \(self[$0].cql)" } }

  /// The options that are not as they are where nothing is said.
  var changed: String {
    TableOption.allCases.filter { others[$0] != nil }
      .map { "\($0.rawValue) = \(self[$0].cql)" }.joined(separator: " AND ")
  }
}

extension TableOptions.Value {
  var cql: String {
    switch self {
    case .integer(let number): "\(number)"
    // As Java prints a double.
    case .real(let number): DataType.double.json(bigEndian(number.bitPattern))
    case .text(let text): Term.string(text).cql
    case .flag(let flag): "\(flag)"
    case .map(let map):
      "{"
        + map.sorted { $0.key < $1.key }
        .map { "\(Term.string($0.key).cql): \(Term.string($0.value).cql)" }
        .joined(separator: ", ") + "}"
    }
  }
}
