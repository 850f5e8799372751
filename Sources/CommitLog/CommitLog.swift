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
  let context: LogContext
  let partitions: Mutex<[TopicPartition: PartitionLog]>
  /// Held by whoever makes, changes or deletes a topic, or writes down how far all of them are.
  let changing = Mutex<Void>(())
  /// Held as long as the log is open for writing.
  private let lock: DirectoryLock?

  var disk: any FileSystem { context.disk }
  var clock: Clock { context.clock }
  var folders: TopicFolders { TopicFolders(directory, disk) }

  /// Opens the log in `directory`, making it where it is missing, and repairs what a crash left.
  /// `lock` is the caller's right to write there; the log keeps it while it is open.
  package init(
    _ directory: String, disk: any FileSystem = LocalDisk(), clock: Clock = .system,
    configuration: LogConfiguration = LogConfiguration(), lock: DirectoryLock? = nil
  ) throws(LogError) {
    self.directory = directory
    self.lock = lock
    arrivals = Signal()
    var repairs: [String] = []
    let shutdown = CleanShutdown(directory, disk)
    let topics = TopicFolders(directory, disk)
    try onDisk { () throws(IOFailure) in try disk.createDurableDirectory(directory) }
    try MetaProperties.ensure(in: directory, disk, clusterID: configuration.clusterID)
    let (wasClosed, found, checkpoints) = try onDisk { () throws(IOFailure) in
      (
        try shutdown.take(), try topics.complete(removingRest: true) { repairs.append($0) },
        try LogCheckpoints(directory, disk)
      )
    }
    repairs += checkpoints.unreadable.map {
      "\($0) cannot be understood; records deleted before are there again"
    }
    context = LogContext(
      disk: disk, clock: clock, configuration: configuration, arrivals: arrivals,
      checkpoints: checkpoints)
    var opened: [TopicPartition: PartitionLog] = [:]
    var settings: [String: TopicConfiguration] = [:]
    for partition in found {
      if settings[partition.topic] == nil {
        // Kafka keeps settings elsewhere: of its folders only this tells that a topic is compacted.
        let isCompacted =
          partition.topic == ConsumerOffsets.topic || checkpoints.cleaned.knows(partition.topic)
        settings[partition.topic] = try topics.settings(
          of: partition.topic,
          over: isCompacted
            ? configuration.topicDefaults.compacted : configuration.topicDefaults
        ) { repairs.append("\(partition.topic): \($0); it keeps everything until that is mended") }
      }
      let recovery = Recovery(
        topicPartition: partition, context: context, files: topics.files(partition),
        settings: settings[partition.topic] ?? configuration.topicDefaults, wasClosed: wasClosed)
      opened[partition] = try recovery.open(checkpoints) { repairs.append($0) }
    }
    self.repairs = repairs
    // Everything found is on the disk now: another crash at once is not checked from afar again. An
    // end that was cut must not be vouched for either, however the log was closed.
    let ends = opened.mapValues(\.endOffset)
    try onDisk { () throws(IOFailure) in try checkpoints.recoveryPoints.move(ends) }
    partitions = Mutex(opened)
  }

  /// Opens the log for reading only, beside the process that writes.
  package init(
    readingOnly directory: String, disk: any FileSystem = LocalDisk(),
    configuration: LogConfiguration = LogConfiguration()
  ) throws(LogError) {
    self.directory = directory
    lock = nil
    arrivals = Signal()
    context = LogContext(
      disk: disk, clock: .system, configuration: configuration, arrivals: arrivals,
      checkpoints: nil)
    repairs = []
    partitions = Mutex([:])
    try refresh()
  }

  /// Looks, in a process that only reads, for what was added since the last look.
  package func refresh() throws(LogError) {
    guard context.checkpoints == nil, disk.exists(directory) else { return }
    let (found, starts) = try onDisk { () throws(IOFailure) in
      (
        try folders.complete(removingRest: false) { _ in },
        try OffsetCheckpoint(Path.join(directory, LogCheckpoints.logStarts), disk)
      )
    }
    let known = partitions.withLock { $0 }
    var opened: [TopicPartition: PartitionLog] = [:]
    for place in found {
      do throws(LogError) {
        let settings = try folders.settings(
          of: place.topic, over: context.configuration.topicDefaults
        ) { _ in }
        let reader = ReadOnlyPartition(
          topicPartition: place, context: context, files: folders.files(place),
          settings: settings, startOffset: starts[place] ?? 0)
        if let partition = known[place] {
          partition.update(try reader.contents(partition.allSegments))
          partition.alter(settings)
          opened[place] = partition
        } else {
          opened[place] = try reader.open()
        }
      } catch {
        // The writer may delete a topic while it is being looked at.
        if disk.exists(folders.files(place).directory) { throw error }
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
    _ = try partition(TopicPartition(topic, 0))
    return try onDisk { () throws(IOFailure) in try folders.identifier(of: topic) }
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
      let count = partitions.withLock { $0.keys.count { $0.topic == wanted.topic } }
      throw count == 0 ? .unknownTopic(wanted.topic) : .unknownPartition(wanted, count: count)
    }
    return found
  }

  /// A topic's settings. Thrown: `unknownTopic`.
  package func configuration(of topic: String) throws(LogError) -> TopicConfiguration {
    try partition(TopicPartition(topic, 0)).configuration
  }

  /// What `maintain` has done.
  package struct Maintenance: Sendable {
    package var bytesDeleted: Int64 = 0
    package var compacted: [(partition: TopicPartition, report: CompactionReport)] = []
    /// What could not be done, by partition; the others were seen to all the same.
    package var failures: [(partition: TopicPartition, error: LogError)] = []
  }

  /// Deletes what has outlived its retention, compacts what is due, forgets silent producers, and
  /// notes how far everything is on the disk. To be called every now and then; a partition is seen
  /// to by one thread at a time. With `force`, what is dirty at all is compacted. `goesOn` hears
  /// before each partition how many were seen to, of how many, and ends the work with false.
  @discardableResult
  package func maintain(
    force: Bool = false, goesOn: (Int, Int) -> Bool = { _, _ in true }
  ) throws(LogError) -> Maintenance {
    guard let checkpoints = context.checkpoints else { throw .readOnly }
    var done = Maintenance()
    let all = partitions.withLock { $0 }.sorted { $0.key < $1.key }
    for (number, (place, partition)) in all.enumerated() where isOpen(place) {
      guard goesOn(number, all.count) else { break }
      do throws(LogError) {
        partition.expireProducers()
        done.bytesDeleted += try partition.enforceRetention()
        if let report = try partition.compact(force: force) {
          done.compacted.append((place, report))
        }
      } catch {
        // Its topic may have been deleted meanwhile.
        if isOpen(place) { done.failures.append((place, error)) }
      }
    }
    // With the right to make and delete topics: a new one has nothing of its predecessor's.
    try changing.withLock { _ throws(LogError) in
      let ends = partitions.withLock { $0.mapValues(\.durableOffset) }
      try onDisk { () throws(IOFailure) in try checkpoints.recoveryPoints.move(ends) }
    }
    return done
  }

  private func isOpen(_ place: TopicPartition) -> Bool { partitions.withLock { $0[place] != nil } }

  /// Syncs what `Durability.interval` has let wait for long enough. To be called that often.
  package func syncOverdue() throws(LogError) {
    for partition in partitions.withLock({ Array($0.values) }) { try partition.syncOverdue() }
  }

  /// Makes everything durable and notes where everything ends, so that the next start reads
  /// nothing. The log takes no more records then.
  package func close() throws(LogError) {
    guard let checkpoints = context.checkpoints else { return }
    try changing.withLock { _ throws(LogError) in
      let all = partitions.withLock { $0 }.sorted { $0.key < $1.key }
      var ends: [TopicPartition: Int64] = [:]
      var failure: LogError?
      for (place, partition) in all {
        do throws(LogError) { ends[place] = try partition.close() } catch {
          // The others are made durable all the same.
          failure = failure ?? error
        }
      }
      if let failure { throw failure }
      var starts: [TopicPartition: Int64] = [:]
      for (place, partition) in all
      where partition.startOffset > partition.allSegments.first?.baseOffset ?? 0 {
        starts[place] = partition.startOffset
      }
      let (endings, beginnings) = (ends, starts)
      try onDisk { () throws(IOFailure) in
        try checkpoints.recoveryPoints.replace(endings)
        try checkpoints.highWatermarks.replace(endings)
        try checkpoints.logStarts.replace(beginnings)
        try CleanShutdown(directory, disk).leave()
      }
    }
  }
}
