/// What is to become of a record whose batch is written anew.
public enum RecordFate: Sendable {
  case keep
  case drop
  /// It keeps its offset, key, time and headers, and gets this value.
  case replace([UInt8])
}
