/// The limits of record batches.
public enum Limits {
  /// Bytes of one batch; Kafka's default `message.max.bytes` is 1,048,588, but a dump's longest
  /// lines must fit, so ours is larger.
  @inlinable public static var batchBytes: Int { 32 << 20 }
  /// Bytes that the records of one compressed batch may grow to.
  @inlinable public static var inflatedBytes: Int { 64 << 20 }
  /// Headers of one record.
  @inlinable public static var headers: Int { 1_024 }
  /// The bytes of the smallest record: six numbers of one byte, and its attributes.
  @inlinable static var smallestRecord: Int { 7 }
}
