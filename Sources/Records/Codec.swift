/// How a batch's records are compressed: bits 0 to 2 of its attributes.
public enum Codec: Int8, CaseIterable, Sendable, CustomStringConvertible {
  case none, gzip, snappy, lz4, zstd

  /// The codec that Kafka's `compression.type` calls `name`; nil where there is none such.
  public init?(_ name: String) {
    guard let codec = Self.allCases.first(where: { $0.description == name }) else { return nil }
    self = codec
  }

  public var description: String {
    switch self {
    case .none: "none"
    case .gzip: "gzip"
    case .snappy: "snappy"
    case .lz4: "lz4"
    case .zstd: "zstd"
    }
  }
}
