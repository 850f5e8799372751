internal import Bytes
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

  /// A partition's folder.
  func files(_ partition: TopicPartition) -> SegmentFiles {
    SegmentFiles(path("\(partition)"), disk)
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
    // A topic has the partitions from 0 on without a gap; what is behind one is not all there.
    let numbers = Dictionary(grouping: found, by: \.topic).mapValues { partitions in
      let numbers = Set(partitions.map(\.partition))
      return (0...partitions.count).first { !numbers.contains($0) } ?? 0
    }
    let whole = found.filter { $0.partition < numbers[$0.topic] ?? 0 }
    if removingRest {
      var rest: [String] = []
      for folder in found where folder.partition >= numbers[folder.topic] ?? 0 {
        let isDoomed = deleted.contains(Self.deletedName(TopicPartition(folder.topic, 0)))
        let isUnfinished = try self.isUnfinished(folder)
        if isDoomed || isUnfinished {
          rest.append("\(folder)")
        } else {
          let missing = TopicPartition(folder.topic, numbers[folder.topic] ?? 0)
          report("\(folder): left alone, as there is no \(missing) with it")
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
    return whole.sorted()
  }

  /// Makes a topic's folders. What an unfinished creation or deletion left of it goes first, and
  /// what this one made goes again where it fails. Thrown: `topicExists` where there are records.
  func create(
    _ topic: String, partitions: Int, settings: [String: String]
  ) throws(LogError) {
    let remains = try onDisk { () throws(IOFailure) in try self.remains(of: topic) }
    guard let remains else { throw .topicExists(topic) }
    try onDisk { () throws(IOFailure) in
      for name in remains { try disk.remove(path(name)) }
      do throws(IOFailure) {
        try make(
          topic, 0..<partitions, identifier: Base64URL.encode(Entropy.identifier()), settings)
      } catch {
        for name in (try? self.remains(of: topic)) ?? [] { try? disk.remove(path(name)) }
        throw error
      }
    }
  }

  /// Makes the folders of partitions that a topic gets in addition.
  func extend(_ topic: String, from current: Int, to count: Int) throws(IOFailure) {
    do throws(IOFailure) {
      try make(topic, current..<count, identifier: identifier(of: topic), [:])
    } catch {
      for number in current..<count {
        let folder = TopicPartition(topic, number)
        if disk.exists(path("\(folder)")) { try? disk.remove(path("\(folder)")) }
      }
      throw error
    }
  }

  private func make(
    _ topic: String, _ numbers: Range<Int>, identifier: String, _ settings: [String: String]
  ) throws(IOFailure) {
    for number in numbers.reversed() {
      let files = files(TopicPartition(topic, number))
      // The lowest one makes the others part of the topic, so they must be durable before it.
      if number == numbers.lowerBound { try disk.syncDirectory(directory) }
      try disk.createDirectory(files.directory)
      _ = try files.create(baseOffset: 0)
      try LeaderEpochs.create(in: files)
      try disk.replace(
        Path.join(files.directory, Self.metadata),
        with: Array("version: 0\ntopic_id: \(identifier)".utf8))
      if number == 0, !settings.isEmpty { try write(settings, of: topic) }
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
    let empty = SegmentFiles.kinds.map { Segment.name(0) + $0 }
    let texts = [Self.metadata, Self.settings, LeaderEpochs.name]
    for name in try disk.list(folder) where !texts.contains(where: name.hasPrefix) {
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

  /// The topic's identifier, as `partition.metadata` of its first folder gives it.
  func identifier(of topic: String) throws(IOFailure) -> String {
    let path = Path.join(files(TopicPartition(topic, 0)).directory, Self.metadata)
    let bytes = try disk.readAll(path, limit: 4_096)
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    return lines.first { $0.hasPrefix("topic_id: ") }.map { String($0.dropFirst(10)) } ?? ""
  }

  private func settingsPath(_ topic: String) -> String {
    Path.join(files(TopicPartition(topic, 0)).directory, Self.settings)
  }

  /// Keeps what was set for a topic, `key=value` a line, in the folder of its partition 0.
  func write(_ overrides: [String: String], of topic: String) throws(IOFailure) {
    let lines = overrides.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)\n" }
    try disk.replace(settingsPath(topic), with: Array(lines.joined().utf8))
  }

  /// What holds for a topic. Thrown: `invalidConfiguration` naming the file.
  func settings(
    of topic: String, over defaults: TopicConfiguration
  ) throws(LogError) -> TopicConfiguration {
    let path = settingsPath(topic)
    guard disk.exists(path) else { return defaults }
    let bytes = try onDisk { () throws(IOFailure) in
      try disk.readAll(path, limit: Limits.textFileBytes)
    }
    var overrides: [String: String] = [:]
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
      let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else {
        throw .invalidConfiguration(key: path, reason: "\"\(line)\" is not KEY=VALUE")
      }
      overrides[String(parts[0])] = String(parts[1])
    }
    return try defaults.applying(overrides)
  }

  private static let metadata = "partition.metadata"
  private static let settings = "topic.properties"
}
