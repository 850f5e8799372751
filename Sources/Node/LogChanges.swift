package import CommitLog
package import Records

/// The group is a query, which cannot be forgotten without its rows.
package struct QueryGroup: Error, CustomStringConvertible {
  package let name: String

  package var description: String {
    "\(name) is the query itself: its offsets lie with its rows and go with them; "
      + "`grouse groups reset \(name) --to earliest` sends it back to the beginning"
  }
}

/// The group is a query that is running: it would not notice, and write over what was set.
package struct RunningQuery: Error, CustomStringConvertible {
  package let name: String

  package var description: String {
    "the query \(name) is running, and goes on from where it is: stop it (`grouse run` with "
      + "Ctrl-C), then move its offsets"
  }
}

/// The topic cannot go while a query reads it or writes to it.
package struct TopicInUse: Error, CustomStringConvertible {
  package let topic: String
  package let query: String

  package var description: String {
    "the running query \(query) needs the topic \(topic): stop it (`grouse run` with Ctrl-C), then "
      + "delete the topic"
  }
}

/// A consumer group that nobody has committed for.
package struct UnknownGroup: Error, CustomStringConvertible {
  package let name: String

  package init(name: String) { self.name = name }

  package var description: String {
    "there is no group \(name); `grouse groups list` shows those there are"
  }
}

/// One partition of a group that was moved, or is to be.
package struct GroupMove: Sendable {
  package var place: TopicPartition
  /// Nil: the group had committed nothing there.
  package var before: Int64?
  package var after: Int64
}

/// Which of a group's offsets are to be moved, and where to.
package struct GroupReset: Sendable {
  package var group: String
  /// Only this topic; nil: all that the group has read.
  package var topic: String?
  /// Of the topic, only this partition.
  package var partition: Int?
  package var target: OffsetReset

  package init(group: String, topic: String?, partition: Int?, target: OffsetReset) {
    self.group = group
    self.topic = topic
    self.partition = partition
    self.target = target
  }

  /// Where everything would go. Thrown: `UnknownGroup`, `LogError`.
  package func plan(_ offsets: GroupOffsets, _ log: CommitLog) throws -> [GroupMove] {
    let committed = offsets.offsets(of: group)
    if committed.isEmpty && topic == nil { throw UnknownGroup(name: group) }
    let places =
      try topic.map { topic in
        try log.partitions(of: topic).map(\.topicPartition)
          .filter { partition == nil || partition == $0.partition }
      } ?? Array(committed.keys)
    if places.isEmpty, let topic, let partition {
      throw LogError.unknownPartition(
        TopicPartition(topic, partition), count: try log.partitions(of: topic).count)
    }
    return try places.sorted().compactMap { place in
      // A topic deleted since has nothing to go to.
      guard topic != nil || (try? log.partition(place)) != nil else { return nil }
      let before = committed[place]?.offset
      return GroupMove(
        place: place, before: before,
        after: try target.target(in: try log.partition(place), committed: before))
    }
  }
}

/// What `grouse topics clean` did.
package struct CleanReport: Sendable {
  /// A partition that was compacted.
  package struct Compacted: Sendable {
    package var place: TopicPartition
    package var bytesBefore: Int64
    package var bytesAfter: Int64
    package var cleanUpTo: Int64
  }

  package var bytesDeleted: Int64 = 0
  package var compacted: [Compacted] = []
  package var failures: [String] = []

  package init() {}

  package init(_ done: CommitLog.Maintenance) {
    bytesDeleted = done.bytesDeleted
    compacted = done.compacted.map { place, report in
      Compacted(
        place: place, bytesBefore: report.bytesBefore, bytesAfter: report.bytesAfter,
        cleanUpTo: report.cleanUpTo)
    }
    failures = done.failures.map { "\($0.error)" }
  }
}

/// What commands change in the log: here, or in the process that has it open.
package protocol LogChanges {
  /// The log, to look at: as it was before the change, or after `refresh`.
  var log: CommitLog { get }
  /// Makes a topic.
  func createTopic(_ name: String, partitions: Int, settings: [String: String]) throws
  /// Gives a topic more partitions, or changes its settings; those that are nil go back to what
  /// holds for all topics.
  func alterTopic(_ name: String, partitions: Int?, settings: [String: String?]) throws
  /// Deletes a topic with all its records.
  func deleteTopic(_ name: String) throws
  /// Deletes a partition's records before an offset, -1: all; returns the first that is left.
  func deleteRecords(of place: TopicPartition, before offset: Int64) throws -> Int64
  /// Applies retention and compaction. `goesOn` hears how many partitions were seen to, of how
  /// many, and ends the work early with false.
  func clean(force: Bool, goesOn: (Int, Int) -> Bool) throws -> CleanReport
  /// Appends one batch; returns when it is acknowledged. `builder` says that it has just been
  /// sealed here.
  func append(_ batch: UnsafeMutableRawBufferPointer, to partition: PartitionLog) throws(LogError)
  /// Moves a group's offsets.
  func reset(_ reset: GroupReset) throws -> [GroupMove]
  /// Forgets a group; returns what it had committed.
  func deleteGroup(_ name: String) throws -> [TopicPartition: Int64]
  /// Commits a group's offsets.
  func commit(group: String, _ offsets: [TopicPartition: Int64]) throws
  /// Ends the work; the log is closed where it is open here.
  func close() throws
}
