internal import Machine
internal import Records

/// The partitions' folders: how topics come and go whole (see FORMAT.md, "A topic exists").
struct TopicFolders {
  let directory: String
  let disk: any FileSystem

  init(_ directory: String, _ disk: any FileSystem) {
    self.directory = directory
    self.disk = disk
  }

  /// Refuses what Kafka refuses as a topic's name.
  static func check(name: String) throws(LogError) {
    let allowed = name.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "-"):
        true
      default: false
      }
    }
    let reason: String? =
      if name.isEmpty || name == "." || name == ".." {
        "it is empty or a folder's own name"
      } else if name.utf8.count > Limits.topicNameLength {
        "it has more than \(Limits.topicNameLength) characters"
      } else if !allowed {
        "only letters, digits, '.', '_' and '-' are allowed"
      } else {
        nil
      }
    if let reason { throw .invalidTopicName(name, reason: reason) }
  }

  /// The partitions of topics that are there whole; the folders of half-made or half-deleted ones
  /// are removed where asked. Folders that neither explains are left alone.
  func complete(
    removingRest: Bool, report: (String) -> Void
  ) throws(IOFailure) -> [TopicPartition] {
    var found: [TopicPartition] = []
    var deleted: [String] = []
    for name in try disk.list(directory) where disk.isDirectory(path(name)) {
      if name.hasSuffix(Self.deleted) {
        deleted.append(name)
      } else if let folder = TopicPartition(folder: name) {
        found.append(folder)
      }
    }
    let whole = Set(found.filter { $0.partition == 0 }.map(\.topic))
    if removingRest {
      var rest: [String] = []
      for folder in found where !whole.contains(folder.topic) {
        let isDoomed = deleted.contains(Self.deletedName(TopicPartition(folder.topic, 0)))
        let isUnfinished = try self.isUnfinished(folder)
        if isDoomed || isUnfinished {
          rest.append("\(folder)")
        } else {
          report("\(folder): left alone, as there is no \(TopicPartition(folder.topic, 0)) with it")
        }
      }
      // Partition 0's folder tells that the others are to go, so it must go after them.
      for names in [rest, deleted] where !names.isEmpty {
        for name in names {
          try disk.remove(path(name))
          report("\(name): removed what an unfinished creation or deletion had left")
        }
        try disk.syncDirectory(directory)
      }
    }
    return found.filter { whole.contains($0.topic) }.sorted()
  }

  /// Makes a topic's folders. What an unfinished creation or deletion left of it goes first, and
  /// what this one made goes again where it fails. Thrown: `topicExists` where there are records.
  func create(_ topic: String, partitions: Int) throws(LogError) {
    let remains = try onDisk { () throws(IOFailure) in try self.remains(of: topic) }
    guard let remains else { throw .topicExists(topic) }
    try onDisk { () throws(IOFailure) in
      for name in remains { try disk.remove(path(name)) }
      do throws(IOFailure) {
        try make(topic, partitions: partitions)
      } catch {
        for name in (try? self.remains(of: topic)) ?? [] { try? disk.remove(path(name)) }
        throw error
      }
    }
  }

  private func make(_ topic: String, partitions: Int) throws(IOFailure) {
    let identifier = Self.base64url(Entropy.identifier())
    for number in (0..<partitions).reversed() {
      let folder = path("\(TopicPartition(topic, number))")
      // Partition 0 makes the topic exist, so all the others must be durable before it.
      if number == 0 { try disk.syncDirectory(directory) }
      try disk.createDirectory(folder)
      _ = try SegmentFiles(folder, disk).create(baseOffset: 0)
      try disk.replace(
        Path.join(folder, "partition.metadata"),
        with: Array("version: 0\ntopic_id: \(identifier)".utf8))
    }
    try disk.syncDirectory(directory)
  }

  /// The folders of a topic that does not exist, partition 0 first; nil where one holds records.
  private func remains(of topic: String) throws(IOFailure) -> [String]? {
    var remains: [String] = []
    for name in try disk.list(directory) where disk.isDirectory(path(name)) {
      let isDeleted = name.hasSuffix(Self.deleted)
      let folder = TopicPartition(
        folder: isDeleted ? String(name.dropLast(Self.deleted.count)) : name)
      guard let folder, folder.topic == topic else { continue }
      if !isDeleted {
        guard try isUnfinished(folder) else { return nil }
      }
      remains.append(name)
    }
    return remains
  }

  /// Nothing is in the folder but what a creation puts there.
  private func isUnfinished(_ folder: TopicPartition) throws(IOFailure) -> Bool {
    let folder = path("\(folder)")
    let empty = [Segment.name(0) + ".log", Segment.name(0) + ".index"]
    for name in try disk.list(folder) where !name.hasPrefix("partition.metadata") {
      guard empty.contains(name), try disk.open(Path.join(folder, name), .read).size() == 0 else {
        return false
      }
    }
    return true
  }

  /// Deletes partitions given in order, the first being partition 0.
  func delete(_ partitions: [TopicPartition]) throws(IOFailure) {
    for partition in partitions {
      let doomed = path(Self.deletedName(partition))
      if disk.exists(doomed) { try disk.remove(doomed) }
      try disk.rename(path("\(partition)"), to: doomed)
      try disk.syncDirectory(directory)
    }
    // The topic is gone; what cannot be removed now is removed by the next start.
    for partition in partitions { try? disk.remove(path(Self.deletedName(partition))) }
  }

  private func path(_ name: String) -> String { Path.join(directory, name) }

  private static let deleted = ".0-delete"

  /// The name of a deleted partition's folder, cut so that the file system takes it.
  private static func deletedName(_ partition: TopicPartition) -> String {
    let tail = "-\(partition.partition)" + deleted
    return partition.topic.prefix(255 - tail.utf8.count) + tail
  }

  /// The topic's identifier, as `partition.metadata` of one of its folders gives it.
  func identifier(_ folder: String) throws(IOFailure) -> String {
    let bytes = try disk.readAll(Path.join(folder, "partition.metadata"), limit: 4_096)
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    return lines.first { $0.hasPrefix("topic_id: ") }.map { String($0.dropFirst(10)) } ?? ""
  }

  private static func base64url(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    var digits: [UInt8] = []
    var window = 0
    var bits = 0
    for byte in bytes {
      window = (window << 8 | Int(byte)) & 0xFFFF
      bits += 8
      while bits >= 6 {
        bits -= 6
        digits.append(alphabet[window >> bits & 63])
      }
    }
    if bits > 0 { digits.append(alphabet[window << (6 - bits) & 63]) }
    return String(decoding: digits, as: UTF8.self)
  }
}
