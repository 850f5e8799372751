internal import CCRC32C

/// CRC-32C (Castagnoli), the checksum of Kafka's record batches and of Grouse's own files.
public enum CRC32C {
  /// The checksum of `bytes`, continuing from `seed` (0 for a new sum).
  public static func checksum(_ bytes: UnsafeRawBufferPointer, seed: UInt32 = 0) -> UInt32 {
    grouse_crc32c(seed, bytes.baseAddress, bytes.count)
  }

  /// The checksum of an array of bytes.
  public static func checksum(_ bytes: [UInt8], seed: UInt32 = 0) -> UInt32 {
    bytes.withUnsafeBytes { checksum($0, seed: seed) }
  }

  /// The same sum without the processor's instruction; only for comparing the two.
  public static func checksumByTable(_ bytes: [UInt8], seed: UInt32 = 0) -> UInt32 {
    bytes.withUnsafeBytes { grouse_crc32c_table(seed, $0.baseAddress, $0.count) }
  }
}
