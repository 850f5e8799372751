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
      if DeletedFolder(name) != nil {
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
        let isDoomed = deleted.contains(DeletedFolder.name(of: TopicPartition(folder.topic, 0)))
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
        try discard(names)
        for name in names {
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
    try make(topic, 0..<partitions, Base64URL.encode(Entropy.identifier()), settings)
  }

  /// Makes the folders of partitions that a topic gets in addition; else the same.
  func extend(_ topic: String, from current: Int, to count: Int) throws(LogError) {
    let identifier = try onDisk { () throws(IOFailure) in try self.identifier(of: topic) }
    try make(topic, current..<count, identifier, [:])
  }

  private func make(
    _ topic: String, _ numbers: Range<Int>, _ identifier: String, _ settings: [String: String]
  ) throws(LogError) {
    let first = numbers.lowerBound
    let remains = try onDisk { () throws(IOFailure) in try self.remains(of: topic, from: first) }
    guard let remains else { throw .topicExists(topic) }
    try onDisk { () throws(IOFailure) in
      try discard(remains)
      // It is made under a name that a start removes, and gets its own once it is whole.
      let lowest = TopicPartition(topic, first)
      let draft = path(DeletedFolder.name(of: lowest))
      do throws(IOFailure) {
        for number in numbers.dropFirst().reversed() {
          let folder = path("\(TopicPartition(topic, number))")
          try build(folder, identifier, [:])
        }
        // The lowest one makes the others part of the topic, so they must be durable before it.
        if disk.exists(draft) { try disk.remove(draft) }
        try build(draft, identifier, settings)
        try disk.syncDirectory(directory)
        try disk.rename(draft, to: path("\(lowest)"))
        try disk.syncDirectory(directory)
      } catch {
        if disk.exists(path("\(lowest)")) { try? disk.rename(path("\(lowest)"), to: draft) }
        if let made = try? self.remains(of: topic, from: first) { try? discard(made) }
        throw error
      }
    }
  }

  /// Removes folders in their order. The names that say that they are to go are made durable before
  /// anything in them goes: else a crash could bring back a partition that lacks a part.
  private func discard(_ names: [String]) throws(IOFailure) {
    guard !names.isEmpty else { return }
    try disk.syncDirectory(directory)
    for name in names { try disk.remove(path(name)) }
  }

  private func build(
    _ folder: String, _ identifier: String, _ settings: [String: String]
  ) throws(IOFailure) {
    let files = SegmentFiles(folder, disk)
    try disk.createDirectory(folder)
    _ = try files.create(baseOffset: 0)
    try LeaderEpochs.create(in: files)
    try disk.replace(
      Path.join(folder, Self.metadata),
      with: Array("version: 0\ntopic_id: \(identifier)".utf8))
    if !settings.isEmpty { try write(settings, in: folder) }
  }

  /// What is left of partitions from `first` on that do not exist, in the order in which it must be
  /// removed; nil where one of them holds records and nothing says that they are to go.
  private func remains(of topic: String, from first: Int) throws(IOFailure) -> [String]? {
    var rest: [String] = []
    var deleted: [String] = []
    let names = try disk.list(directory)
    let isDoomed = first == 0 && names.contains(DeletedFolder.name(of: TopicPartition(topic, 0)))
    for name in names where disk.isDirectory(path(name)) {
      if let folder = DeletedFolder(name) {
        if folder.partition >= first, folder.isOf(topic) { deleted.append(name) }
      } else if let folder = TopicPartition(folder: name), folder.topic == topic,
        folder.partition >= first
      {
        let isUnfinished = try self.isUnfinished(folder)
        guard isDoomed || isUnfinished else { return nil }
        rest.append(name)
      }
    }
    // Partition 0's folder tells that the others are to go, so it must go after them.
    return rest + deleted
  }

  /// Nothing is in the folder but what a creation puts there.
  private func isUnfinished(_ folder: TopicPartition) throws(IOFailure) -> Bool {
    let folder = path("\(folder)")
    let empty = SegmentFiles.kinds.map { Segment.name(0) + $0 }
    for name in try disk.list(folder) where !Self.texts.contains(where: name.hasPrefix) {
      guard empty.contains(name), try disk.open(Path.join(folder, name), .read).size() == 0 else {
        return false
      }
    }
    return true
  }

  /// Deletes partitions given in order, the first being partition 0.
  func delete(_ partitions: [TopicPartition]) throws(IOFailure) {
    for partition in partitions {
      let doomed = path(DeletedFolder.name(of: partition))
      if disk.exists(doomed) { try disk.remove(doomed) }
      try disk.rename(path("\(partition)"), to: doomed)
      try disk.syncDirectory(directory)
    }
    // The topic is gone; what cannot be removed now is removed by the next start.
    for partition in partitions { try? disk.remove(path(DeletedFolder.name(of: partition))) }
  }

  private func path(_ name: String) -> String { Path.join(directory, name) }

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
    try write(overrides, in: files(TopicPartition(topic, 0)).directory)
  }

  private func write(_ overrides: [String: String], in folder: String) throws(IOFailure) {
    let lines = overrides.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)\n" }
    try disk.replace(Path.join(folder, Self.settings), with: Array(lines.joined().utf8))
  }

  /// What holds for a topic. Where its file cannot be understood `report` hears why, and the topic
  /// keeps everything.
  func settings(
    of topic: String, over defaults: TopicConfiguration, report: (LogError) -> Void
  ) throws(LogError) -> TopicConfiguration {
    let path = settingsPath(topic)
    guard disk.exists(path) else { return defaults }
    let bytes = try onDisk { () throws(IOFailure) in
      try disk.readAll(path, limit: Limits.textFileBytes)
    }
    do throws(LogError) {
      return try defaults.applying(try Self.parse(String(decoding: bytes, as: UTF8.self)))
    } catch {
      report(error.inFile(path))
      return defaults.keepingEverything
    }
  }

  private static func parse(_ text: String) throws(LogError) -> [String: String] {
    var overrides: [String: String] = [:]
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else {
        // Whatever stands there, it must not reach a terminal as it is.
        let shown = line.prefix(40).unicodeScalars
          .map { $0.isASCII && $0.value >= 0x20 && $0.value < 0x7F ? String($0) : "?" }
        throw .invalidConfiguration(key: "\"\(shown.joined())\"", reason: "this is not KEY=VALUE")
      }
      overrides[String(parts[0])] = String(parts[1])
    }
    return overrides
  }

  /// What a partition's folder holds beside its segments.
  static let texts = [metadata, settings, LeaderEpochs.name]

  private static let metadata = "partition.metadata"
  private static let settings = "topic.properties"
}
