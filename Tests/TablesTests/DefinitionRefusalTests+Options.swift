import CQL
import Testing

@testable import Tables

extension DefinitionRefusalTests {
  // TableAttributes, TableParams, CachingParams, CompactionParams, CompressionParams,
  // SpeculativeRetryPolicy.
  @Test func `options`() throws {
    let options: [Case] = [
      ("foo = 1", .syntaxError, "Unknown property 'foo'"),
      (
        "comment = {'a': 'b'}", .syntaxError,
        "Invalid value for property 'comment'. It should be a string"
      ),
      (
        "caching = 'ALL'", .syntaxError,
        "Invalid value for property 'caching'. It should be a map."
      ),
      (
        "gc_grace_seconds = 'x'", .syntaxError, "Invalid integer value x for 'gc_grace_seconds'"
      ),
      (
        "crc_check_chance = 'x'", .syntaxError, "Invalid double value x for 'crc_check_chance'"
      ),
      (
        "gc_grace_seconds = -1", .configuration,
        "gc_grace_seconds must be greater than or equal to 0 (got -1)"
      ),
      (
        "default_time_to_live = 630720001", .configuration,
        "default_time_to_live must be less than or equal to 630720000 (got 630720001)"
      ),
      (
        "bloom_filter_fp_chance = 0", .configuration,
        "bloom_filter_fp_chance must be larger than 6.71E-5 and less than or equal to 1.0 (got 0.0)"
      ),
      (
        "crc_check_chance = 1.5", .configuration,
        "crc_check_chance must be larger than or equal to 0 and smaller than or equal to 1.0 "
          + "(got 1.5)"
      ),
      (
        "max_index_interval = 64", .configuration,
        "max_index_interval must be greater than or equal to min_index_interval (128) (got 64)"
      ),
      (
        "caching = {'foo': 'ALL'}", .configuration,
        "Invalid caching sub-options [foo]: only 'keys' and 'rows_per_partition' are allowed"
      ),
      (
        "caching = {'keys': 'SOME'}", .configuration,
        "Invalid value 'SOME' for caching sub-option 'keys': only 'ALL' and 'NONE' are allowed"
      ),
      (
        "compaction = {'enabled': 'true'}", .configuration,
        "Missing sub-option 'class' for the 'compaction' option"
      ),
      (
        "compaction = {'class': 'None'}", .configuration,
        "Unable to find compaction strategy class 'org.apache.cassandra.db.compaction.None'"
      ),
      (
        "compaction = {'class': 'SizeTieredCompactionStrategy', 'sstable_size_in_mb': 1}",
        .configuration,
        "Properties specified [sstable_size_in_mb] are not understood by "
          + "SizeTieredCompactionStrategy"
      ),
      (
        "compaction = {'class': 'SizeTieredCompactionStrategy', 'tombstone_threshold': 'much'}",
        .configuration,
        "much is not a parsable int (base10) for tombstone_threshold"
      ),
      (
        "compaction = {'class': 'SizeTieredCompactionStrategy', 'tombstone_threshold': -1.5}",
        .configuration,
        "tombstone_threshold must be greater than 0, but was -1.5"
      ),
      (
        "compaction = {'class': 'LeveledCompactionStrategy', 'tombstone_compaction_interval': -1}",
        .configuration,
        "tombstone_compaction_interval must be greater than 0, but was -1"
      ),
      (
        "compaction = {'class': 'SizeTieredCompactionStrategy', 'unchecked_tombstone_compaction': 'yes'}",
        .configuration,
        "'unchecked_tombstone_compaction' should be either 'true' or 'false', not 'yes'"
      ),
      (
        "compaction = {'class': 'SizeTieredCompactionStrategy', 'log_all': 1}", .configuration,
        "'log_all' should either be 'true' or 'false', not 1"
      ),
      (
        "compaction = {'class': 'SizeTieredCompactionStrategy', 'enabled': 'no'}", .configuration,
        "enabled should either be 'true' or 'false', not no"
      ),
      (
        "compaction = {'class': 'SizeTieredCompactionStrategy', 'min_sstable_size': -5}",
        .configuration,
        "min_sstable_size must be non negative: -5"
      ),
      (
        "compaction = {'class': 'SizeTieredCompactionStrategy', 'bucket_low': 'low'}",
        .configuration,
        "low is not a parsable int (base10) for bucket_low"
      ),
      (
        "compaction = {'class': 'SizeTieredCompactionStrategy', 'bucket_high': 0.5}",
        .configuration,
        "bucket_high value (0.5) is less than or equal to the bucket_low value (0.5)"
      ),
      (
        "compaction = {'class': 'SizeTieredCompactionStrategy', 'min_threshold': 1}",
        .configuration,
        "Min compaction threshold cannot be less than 2 (got 1)"
      ),
      (
        "compaction = {'class': 'SizeTieredCompactionStrategy', 'min_threshold': -1}",
        .configuration,
        "Invalid value -1 for 'min_threshold' compaction sub-option - must be an integer"
      ),
      (
        "compaction = {'class': 'SizeTieredCompactionStrategy', 'min_threshold': 40}",
        .configuration,
        "Min compaction threshold (got 40) cannot be greater than max compaction threshold "
          + "(got 32)"
      ),
      (
        "compaction = {'class': 'LeveledCompactionStrategy', 'sstable_size_in_mb': 0}",
        .configuration,
        "sstable_size_in_mb must be larger than 0, but was 0"
      ),
      (
        "compaction = {'class': 'LeveledCompactionStrategy', 'fanout_size': 3000000000}",
        .configuration,
        "3000000000 is not a parsable int (base10) for fanout_size"
      ),
      (
        "compaction = {'class': 'TimeWindowCompactionStrategy', 'compaction_window_unit': 'WEEKS'}",
        .configuration,
        "WEEKS is not valid for compaction_window_unit"
      ),
      (
        "compaction = {'class': 'TimeWindowCompactionStrategy', 'compaction_window_size': 0}",
        .configuration,
        "0 must be greater than 1 for compaction_window_size"
      ),
      (
        "compaction = {'class': 'TimeWindowCompactionStrategy', 'timestamp_resolution': 'DAYS'}",
        .configuration,
        "DAYS is not valid for timestamp_resolution"
      ),
      (
        "compression = {'class': 'LZ4Compressor', 'lz4_high_compressor_level': 18}", .configuration,
        "Invalid value [18] for parameter 'lz4_high_compressor_level'. Value must be between "
          + "1 and 17."
      ),
      (
        "compression = {'class': 'ZstdCompressor', 'compression_level': 23}", .configuration,
        "compression_level=23 is invalid, it must be between -131072 and 22"
      ),
      (
        "compression = {'class': 'LZ5Compressor'}", .configuration,
        "Could not create Compression for type org.apache.cassandra.io.compress.LZ5Compressor"
      ),
      (
        "compression = {'chunk_length_in_kb': 4}", .configuration,
        "Missing sub-option 'class' for the 'compression' option."
      ),
      (
        "compression = {'class': 'LZ4Compressor', 'chunk_length_in_kb': 3}", .configuration,
        "chunk_length_in_kb must be a power of 2"
      ),
      (
        "compression = {'class': 'LZ4Compressor', 'enabled': false}", .configuration,
        "If the 'enabled' option is set to false no other options must be specified"
      ),
      (
        "speculative_retry = 'sometimes'", .configuration,
        "Invalid value sometimes for option 'speculative_retry'"
      ),
      (
        "speculative_retry = '100p'", .configuration,
        "Invalid value 100p for PERCENTILE option 'speculative_retry': must be between (0.0 and "
          + "100.0)"
      ),
    ]
    try check(
      options.map { ("ALTER TABLE k.t WITH \($0.0)", $0.1, $0.2) }
        + options.map { ("CREATE TABLE k.x (a int PRIMARY KEY) WITH \($0.0)", $0.1, $0.2) }
        + [
          (
            "CREATE TABLE k.x (a int PRIMARY KEY) WITH id = 'x'", .configuration,
            "Invalid table id"
          ),
          (
            "ALTER TABLE k.t WITH id = 5a1c395e-b41f-11e5-9f22-ba0be0483c18", .configuration,
            "Cannot alter table id."
          ),
        ], "CREATE TABLE k.t (a int PRIMARY KEY)")
  }
}
