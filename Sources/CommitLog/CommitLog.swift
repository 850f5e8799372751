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
  /// Nil where the log was opened for reading only.
  private let points: RecoveryPoints?
  private let partitions: Mutex<[TopicPartition: PartitionLog]>
  /// Held as long as the log is open for writing.
  private let lock: DirectoryLock?

  /// Opens the log in `directory`, making it where it is missing, and repairs what a crash left.
  /// `lock` is the caller's right to write there; the log keeps it while it is open.
  package init(
    _ directory: String, disk: any FileSystem = LocalDisk(),
    configuration: LogConfiguration = LogConfiguration(), lock: DirectoryLock? = nil
  ) throws(LogError) {
    self.directory = directory
    self.disk = disk
    self.configuration = configuration
    self.lock = lock
    let arrivals = Signal()
    self.arrivals = arrivals
    var repairs: [String] = []
    let folders = try onDisk { () throws(IOFailure) in
      try disk.createDurableDirectory(directory)
      return try TopicFolders(directory, disk).complete(removingRest: true) { repairs.append($0) }
    }
    let points = try onDisk { () throws(IOFailure) in try RecoveryPoints(directory, disk) }
    self.points = points
    var opened: [TopicPartition: PartitionLog] = [:]
    for folder in folders {
      let recovery = Recovery(
        topicPartition: folder, directory: Path.join(directory, "\(folder)"), disk: disk,
        configuration: configuration, arrivals: arrivals)
      opened[folder] = try recovery.open(points) { repairs.append($0) }
    }
    self.repairs = repairs
    partitions = Mutex(opened)
  }

  /// Opens the log for reading only, beside the process that writes.
  package init(readingOnly directory: String, disk: any FileSystem = LocalDisk()) throws(LogError) {
    self.directory = directory
    self.disk = disk
    configuration = LogConfiguration()
    points = nil
    lock = nil
    arrivals = Signal()
    repairs = []
    partitions = Mutex([:])
    try refresh()
  }

  /// Looks, in a process that only reads, for what was added since the last look.
  package func refresh() throws(LogError) {
    guard points == nil, disk.exists(directory) else { return }
    var opened: [TopicPartition: PartitionLog] = [:]
    let folders = try onDisk { () throws(IOFailure) in
      try TopicFolders(directory, disk).complete(removingRest: false) { _ in }
    }
    for folder in folders {
      let path = Path.join(directory, "\(folder)")
      do throws(LogError) {
        opened[folder] = try Recovery(
          topicPartition: folder, directory: path, disk: disk, configuration: configuration,
          arrivals: arrivals
        ).openReadOnly()
      } catch {
        // The writer may delete a topic while it is being looked at.
        if disk.exists(path) { throw error }
      }
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

  /// The identifier that a topic was given when it was made, which no later topic of the same name
  /// has. Thrown: `unknownTopic`; `io` where it cannot be read.
  package func identifier(of topic: String) throws(LogError) -> String {
    let folder = try partition(TopicPartition(topic, 0)).directory
    return try onDisk { () throws(IOFailure) in try TopicFolders(directory, disk).identifier(folder)
    }
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
    guard let points else { throw .readOnly }
    try TopicFolders.check(name: name)
    guard (1...Limits.partitionsPerTopic).contains(count) else {
      throw .invalidPartitionCount(count)
    }
    try partitions.withLock { state throws(LogError) in
      guard state[TopicPartition(name, 0)] == nil else { throw .topicExists(name) }
      try onDisk { () throws(IOFailure) in try points.forget(name) }
      try TopicFolders(directory, disk).create(name, partitions: count)
      var opened: [TopicPartition: PartitionLog] = [:]
      for number in 0..<count {
        let folder = TopicPartition(name, number)
        opened[folder] = try Recovery(
          topicPartition: folder, directory: Path.join(directory, "\(folder)"), disk: disk,
          configuration: configuration, arrivals: arrivals
        ).open(points) { _ in }
      }
      state.merge(opened) { $1 }
    }
  }

  /// Deletes a topic and all its records.
  package func deleteTopic(_ name: String) throws(LogError) {
    guard points != nil else { throw .readOnly }
    try partitions.withLock { state throws(LogError) in
      let doomed = state.keys.filter { $0.topic == name }.sorted()
      guard !doomed.isEmpty else { throw .unknownTopic(name) }
      defer {
        // Without partition 0 the topic is gone, whatever failed behind that.
        if !disk.exists(Path.join(directory, "\(doomed[0])")) {
          for folder in doomed { state[folder] = nil }
        }
      }
      try onDisk { () throws(IOFailure) in try TopicFolders(directory, disk).delete(doomed) }
    }
  }

  /// Makes everything durable and notes the recovery points, so that the next start need not check.
  package func close() throws(LogError) {
    guard let points else { return }
    let all = partitions.withLock { $0 }
    var flushed: [TopicPartition: Int64] = [:]
    for (folder, partition) in all { flushed[folder] = try partition.flush() }
    try onDisk { () throws(IOFailure) in try points.move(flushed) }
  }
}
