package import Machine
package import Records

/// What the commit log can fail with.
package enum LogError: Error, Equatable, CustomStringConvertible {
  case io(IOFailure)
  /// A batch that was to be appended, or was found in a segment, is not as it must be.
  case record(RecordError, at: TopicPartition, offset: Int64)
  case unknownTopic(String)
  case topicExists(String)
  case invalidTopicName(String, reason: String)
  case invalidPartitionCount(Int)
  case offsetOutOfRange(TopicPartition, offset: Int64, start: Int64, end: Int64)
  /// An earlier `fdatasync` failed: what the disk holds is unknown until the log is opened again.
  case stopped(TopicPartition, because: IOFailure)
  case readOnly

  package var description: String {
    switch self {
    case .io(let failure): "\(failure)"
    case .record(let error, let at, let offset): "\(at)@\(offset): \(error)"
    case .unknownTopic(let name):
      "there is no topic \(name); `grouse topics list` shows those there are, "
        + "`grouse topics create \(name)` makes it"
    case .topicExists(let name): "the topic \(name) exists already"
    case .invalidTopicName(let name, let reason): "\"\(name)\" cannot be a topic's name: \(reason)"
    case .invalidPartitionCount(let count):
      "a topic cannot have \(count) partitions; choose 1 to \(Limits.partitionsPerTopic)"
    case .offsetOutOfRange(let at, let offset, let start, let end):
      "\(at)@\(offset): there is no such offset; the partition holds \(start) up to \(end)"
    case .stopped(let at, let failure):
      "\(at) takes no more records since \(failure); restart to check what the disk holds"
    case .readOnly: "the log was opened for reading only"
    }
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
