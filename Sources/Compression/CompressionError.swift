/// What can go wrong when bytes are compressed or brought back. `codec` is the codec's name.
package enum CompressionError: Error, Equatable, CustomStringConvertible {
  /// The bytes are not what the codec writes, or a part of them is missing.
  case corrupt(codec: String, String)
  /// What comes out, or goes in, is more than the limit.
  case tooLarge(codec: String, limit: Int)
  /// The library got no memory for its own state.
  case outOfMemory(codec: String)

  package var description: String {
    switch self {
    case .corrupt(let codec, let what): "these bytes are not \(codec): \(what)"
    case .tooLarge(let codec, let limit):
      "\(codec) data grows past the limit of \(limit) bytes; send it in smaller parts"
    case .outOfMemory(let codec): "there is no memory for \(codec)"
    }
  }

  /// The input ends before the compressed data does.
  static func cutShort(_ codec: String) -> CompressionError {
    .corrupt(codec: codec, "they are cut short")
  }
}
