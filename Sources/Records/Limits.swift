/// The limits of record batches.
public enum Limits {
  /// Bytes of one batch; Kafka's default `message.max.bytes` is 1,048,588, but a dump's longest
  /// lines must fit, so ours is larger.
  public static let batchBytes = 32 << 20
  /// Headers of one record.
  public static let headers = 1_024
}
