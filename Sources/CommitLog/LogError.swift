package import Machine
package import Records

/// What the commit log can fail with.
package enum LogError: Error, Equatable, CustomStringConvertible {
  case io(IOFailure)
  /// A batch that was to be appended, or was found in a segment, is not as it must be.
  case record(RecordError, at: TopicPartition, offset: Int64)
  case unknownTopic(String)
  case unknownPartition(TopicPartition, count: Int)
  case topicExists(String)
  /// The topic is the log's own.
  case internalTopic(String)
  case invalidTopicName(String, reason: String)
  /// The name differs from those of other topics by '.' and '_' alone.
  case topicCollision(String, with: [String])
  case invalidPartitionCount(Int)
  /// A topic's partitions can only become more.
  case fewerPartitions(String, current: Int, wanted: Int)
  case invalidConfiguration(key: String, reason: String)
  case offsetOutOfRange(TopicPartition, offset: Int64, start: Int64, end: Int64)
  /// A batch is larger than the topic's `max.message.bytes`.
  case tooLarge(TopicPartition, bytes: Int, limit: Int)
  /// A batch is larger than the topic's `segment.bytes`.
  case tooLargeForSegment(TopicPartition, bytes: Int, limit: Int)
  /// A record that the topic does not take, e.g. one without a key where the topic is compacted.
  case invalidRecord(TopicPartition, reason: String)
  /// A batch of an idempotent producer does not follow the one before it.
  case sequence(SequenceFault, TopicPartition, producerID: Int64)
  /// An earlier `fdatasync` failed: what the disk holds is unknown until the log is opened again.
  case stopped(TopicPartition, because: IOFailure)
  /// A path that names no file of a log.
  case notALogFile(String)
  /// The folder was written by a later version.
  case newerFormat(path: String, version: String)
  case readOnly
  /// The log was closed.
  case closed
  /// The process that has the log open for writing did not take what was sent to it.
  case refused(reason: String)

  package var description: String {
    switch self {
    case .io(let failure): "\(failure)"
    case .record(let error, let at, let offset): "\(at)@\(offset): \(error)"
    case .unknownTopic(let name):
      "there is no topic \(name); `grouse topics list` shows those there are, "
        + "`grouse topics create \(name)` or `grouse produce \(name)` makes it"
    case .unknownPartition(let partition, let count):
      "\(partition.topic) has no partition \(partition.partition), but "
        + (count == 1 ? "0 alone" : "0 to \(count - 1)")
    case .internalTopic(let name):
      "\(name) is the log's own: it cannot be deleted, written to by hand or given partitions"
    case .topicExists(let name): "the topic \(name) exists already"
    case .invalidTopicName(let name, let reason): "\"\(name)\" cannot be a topic's name: \(reason)"
    case .topicCollision(let name, let others):
      "the topic \(name) collides with existing topics: \(others.joined(separator: ", ")); "
        + "names must differ by more than '.' and '_', which are the same to metrics"
    case .invalidPartitionCount(let count):
      "a topic cannot have \(count) partitions; choose 1 to \(Limits.partitionsPerTopic)"
    case .fewerPartitions(let name, let current, let wanted):
      current == wanted
        ? "\(name) has \(current) partitions already"
        : "\(name) has \(current) partitions and cannot be given \(wanted): they can only become "
          + "more, as the records of those taken away would be lost"
    case .invalidConfiguration(let key, let reason):
      "\(key): \(reason); `grouse topics describe TOPIC --configs` shows the settings there are"
    case .offsetOutOfRange(let at, let offset, let start, let end):
      "\(at)@\(offset): there is no such offset; the partition holds \(start) up to \(end)"
    case .tooLarge(let at, let bytes, let limit):
      "\(at): a batch of \(bytes) bytes is larger than the topic's max.message.bytes, \(limit)"
    case .tooLargeForSegment(let at, let bytes, let limit):
      "\(at): a batch of \(bytes) bytes is larger than the topic's segment.bytes, \(limit)"
    case .invalidRecord(let at, let reason): "\(at): \(reason)"
    case .sequence(let fault, let at, let producer):
      "\(at): a batch of producer \(producer) is refused: \(fault)"
    case .stopped(let at, let failure):
      "\(at) takes no more records since \(failure); restart to check what the disk holds"
    case .notALogFile(let path):
      "\(path) is no file of a log: name one that ends with "
        + "\(LogDump.suffixes.joined(separator: ", "))"
    case .newerFormat(let path, let version):
      "\(path) names version \(version), which this program does not know: use the program that "
        + "wrote it, or a newer one"
    case .readOnly: "the log was opened for reading only"
    case .closed: "the log was closed; open it again"
    case .refused(let reason): reason
    }
  }
}

extension LogError {
  /// Whether it is one record's fault, so that others may be taken.
  package var isOfOneRecord: Bool {
    switch self {
    case .record, .tooLarge, .tooLargeForSegment, .invalidRecord, .unknownPartition: true
    default: false
    }
  }

  /// The error of a setting, with the file that it stands in.
  func inFile(_ path: String) -> LogError {
    guard case .invalidConfiguration(let key, let reason) = self else { return self }
    return .invalidConfiguration(key: "\(path): \(key)", reason: reason)
  }
}

/// Runs disk work, turning its error into the log's.
func onDisk<Result>(_ body: () throws(IOFailure) -> Result) throws(LogError) -> Result {
  do { return try body() } catch { throw .io(error) }
}

/// Reads batches, turning an error into one that names the place.
func checked<Result>(
  _ at: TopicPartition, _ offset: Int64, _ body: () throws(RecordError) -> Result
) throws(LogError) -> Result {
  do { return try body() } catch { throw .record(error, at: at, offset: offset) }
}
