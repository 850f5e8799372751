internal import Records

/// The folder of a partition that is to go: `<topic>-<partition>.<id>-delete`, as Kafka names such.
///
/// The name tells the topic, so that one can look for it. A topic too long for the file system's
/// names is cut and told by the id, which is else 0.
struct DeletedFolder {
  let partition: Int
  private let name: String

  /// Nil where a folder is none.
  init?(_ name: String) {
    guard name.hasSuffix(Self.suffix) else { return nil }
    let parts = name.dropLast(Self.suffix.count).split(separator: ".")
    guard parts.count > 1, let identifier = parts.last, Self.isIdentifier(identifier),
      let number = parts[parts.count - 2].split(separator: "-").last.flatMap({ Int($0) })
    else { return nil }
    partition = number
    self.name = name
  }

  /// Whether it was one of this topic's.
  func isOf(_ topic: String) -> Bool { name == Self.name(of: TopicPartition(topic, partition)) }

  /// The name of a partition's folder when it is to go.
  static func name(of partition: TopicPartition) -> String {
    let whole = "\(partition).0" + suffix
    guard whole.utf8.count > longestName else { return whole }
    let tail = "-\(partition.partition).\(identifier(of: partition.topic))" + suffix
    return partition.topic.prefix(longestName - tail.utf8.count) + tail
  }

  private static let suffix = "-delete"
  /// Bytes of a file's name on every file system of today.
  private static let longestName = 255
  private static let digits = 16

  private static func isIdentifier(_ text: Substring) -> Bool {
    text == "0" || text.utf8.count == digits && text.allSatisfy(\.isHexDigit)
  }

  /// FNV-1a of the name, in 16 hex digits.
  private static func identifier(of topic: String) -> String {
    let hash = topic.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01B3
    }
    let text = String(hash, radix: 16)
    return String(repeating: "0", count: digits - text.count) + text
  }
}
