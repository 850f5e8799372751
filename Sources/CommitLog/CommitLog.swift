package import Machine
package import Records
internal import Synchronization

/// An append-only log of topics in Kafka's on-disk layout (see FORMAT.md).
///
/// One process opens it for writing; any number may open it for reading beside that one. All
/// methods may be called from any thread.
package final class CommitLog: Sendable {
  package let directory: String
  /// What opening had to repair, in words; empty after an orderly end.
  package let repairs: [String]
  /// Raised whenever records are acknowledged in any partition.
  package let arrivals: Signal
  private let disk: any FileSystem
  private let configuration: LogConfiguration
  private let isReadOnly: Bool
  private let partitions: Mutex<[TopicPartition: PartitionLog]>

  /// Opens the log in `directory`, making it where it is missing, and repairs what a crash left.
  package init(
    _ directory: String, disk: any FileSystem = LocalDisk(),
    configuration: LogConfiguration = LogConfiguration()
  ) throws(LogError) {
    self.directory = directory
    self.disk = disk
    self.configuration = configuration
    isReadOnly = false
    let arrivals = Signal()
    self.arrivals = arrivals
    var repairs: [String] = []
    let folders = try onDisk { () throws(IOFailure) in
      try disk.createDirectory(directory)
      return try TopicFolders(directory, disk).complete(removingRest: true) { repairs.append($0) }
    }
    let points = try onDisk { () throws(IOFailure) in
      try Checkpoint(path: Path.join(directory, Checkpoint.recoveryPoint), disk: disk).read()
    }
    var opened: [TopicPartition: PartitionLog] = [:]
    for folder in folders {
      let recovery = Recovery(
        topicPartition: folder, directory: Path.join(directory, "\(folder)"), disk: disk,
        configuration: configuration, arrivals: arrivals)
      opened[folder] = try recovery.open(recoveryPoint: points[folder] ?? 0) { repairs.append($0) }
    }
    self.repairs = repairs
    partitions = Mutex(opened)
  }

  /// Opens the log for reading only, beside the process that writes.
  package init(readingOnly directory: String, disk: any FileSystem = LocalDisk()) throws(LogError) {
    self.directory = directory
    self.disk = disk
    configuration = LogConfiguration()
    isReadOnly = true
    arrivals = Signal()
    repairs = []
    partitions = Mutex([:])
    try refresh()
  }

  /// Looks, in a process that only reads, for what was added since the last look.
  package func refresh() throws(LogError) {
    guard isReadOnly, disk.exists(directory) else { return }
    var opened: [TopicPartition: PartitionLog] = [:]
    let folders = try onDisk { () throws(IOFailure) in
      try TopicFolders(directory, disk).complete(removingRest: false) { _ in }
    }
    for folder in folders {
      opened[folder] = try Recovery(
        topicPartition: folder, directory: Path.join(directory, "\(folder)"), disk: disk,
        configuration: configuration, arrivals: arrivals
      ).openReadOnly()
    }
    partitions.withLock { $0 = opened }
  }

  /// The topics there are, with their number of partitions.
  package var topics: [(name: String, partitions: Int)] {
    let all = partitions.withLock { Array($0.keys) }
    return Dictionary(grouping: all, by: \.topic)
      .map { (name: $0.key, partitions: $0.value.count) }
      .sorted { $0.name < $1.name }
  }

  /// The partitions of a topic in order. Thrown: `unknownTopic`.
  package func partitions(of topic: String) throws(LogError) -> [PartitionLog] {
    let found = partitions.withLock { $0.values.filter { $0.topicPartition.topic == topic } }
    guard !found.isEmpty else { throw .unknownTopic(topic) }
    return found.sorted { $0.topicPartition < $1.topicPartition }
  }

  /// One partition. Thrown: `unknownTopic`.
  package func partition(_ wanted: TopicPartition) throws(LogError) -> PartitionLog {
    guard let found = partitions.withLock({ $0[wanted] }) else {
      throw .unknownTopic(wanted.partition == 0 ? wanted.topic : "\(wanted)")
    }
    return found
  }

  /// Makes a topic; it is there after a crash, or nothing of it is.
  package func createTopic(_ name: String, partitions count: Int = 1) throws(LogError) {
    guard !isReadOnly else { throw .readOnly }
    try TopicFolders.check(name: name)
    guard (1...Limits.partitionsPerTopic).contains(count) else {
      throw .invalidPartitionCount(count)
    }
    try partitions.withLock { state throws(LogError) in
      guard state[TopicPartition(name, 0)] == nil else { throw .topicExists(name) }
      try onDisk { () throws(IOFailure) in
        try TopicFolders(directory, disk).create(name, partitions: count)
      }
      for number in 0..<count {
        let folder = TopicPartition(name, number)
        state[folder] = try Recovery(
          topicPartition: folder, directory: Path.join(directory, "\(folder)"), disk: disk,
          configuration: configuration, arrivals: arrivals
        ).open(recoveryPoint: 0) { _ in }
      }
    }
  }

  /// Deletes a topic and all its records.
  package func deleteTopic(_ name: String) throws(LogError) {
    guard !isReadOnly else { throw .readOnly }
    try partitions.withLock { state throws(LogError) in
      let doomed = state.keys.filter { $0.topic == name }.sorted()
      guard !doomed.isEmpty else { throw .unknownTopic(name) }
      try onDisk { () throws(IOFailure) in try TopicFolders(directory, disk).delete(doomed) }
      for folder in doomed { state[folder] = nil }
    }
  }

  /// Makes everything durable and notes the recovery points, so that the next start need not check.
  package func close() throws(LogError) {
    guard !isReadOnly else { return }
    let all = partitions.withLock { $0 }
    var points: [TopicPartition: Int64] = [:]
    for (folder, partition) in all { points[folder] = try partition.flush() }
    try onDisk { () throws(IOFailure) in
      try Checkpoint(path: Path.join(directory, Checkpoint.recoveryPoint), disk: disk).write(points)
    }
  }
}
