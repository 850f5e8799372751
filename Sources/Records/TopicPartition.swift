/// One partition of one topic; printed as Kafka does, `posts-0`.
package struct TopicPartition: Hashable, Comparable, Sendable, CustomStringConvertible {
  package var topic: String
  package var partition: Int

  package init(_ topic: String, _ partition: Int) {
    self.topic = topic
    self.partition = partition
  }

  package var description: String { "\(topic)-\(partition)" }

  package static func < (left: Self, right: Self) -> Bool {
    (left.topic, left.partition) < (right.topic, right.partition)
  }

  /// Reads the name of a partition's folder; nil where it is not one.
  package init?(folder: String) {
    guard let dash = folder.lastIndex(of: "-"), dash > folder.startIndex,
      let number = Int(folder[folder.index(after: dash)...]), number >= 0,
      String(number) == folder[folder.index(after: dash)...]
    else { return nil }
    self.init(String(folder[..<dash]), number)
  }
}
