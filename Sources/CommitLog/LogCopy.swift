package import Machine
internal import Records

/// A copy of a log, made while another process may write to it.
///
/// Of each partition it holds what was whole at one moment, everything acknowledged by then
/// included. Committed offsets are looked at before the records they speak of, so that none points
/// behind its partition's end.
package struct LogCopy: Sendable {
  package private(set) var partitions = 0
  package private(set) var bytes: Int64 = 0

  /// Copies the log in `directory` into `target`, where nothing may be yet. The copy is opened once
  /// and closed in order: every batch has been checked then, and the indexes, which are not copied,
  /// are made. `progress` hears how many bytes are done.
  package init(
    of directory: String, to target: String, disk: any FileSystem = LocalDisk(),
    configuration: LogConfiguration = LogConfiguration(), progress: (Int64) -> Void = { _ in }
  ) throws(LogError) {
    guard disk.exists(directory) else { return }
    try onDisk { () throws(IOFailure) in
      try disk.createDurableDirectory(target)
      // Without the recovery points everything is checked when the copy is opened.
      for name in [MetaProperties.name, LogCheckpoints.logStarts, LogCheckpoints.cleaned]
      where disk.exists(Path.join(directory, name)) {
        try disk.copy(Path.join(directory, name), to: Path.join(target, name))
      }
    }
    let committed = try CommitLog(readingOnly: directory, disk: disk)
    let records = try CommitLog(readingOnly: directory, disk: disk)
    var copied: [String: [SegmentFiles]] = [:]
    var gone: Set<String> = []
    for (log, takesOffsets) in [(committed, true), (records, false)] {
      for (name, _) in log.topics where (name == ConsumerOffsets.topic) == takesOffsets {
        for partition in try log.partitions(of: name) where !gone.contains(name) {
          let files = TopicFolders(target, disk).files(partition.topicPartition)
          copied[name, default: []].append(files)
          let isThere = try onDisk { () throws(IOFailure) in
            try copy(partition, to: files, progress)
          }
          if !isThere { gone.insert(name) }
        }
      }
    }
    try onDisk { () throws(IOFailure) in
      for files in gone.flatMap({ copied[$0] ?? [] }) where disk.exists(files.directory) {
        try disk.remove(files.directory)
      }
      try disk.syncDirectory(target)
    }
    partitions = copied.filter { !gone.contains($0.key) }.reduce(0) { $0 + $1.value.count }
    try CommitLog(target, disk: disk, configuration: configuration).close()
  }

  /// Copies a partition; false where its topic was deleted meanwhile.
  private mutating func copy(
    _ partition: PartitionLog, to target: SegmentFiles, _ progress: (Int64) -> Void
  ) throws(IOFailure) -> Bool {
    let (source, disk) = (partition.files, partition.files.disk)
    do throws(IOFailure) {
      try disk.createDirectory(target.directory)
      for name in try disk.list(source.directory) where Self.isCopied(name) {
        try copySmall(name, from: source, to: target)
      }
      for segment in partition.allSegments {
        // By the open file: retention and compaction may take its name away.
        let before = bytes
        var done: Int64 = 0
        try disk.copy(
          segment.file, upTo: segment.size, to: target.path(segment.baseOffset, ".log")
        ) {
          done += $0
          progress(before + done)
        }
        bytes += done
      }
      try disk.syncDirectory(target.directory)
      return true
    } catch {
      if disk.exists(source.directory) { throw error }
      return false
    }
  }

  /// Snapshots go with their segments: one may be gone by now.
  private func copySmall(
    _ name: String, from source: SegmentFiles, to target: SegmentFiles
  ) throws(IOFailure) {
    do throws(IOFailure) {
      try source.disk.copy(
        Path.join(source.directory, name), to: Path.join(target.directory, name))
    } catch {
      guard error.isMissing, name.hasSuffix(ProducerSnapshot.suffix) else { throw error }
    }
  }

  private static func isCopied(_ name: String) -> Bool {
    TopicFolders.texts.contains(name) || name.hasSuffix(ProducerSnapshot.suffix)
  }
}
