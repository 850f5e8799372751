internal import Machine
internal import Records
internal import Synchronization

/// How topics come, change and go: one change at a time, while everything else goes on.
extension CommitLog {
  /// Makes a topic with settings of its own by Kafka's names; it is there after a crash, or nothing
  /// of it is. Thrown: `invalidTopicName`, `invalidPartitionCount`, `invalidConfiguration`,
  /// `topicExists`, `topicCollision`, `readOnly`.
  package func createTopic(
    _ name: String, partitions count: Int = 1, settings overrides: [String: String] = [:]
  ) throws(LogError) {
    guard let checkpoints = context.checkpoints else { throw .readOnly }
    try Self.check(topicName: name)
    guard (1...Limits.partitionsPerTopic).contains(count) else {
      throw .invalidPartitionCount(count)
    }
    let settings = try context.configuration.topicDefaults.applying(overrides)
    try changing.withLock { _ throws(LogError) in
      guard !topics.contains(where: { $0.name == name }) else { throw .topicExists(name) }
      let others = topics.map(\.name).filter { Self.metricName($0) == Self.metricName(name) }
      guard others.isEmpty else { throw .topicCollision(name, with: others) }
      try onDisk { () throws(IOFailure) in try checkpoints.forget(name) }
      try folders.create(name, partitions: count, settings: overrides)
      let opened = try open(name, 0..<count, settings, checkpoints)
      partitions.withLock { $0.merge(opened) { $1 } }
    }
  }

  /// Refuses what Kafka refuses as a topic's name. Thrown: `invalidTopicName`.
  package static func check(topicName: String) throws(LogError) {
    try TopicFolders.check(name: topicName)
  }

  /// A topic as Kafka's metrics name it.
  private static func metricName(_ topic: String) -> String { topic.replacing(".", with: "_") }

  private func open(
    _ topic: String, _ numbers: Range<Int>, _ settings: TopicConfiguration,
    _ checkpoints: LogCheckpoints
  ) throws(LogError) -> [TopicPartition: PartitionLog] {
    var opened: [TopicPartition: PartitionLog] = [:]
    for number in numbers {
      let place = TopicPartition(topic, number)
      opened[place] = try Recovery(
        topicPartition: place, context: context, files: folders.files(place), settings: settings,
        wasClosed: false
      ).open(checkpoints) { _ in }
    }
    return opened
  }

  /// Changes some of a topic's settings; nil puts back what holds for all topics. Durable when this
  /// returns. Thrown: `unknownTopic`, `invalidConfiguration`, `readOnly`.
  package func alterTopic(
    _ name: String, settings changes: [String: String?]
  ) throws(LogError) {
    guard context.checkpoints != nil else { throw .readOnly }
    try changing.withLock { _ throws(LogError) in
      let concerned = try partitions(of: name)
      var overrides = concerned.first?.configuration.overrides ?? [:]
      for (key, value) in changes {
        _ = try TopicConfigurationKey.named(key)
        overrides[key] = value
      }
      let settings = try context.configuration.topicDefaults.applying(overrides)
      try onDisk { () throws(IOFailure) in try folders.write(overrides, of: name) }
      for partition in concerned { partition.alter(settings) }
    }
  }

  /// Gives a topic more partitions, up to `count`; keys that come from now on may go elsewhere than
  /// before. After a crash they are all there, or none is. Thrown: `unknownTopic`,
  /// `fewerPartitions`, `invalidPartitionCount`, `readOnly`.
  package func addPartitions(_ name: String, upTo count: Int) throws(LogError) {
    guard let checkpoints = context.checkpoints else { throw .readOnly }
    try changing.withLock { _ throws(LogError) in
      try checkPartitions(name, count)
      let known = try partitions(of: name)
      try folders.extend(name, from: known.count, to: count)
      let opened = try open(
        name, known.count..<count, known[0].configuration, checkpoints)
      partitions.withLock { $0.merge(opened) { $1 } }
    }
  }

  /// Refuses what `addPartitions` would.
  package func checkPartitions(_ name: String, _ count: Int) throws(LogError) {
    // Where a group's offsets lie depends on how many there are.
    guard name != ConsumerOffsets.topic else { throw .internalTopic(name) }
    guard (1...Limits.partitionsPerTopic).contains(count) else {
      throw .invalidPartitionCount(count)
    }
    let current = try partitions(of: name).count
    guard count > current else {
      throw .fewerPartitions(name, current: current, wanted: count)
    }
  }

  /// Deletes a topic and all its records.
  package func deleteTopic(_ name: String) throws(LogError) {
    guard let checkpoints = context.checkpoints else { throw .readOnly }
    guard name != ConsumerOffsets.topic else { throw .internalTopic(name) }
    try changing.withLock { _ throws(LogError) in
      let leaving = try partitions(of: name)
      // Who still holds them must not write into the folders of a later topic of that name.
      for partition in leaving { partition.retire(true) }
      defer {
        // Without partition 0 the topic is gone, whatever failed behind that.
        if disk.exists(folders.files(TopicPartition(name, 0)).directory) {
          for partition in leaving { partition.retire(false) }
        } else {
          partitions.withLock { state in
            for partition in leaving { state[partition.topicPartition] = nil }
          }
        }
      }
      try onDisk { () throws(IOFailure) in
        // First, so that no start and no check misses them. Where the topic stays, its next start
        // checks more, and no records come back.
        try checkpoints.forgetRecords(of: name)
        try folders.delete(leaving.map(\.topicPartition))
      }
    }
  }
}
